package kql_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/kql"
	"github.com/lynceus-io/lynceus/kql/value"
)

var renew = flag.Bool("renew-page", false, "write the answers of the examples into docs/kql.md")

// example is a query of the page and the answer that stands below it.
var example = regexp.MustCompile("(?s)```kql\n(.*?)```\n```text\n(.*?)```\n")

// The examples of docs/kql.md have the answers that it shows.
func TestPageExamples(t *testing.T) {
	name := filepath.Join(require.ModuleRoot(t), "docs", "kql.md")
	page, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	renewed := example.ReplaceAllStringFunc(string(page), func(block string) string {
		n++
		m := example.FindStringSubmatch(block)
		got, err := pageAnswer(t, m[1])
		switch {
		case err != nil:
			t.Errorf("%s\n%v", m[1], err)
		case got != m[2] && !*renew:
			t.Errorf("%s\ngives\n%s\nand the page says\n%s", m[1], got, m[2])
		}
		return "```kql\n" + m[1] + "```\n```text\n" + got + "```\n"
	})
	if n == 0 || n != strings.Count(string(page), "```kql\n") {
		t.Errorf("%d of %d examples have answers", n, strings.Count(string(page), "```kql\n"))
	}
	if *renew {
		if err := os.WriteFile(name, []byte(renewed), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// pageAnswer runs a query without tables and writes its rows in columns.
func pageAnswer(t *testing.T, text string) (string, error) {
	t.Helper()
	q, err := kql.Compile(text, kql.Options{})
	if err != nil {
		return "", err
	}
	r, err := q.Run(t.Context(), nil, kql.Limits{})
	if err != nil {
		return "", err
	}
	defer r.Close()
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	var names []string
	for _, c := range r.Columns() {
		names = append(names, c.Name)
	}
	fmt.Fprintln(w, strings.Join(names, "\t"))
	row := make([]value.Value, len(names))
	for r.Next(row) {
		cells := make([]string, len(row))
		for i, v := range row {
			if cells[i] = v.String(); v.Null {
				cells[i] = "null"
			}
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	if err := r.Err(); err != nil {
		return "", err
	}
	if err := w.Flush(); err != nil {
		return "", err
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n"), nil
}
