package kqltest

import (
	"fmt"
	"math"
	"strings"
	"testing"

	kqlsql "github.com/lynceus-io/lynceus/kql/sql"
)

// DuckPruned is Duck, but leaves out of every scan all rows that its hints
// allow to leave out. Answers must be the same.
func DuckPruned(tb testing.TB, tables ...*Table) kqlsql.Backend {
	tb.Helper()
	d := Duck(tb, tables...).(*duck)
	d.pruned = true
	return d
}

// prunedTable reads the rows of a scan's table that satisfy its hints.
func prunedTable(s *kqlsql.Scan) string {
	conds := []string{"true"}
	if s.From != math.MinInt64 {
		conds = append(conds, fmt.Sprintf("epoch_us(time)::HUGEINT * 1000 >= %d", s.From))
	}
	if s.To != math.MaxInt64 {
		conds = append(conds, fmt.Sprintf("epoch_us(time)::HUGEINT * 1000 <= %d", s.To))
	}
	for _, e := range s.Equal {
		var list []string
		for _, v := range e.Values {
			list = append(list, quote(v, false))
		}
		column := `"` + e.Column + `"`
		if e.Fold {
			column = "lower(" + column + ")"
		}
		conds = append(conds, column+" IN ("+strings.Join(list, ", ")+")")
	}
	for _, c := range s.Contains {
		conds = append(conds, `contains(lower("`+c.Column+`"), `+quote(c.Text, false)+")")
	}
	var cols []string
	for _, c := range s.Columns {
		cols = append(cols, `"`+c+`"`)
	}
	if cols == nil {
		cols = []string{"1 AS nothing"}
	}
	return "(SELECT " + strings.Join(cols, ", ") + " FROM " + s.Table.String() + " WHERE " + strings.Join(conds, " AND ") + ")"
}
