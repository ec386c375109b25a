package syntax

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzParse holds that any text gives a tree, that errors lie inside the
// text, and that what parses is printed so that it parses to the same tree.
func FuzzParse(f *testing.F) {
	if _, err := os.Stat(filepath.Join("..", "..", "..", "shared", "corpora", "kql")); err == nil {
		for i, q := range corpusQueries(f, "azure_monitor_queries.jsonl") {
			if i%10 == 0 {
				f.Add(q.KQL)
			}
		}
		for i, q := range corpusQueries(f, "kusto_cases.jsonl") {
			if i%4 == 0 {
				f.Add(q.KQL)
			}
		}
	}
	for _, s := range []string{
		"", "T", "T |", "T | where", "let f = (a:int=1, T:(x:long, *)) { T | where x > a }; f(1, T)", "print ['a b'] = -1 - -2", "T | where a.b[0].['c'] in~ ('x')",
		"search in (A, B*) x:\"y\" or \"z\"", "print dynamic({'a':[1,null,datetime(2020)]})", "print @'a''b', h\"x\\n\", ```multi\nline```", "T | parse kind=regex x with * 'a' b:long *",
		"print 1 between (2 .. 3)", "(((((((", "print x[", "T|top 3 by a desc nulls last", "union withsource=s A*, (B | take 1)",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<14 {
			return
		}
		q, err := Parse(text)
		if q == nil {
			t.Fatal("no tree")
		}
		_ = q.String()
		if err != nil {
			es, ok := err.(Errors)
			if !ok || len(es) == 0 {
				t.Fatalf("not a list of errors: %v", err)
			}
			for _, e := range es {
				if e.Start < 0 || e.End < e.Start || e.End > len(text) || e.Line < 1 || e.Column < 1 || !strings.Contains(e.Snippet, "^") {
					t.Fatalf("bad position: %+v", e)
				}
			}
			return
		}
		checkRoundTrip(t, q)
	})
}
