package policy

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
)

// modulePath is the import path of the repository's root.
const modulePath = "github.com/lynceus-io/lynceus"

// goFile is one parsed file of the module.
type goFile struct {
	path      string // relative to the root, with slashes
	src       []byte
	syntax    *ast.File
	fset      *token.FileSet
	isTest    bool
	generated bool
}

// dir is the directory of the file's package relative to the root, "." for the root itself.
func (f *goFile) dir() string { return path.Dir(f.path) }

// isMain reports whether the file belongs to a command.
func (f *goFile) isMain() bool { return f.syntax.Name.Name == "main" }

// at is "path:line" of a node.
func (f *goFile) at(n ast.Node) string {
	return f.path + ":" + strconv.Itoa(f.fset.Position(n.Pos()).Line)
}

// imports are the import paths of the file, in its order.
func (f *goFile) imports() []string {
	var paths []string
	for _, spec := range f.syntax.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// generatedHeader is what https://go.dev/s/generatedcode asks generators to write.
var generatedHeader = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// parse makes a goFile of source text.
func parse(rel string, src []byte) (*goFile, error) {
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, rel, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return &goFile{
		path:      rel,
		src:       src,
		syntax:    syntax,
		fset:      fset,
		isTest:    strings.HasSuffix(rel, "_test.go"),
		generated: generatedHeader.Match(src[:syntax.Package]),
	}, nil
}

// mustParse parses source text that a test wrote.
func mustParse(t *testing.T, rel, src string) *goFile {
	t.Helper()
	f, err := parse(rel, []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// otherModules have a go.mod of their own, and tools to start and privileges to use that the product has not.
var otherModules = []string{"tools/", "test/cluster/", "test/scenarios/"}

// goFiles parses every Go file of the main module.
func goFiles(t *testing.T) []*goFile {
	t.Helper()
	var files []*goFile
	for _, rel := range walk(t, func(rel string) bool { return path.Ext(rel) == ".go" && !inOtherModule(rel) }) {
		f, err := parse(rel, read(t, rel))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// inOtherModule reports whether a file is not the main module's.
func inOtherModule(rel string) bool {
	return slices.ContainsFunc(otherModules, func(dir string) bool { return strings.HasPrefix(rel, dir) })
}

// skippedDirs hold nothing that is committed, or only data.
var skippedDirs = []string{".git", ".cache", "bin", "node_modules", "testdata"}

// walk lists the repository's files that keep accepts, relative to the root and sorted.
func walk(t *testing.T, keep func(rel string) bool) []string {
	t.Helper()
	root := require.ModuleRoot(t)
	var found []string
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains(skippedDirs, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		if rel = filepath.ToSlash(rel); keep(rel) {
			found = append(found, rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// read returns the content of a file of the repository.
func read(t *testing.T, rel string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(require.ModuleRoot(t), filepath.FromSlash(rel)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// report fails the test once for each violation.
func report(t *testing.T, violations []string) {
	t.Helper()
	for _, v := range violations {
		t.Error(v)
	}
}

// checkViolations compares what a rule found in sources made for its test with the fragments it should have named.
func checkViolations(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("violations: %q, want %d", got, len(want))
		return
	}
	for i := range got {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("violation %q, want one about %q", got[i], want[i])
		}
	}
}
