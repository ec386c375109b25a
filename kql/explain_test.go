package kql_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/kql"
	"github.com/lynceus-io/lynceus/kql/sql"
)

var update = flag.Bool("update", false, "write what is into testdata")

// TestExplain holds the statements of questions that are asked often. Each
// file of testdata/explain is a query, a line of dashes, and how it is
// answered.
func TestExplain(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "explain", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	const line = "\n----\n"
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text, want, _ := strings.Cut(string(data), line)
		q, err := kql.Compile(text, kql.Options{Now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		got := q.Explain()
		if *update {
			if err := os.WriteFile(path, []byte(strings.TrimRight(text, "\n")+line+got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got != want {
			t.Errorf("%s: run go test ./kql -update and look at the difference; have\n%s", path, got)
		}
		for _, d := range []sql.Dialect{sql.DuckDB, sql.ClickHouse} {
			if part := q.Explain(d); !strings.Contains(part, d.String()+": statement 0") {
				t.Errorf("%s: nothing is asked of %s", path, d)
			}
		}
	}
}
