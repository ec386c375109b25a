//go:build cgo

package cli

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/api/saved"
)

// keptQueries keeps saved queries in memory.
type keptQueries struct{ byName map[string]saved.Stored }

func (k *keptQueries) List(context.Context) ([]saved.Stored, error) {
	return slices.Collect(maps.Values(k.byName)), nil
}

func (k *keptQueries) Get(_ context.Context, name string) (saved.Stored, error) {
	s, ok := k.byName[name]
	if !ok {
		return s, saved.ErrNotFound
	}
	return s, nil
}

func (k *keptQueries) Put(_ context.Context, s saved.Stored) error {
	if k.byName == nil {
		k.byName = map[string]saved.Stored{}
	}
	k.byName[s.Name] = s
	return nil
}

func (k *keptQueries) Delete(_ context.Context, name string) error {
	if _, ok := k.byName[name]; !ok {
		return saved.ErrNotFound
	}
	delete(k.byName, name)
	return nil
}

func TestAskSave(t *testing.T) {
	s := newDemoStore(t)
	dir := serve(t, s)
	file := filepath.Join(t.TempDir(), "n.kql")
	if err := os.WriteFile(file, []byte("// How much there is.\naudit | count"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		stdin string
		args  []string
		code  int
		out   string // in what is written
	}{
		{"", []string{"--save", "how-much", file}, exitDone, "lynceus ask how-much"},
		{"", []string{"how-much"}, exitDone, "643"},
		{"", []string{}, exitDone, "How much there is"},
		{"print x=41+1", []string{"--save", "how-much", "-"}, exitDone, "saved"},
		{"", []string{"how-much"}, exitDone, "42"},
		{"audit | nope", []string{"--save", "bad", "-"}, exitFailed, "nope"},
		{"print 1", []string{"--save", "secrets", "-"}, exitFailed, "comes with Lynceus"},
		{"", []string{"--save", "x"}, exitUsage, "one file"},
		{"", []string{"--save", "x", "--remove", "y", file}, exitUsage, "contradict"},
		{"", []string{"--save", "x", file + ".none"}, exitFailed, "no such file"},
		{"", []string{"--remove", "how-much"}, exitDone, "no longer saved"},
		{"", []string{"--remove", "how-much"}, exitFailed, "no query has the name"},
		{"", []string{"how-much"}, exitUsage, "no question has the name"},
	}
	for _, tt := range tests {
		out, errs, code := asked(t, s, tt.stdin, append([]string{"ask", "--data", dir}, tt.args...)...)
		if code != tt.code || !strings.Contains(out+errs, tt.out) {
			t.Errorf("%q: exit %d, want %d and %q\n%s%s", tt.args, code, tt.code, tt.out, out, errs)
		}
	}
}
