package policy

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"
	"testing"
)

// effect is a use of the process as a whole, which belongs to the command line alone.
type effect struct {
	pkg      string
	names    []string // functions or variables of the package; none means importing it is enough
	allowCLI bool     // package cli may, besides package main
	instead  string
	only     []string // directories of packages that may, too
}

var effects = []effect{
	{"os", []string{"Exit"}, false, "return an error", nil},
	{"os", []string{"Stdin", "Stdout", "Stderr"}, false, "take an io.Reader or io.Writer", nil},
	{"os", []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"}, true, "take the value as an option", nil},
	{"flag", nil, true, "take the value as an option", nil},
	{"fmt", []string{"Print", "Printf", "Println"}, false, "write to an io.Writer", nil},
	{"log", nil, false, "return the error, or take a *slog.Logger", nil},
	{"log/slog", []string{"Default", "SetDefault", "Debug", "Info", "Warn", "Error"}, false, "take a *slog.Logger", nil},
	{"os", []string{"StartProcess"}, false, startNothing, starters},
	{"syscall", []string{"StartProcess", "ForkExec", "Exec"}, false, startNothing, starters},
	{"golang.org/x/sys/unix", []string{"Exec"}, false, startNothing, starters},
}

// startNothing says what starters are there for.
const startNothing = "Lynceus starts no programs but its own sensor, which package cli/spawn does, and the sensor's guard"

// starters may start programs.
var starters = []string{"cli/spawn", "collect/sensor/guard"}

func TestNoSideEffects(t *testing.T) {
	var out []string
	for _, f := range goFiles(t) {
		out = append(out, sideEffects(f)...)
	}
	report(t, out)
}

// sideEffects names init functions anywhere, and effects on the process outside package main.
func sideEffects(f *goFile) []string {
	if f.isTest {
		return nil
	}
	var out []string
	for _, decl := range f.syntax.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			out = append(out, fmt.Sprintf("%s: func init has side effects on import; make it a function that somebody calls", f.at(fn)))
		}
	}
	if f.isMain() || slices.Contains(testSupport, f.dir()) {
		return out
	}
	top, _, _ := strings.Cut(f.path, "/")
	for _, e := range effects {
		if e.allowCLI && top == "cli" || slices.Contains(e.only, f.dir()) {
			continue
		}
		local, imported := localName(f, e.pkg)
		if !imported {
			continue
		}
		if len(e.names) == 0 {
			out = append(out, fmt.Sprintf("%s: imports %s; %s", f.path, e.pkg, e.instead))
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == local && slices.Contains(e.names, sel.Sel.Name) {
				out = append(out, fmt.Sprintf("%s: %s.%s belongs to the command line; %s", f.at(n), e.pkg, sel.Sel.Name, e.instead))
			}
			return true
		})
	}
	return out
}

// localName returns the name by which a file refers to an imported package.
func localName(f *goFile, importPath string) (string, bool) {
	i := slices.Index(f.imports(), importPath)
	if i < 0 {
		return "", false
	}
	if name := f.syntax.Imports[i].Name; name != nil {
		return name.Name, true
	}
	return path.Base(importPath), true
}

func TestNoSideEffectsRule(t *testing.T) {
	tests := []struct {
		file, src string
		want      []string
	}{
		{"hub/a.go", "package hub\nfunc init() {}\n", []string{"func init"}},
		{"cmd/x/a.go", "package main\nfunc init() {}\n", []string{"func init"}},
		{"hub/a.go", "package hub\ntype t int\nfunc (t) init() {}\n", nil},
		{"cmd/x/a.go", "package main\nimport \"os\"\nfunc main() { os.Exit(1) }\n", nil},
		{"hub/a.go", "package hub\nimport \"os\"\nfunc f() { os.Exit(1) }\n", []string{"os.Exit"}},
		{"cli/a.go", "package cli\nimport \"os\"\nfunc f() { os.Exit(1) }\n", []string{"os.Exit"}},
		{"cli/a.go", "package cli\nimport \"os\"\nvar v = os.Getenv(\"A\")\n", nil},
		{"hub/a.go", "package hub\nimport sys \"os\"\nvar v = sys.Getenv(\"A\")\n", []string{"os.Getenv"}},
		{"hub/a.go", "package hub\nimport _ \"flag\"\n", []string{"imports flag"}},
		{"hub/a.go", "package hub\nimport \"fmt\"\nfunc f() { fmt.Println(fmt.Sprint(1)) }\n", []string{"fmt.Println"}},
		{"hub/a.go", "package hub\nimport \"log/slog\"\nfunc f(l *slog.Logger) { l.Info(\"a\"); slog.Info(\"b\") }\n", []string{"log/slog.Info"}},
		{"hub/a.go", "package hub\nimport \"syscall\"\nvar v = syscall.Exec\n", []string{"syscall.Exec"}},
		{"cli/a.go", "package cli\nimport \"os\"\nvar v = os.StartProcess\n", []string{"os.StartProcess"}},
		{"cli/spawn/a.go", "package spawn\nimport \"os\"\nvar v = os.StartProcess\n", nil},
		{"hub/a_test.go", "package hub\nimport \"os\"\nvar v = os.Getenv(\"A\")\n", nil},
	}
	for _, tt := range tests {
		checkViolations(t, sideEffects(mustParse(t, tt.file, tt.src)), tt.want...)
	}
}
