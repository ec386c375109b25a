//go:build cgo

package cli

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
)

var update = flag.Bool("update", false, "write the examples of docs anew")

// example is a command on a page of docs, and what stands below it.
var example = regexp.MustCompile(`(?s)<!-- lynceus ((?:ask|inventory) [^\n]*) -->\n.*?<!-- end -->`)

// TestPagesAreFresh asks the questions on the pages of docs, and compares the
// answers with the page.
func TestPagesAreFresh(t *testing.T) {
	for _, tt := range []struct {
		page     string
		store    func(*testing.T) *demoStore
		examples int // at least
	}{
		{"questions.md", newDemoStore, 5},
		{"inventory.md", newInventoryStore, 5},
	} {
		t.Run(tt.page, func(t *testing.T) {
			page := filepath.Join(require.ModuleRoot(t), "docs", tt.page)
			old, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			fresh, n := freshPage(t, string(old), tt.store(t))
			if n < tt.examples {
				t.Fatalf("the page has %d examples", n)
			}
			if fresh == string(old) {
				return
			}
			if !*update {
				t.Fatalf("docs/%s is not what the program answers; run go test ./cli -run PagesAreFresh -update\n%s", tt.page, fresh)
			}
			if err := os.WriteFile(page, []byte(fresh), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// freshPage returns a page with what the program prints now, and how many
// examples it has.
func freshPage(t *testing.T, page string, s *demoStore) (fresh string, n int) {
	t.Helper()
	dir := t.TempDir()
	fresh = example.ReplaceAllStringFunc(page, func(block string) string {
		n++
		command := example.FindStringSubmatch(block)[1]
		out, errs, code := asked(t, s, "", append(strings.Fields(command), "--data", dir)...)
		if code != exitDone {
			t.Errorf("%s: exit code %d: %s", command, code, errs)
		}
		var b strings.Builder
		b.WriteString("<!-- lynceus " + command + " -->\n```\n$ lynceus " + command + "\n")
		for line := range strings.Lines(errs + out) {
			b.WriteString(strings.TrimRight(line, " \n") + "\n")
		}
		b.WriteString("```\n<!-- end -->")
		return b.String()
	})
	return fresh, n
}

// fencedQuery is a query on a page of docs.
var fencedQuery = regexp.MustCompile("(?s)```kql\n(.*?)```")

// TestInventoryQueries runs the queries of docs/inventory.md: each finds
// something.
func TestInventoryQueries(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(require.ModuleRoot(t), "docs", "inventory.md"))
	if err != nil {
		t.Fatal(err)
	}
	s, dir := newInventoryStore(t), t.TempDir()
	queries := fencedQuery.FindAllStringSubmatch(string(page), -1)
	if len(queries) < 5 {
		t.Fatalf("the page has %d queries", len(queries))
	}
	for _, q := range queries {
		out, errs, code := asked(t, s, "", "query", q[1], "-o", "csv", "-q", "--data", dir)
		if code != exitDone || errs != "" || strings.Count(out, "\n") < 2 {
			t.Errorf("%s\nexit %d: %s%s", q[1], code, errs, out)
		}
	}
}
