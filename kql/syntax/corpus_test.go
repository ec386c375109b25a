package syntax

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
)

type corpusQuery struct {
	ID  string `json:"id"`
	KQL string `json:"kql"`
}

func corpusQueries(tb testing.TB, name string) []corpusQuery {
	tb.Helper()
	f, err := os.Open(filepath.Join(require.Corpora(tb), "kql", name))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var out []corpusQuery
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<22)
	for s.Scan() {
		var q corpusQuery
		if err := json.Unmarshal(s.Bytes(), &q); err != nil {
			tb.Fatal(err)
		}
		out = append(out, q)
	}
	if err := s.Err(); err != nil {
		tb.Fatal(err)
	}
	return out
}

// TestCorporaParse holds how many of the published queries parse.
func TestCorporaParse(t *testing.T) {
	for _, tt := range []struct {
		file  string
		least int // per mille
	}{
		{"azure_monitor_queries.jsonl", 970},
		{"kusto_cases.jsonl", 1000},
		{"pql_goldens.jsonl", 1000},
	} {
		queries := corpusQueries(t, tt.file)
		parsed := 0
		for _, q := range queries {
			tree, err := Parse(q.KQL)
			if err != nil {
				t.Logf("%s: %s", q.ID, Describe(err))
				continue
			}
			parsed++
			checkRoundTrip(t, tree)
		}
		t.Logf("%s: %d of %d parse", tt.file, parsed, len(queries))
		if parsed*1000 < tt.least*len(queries) {
			t.Errorf("%s: %d of %d parse, want %d per mille", tt.file, parsed, len(queries), tt.least)
		}
	}
}
