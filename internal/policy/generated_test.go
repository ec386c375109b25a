package policy

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
)

// TestGeneratedFilesAreFresh runs every generator in a copy of the repository and compares the copy with it.
func TestGeneratedFilesAreFresh(t *testing.T) {
	if testing.Short() {
		t.Skip("testing.Short: the generators are compiled and run by make test and make generate-check")
	}
	if !slices.ContainsFunc(goFiles(t), hasGenerator) {
		return
	}
	root, work := require.ModuleRoot(t), t.TempDir()
	before := tree(t, root)
	for rel, data := range before {
		name := filepath.Join(work, rel)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "generate", "./...")
	cmd.Dir = work
	// With -trimpath the build cache serves the copy, too.
	cmd.Env = append(os.Environ(), "PWD="+work, "GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -trimpath"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go generate: %v\n%s", err, out)
	}
	report(t, stale(before, tree(t, work)))
}

// hasGenerator reports whether a file tells go generate to do something.
func hasGenerator(f *goFile) bool {
	return bytes.HasPrefix(f.src, []byte("//go:generate ")) || bytes.Contains(f.src, []byte("\n//go:generate "))
}

// stale names the files that differ between the repository and the copy where the generators ran.
func stale(repository, generated map[string][]byte) []string {
	var out []string
	for _, rel := range slices.Sorted(maps.Keys(generated)) {
		have, exists := repository[rel]
		switch {
		case !exists:
			out = append(out, rel+" is generated but not committed: run make generate")
		case !bytes.Equal(have, generated[rel]):
			out = append(out, rel+" is not what its generator writes: run make generate")
		}
	}
	return out
}

// tree reads every file below root except what is never committed.
func tree(t *testing.T, root string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == ".cache" || d.Name() == "node_modules" || name == filepath.Join(root, "bin")) {
			return filepath.SkipDir
		}
		if !d.Type().IsRegular() {
			return nil
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		if rel == ".git" { // a linked worktree has a file of that name
			return nil
		}
		files[rel], err = os.ReadFile(name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestStaleRule(t *testing.T) {
	repository := map[string][]byte{"a": []byte("1"), "b": []byte("2")}
	checkViolations(t, stale(repository, repository))
	checkViolations(t, stale(repository, map[string][]byte{"a": []byte("1"), "b": []byte("3"), "c": nil}), "b is not", "c is generated")
}
