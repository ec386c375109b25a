package sql

import (
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// maxBranches bounds the scans that one condition may become.
const maxBranches = 8

// branches rewrites a filter of a table for DuckDB, whose Bloom filters serve
// a column's equality with one constant only: a condition that asks for one of
// several, over columns that have such filters, becomes a union of scans, each
// without the rows of those before it. It returns nil where r, the table from
// with the conditions pushed, is better left as it is.
func (w *writer) branches(r, from *relation, pushed []plan.Expr) *relation {
	if w.d != DuckDB || from.scan == nil || from.from != scanMark(w.scanIndex(from.scan)) || len(from.where) > 0 || from.order != nil {
		return nil
	}
	for _, e := range from.scan.Equal {
		if len(e.Values) == 1 && !e.Fold && bloomed(e.Column) {
			return nil // selective already
		}
	}
	for i, c := range pushed {
		tests, ok := alternatives(c, from.cols)
		if !ok || len(tests) < 2 || len(tests) > maxBranches {
			continue
		}
		others := append(append([]string(nil), r.where[:i]...), r.where[i+1:]...)
		return w.unionOf(from, tests, others)
	}
	return nil
}

func (w *writer) scanIndex(s *Scan) int {
	for i, have := range w.scans {
		if have == s {
			return i
		}
	}
	return -1
}

// alternative is the equality of a stored column with a constant.
type alternative struct {
	column, text string
}

// alternatives returns the equalities of which a condition wants any one.
func alternatives(c plan.Expr, cols []expr) ([]alternative, bool) {
	call, ok := c.(*plan.Call)
	if !ok {
		return nil, false
	}
	if call.Fn.Name == "or" {
		var out []alternative
		for _, a := range call.Args {
			list, ok := alternatives(a, cols)
			if !ok {
				return nil, false
			}
			out = append(out, list...)
		}
		return out, true
	}
	if call.Fn.Name != "==" && call.Fn.Name != "in" || len(call.Args) < 2 {
		return nil, false
	}
	x, ok := column(call.Args[0], cols)
	items, isConst := constExprs(call.Args[1:])
	if !ok || !isConst || x.typ != value.TypeString || !bloomed(x.column) {
		return nil, false
	}
	var out []alternative
	seen := map[string]bool{}
	for _, v := range items {
		if v.Type != value.TypeString {
			return nil, false
		}
		if !seen[v.Text] {
			out = append(out, alternative{x.column, v.Text})
		}
		seen[v.Text] = true
	}
	return out, true
}

// unionOf reads the table once for each alternative.
func (w *writer) unionOf(from *relation, tests []alternative, others []string) *relation {
	out := &relation{limit: -1}
	var texts []string
	not := append([]string(nil), others...)
	var names []string
	for _, c := range from.scan.Columns {
		names = append(names, ident(c))
	}
	if len(names) == 0 {
		return nil
	}
	for i, t := range tests {
		lit, ok := w.literal(t.text)
		if !ok {
			return nil
		}
		scan := *from.scan
		scan.Equal = append(append([]Equal(nil), scan.Equal...), Equal{Column: t.column, Values: []string{t.text}})
		mark := w.scanIndex(from.scan)
		if i > 0 {
			mark = len(w.scans)
			w.scans = append(w.scans, &scan)
		} else {
			first := scan
			w.scans[mark] = &first
		}
		test := ident(t.column) + " = " + lit
		where := append(append([]string(nil), not...), test)
		texts = append(texts, "SELECT "+strings.Join(names, ", ")+" FROM "+scanMark(mark)+" WHERE "+strings.Join(where, " AND "))
		not = append(not, "NOT ("+test+")")
	}
	out.from = "(" + strings.Join(texts, " UNION ALL ") + ")"
	out.cols = from.cols
	return out
}

// bloomed reports whether stores keep Bloom filters of a column.
func bloomed(column string) bool { return exactColumns[column] }

// exactColumns are those of the fields that people look for by one exact value.
var exactColumns = columnsFor(event.SearchExact)

func columnsFor(s event.Search) map[string]bool {
	out := map[string]bool{}
	for _, f := range event.Fields() {
		if f.Search.Has(s) {
			out[f.Column()] = true
		}
	}
	return out
}
