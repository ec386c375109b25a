package sql_test

import (
	"testing"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/test/kqltest"
)

// FuzzConstant holds that text in a query comes back from DuckDB as it was, be
// it in the statement or kept out of it.
func FuzzConstant(f *testing.F) {
	for _, w := range kqltest.Words {
		f.Add(w, int64(len(w)))
	}
	f.Add("\x00", int64(0))
	f.Add("\xff'", int64(-1))
	f.Add("');--", int64(1)<<62)
	engine := kqltest.Duck(f)
	f.Fuzz(func(t *testing.T, text string, n int64) {
		cols := []plan.Column{{Name: "s", Type: value.TypeString}, {Name: "n", Type: value.TypeLong}}
		row := []value.Value{value.String(text), value.Long(n)}
		rest, stmts := sql.Split(&plan.Values{Cols: cols, Rows: [][]value.Value{row, row}}, sql.DuckDB)
		rows, err := read(rest, nil, engine, stmts)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		for _, r := range rows {
			if r[0].Text != text || r[1].Int != n {
				t.Errorf("%q, %d: have %v", text, n, r)
			}
		}
	})
}
