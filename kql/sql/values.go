package sql

import (
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// maxValues bounds the text of a table given in the query; larger ones stay
// in Go.
const maxValues = 256 << 10

// values writes a table given in the query, with its order in a hidden
// column.
func (w *writer) values(n *plan.Values) (*relation, bool) {
	types := make([]value.Type, len(n.Cols))
	for i, c := range n.Cols {
		if types[i] = c.Type; !pushable(c.Type) {
			return nil, false
		}
	}
	if len(n.Rows) == 1 {
		return w.oneRow(n)
	}
	names := make([]string, len(n.Cols)+1)
	r := &relation{limit: -1}
	for i, c := range n.Cols {
		names[i] = w.name("v")
		r.cols = append(r.cols, w.plain(c.Type, names[i]))
	}
	ordinal := w.name("v")
	names[len(n.Cols)] = ordinal
	r.order = []orderKey{{sql: ordinal}}
	var b strings.Builder
	for i, row := range n.Rows {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(")
		for j, v := range row {
			e, ok := w.constant(v)
			if !ok || v.Type != types[j] || b.Len() > maxValues {
				return nil, false
			}
			if v.Type == value.TypeReal && !e.finite {
				return nil, false
			}
			b.WriteString(e.sql + ", ")
		}
		b.WriteString(w.integer(int64(i)) + ")")
	}
	if len(n.Rows) == 0 {
		list := make([]string, 0, len(names))
		for i, t := range types {
			list = append(list, w.empty(t)+" AS "+names[i])
		}
		list = append(list, w.integer(0)+" AS "+ordinal)
		r.from = "(SELECT " + strings.Join(list, ", ") + " WHERE false)"
		return r, true
	}
	if w.d == DuckDB {
		r.from = "(VALUES " + b.String() + ") AS " + w.name("t") + "(" + strings.Join(names, ", ") + ")"
		return r, true
	}
	shape := make([]string, 0, len(names))
	for i, t := range types {
		shape = append(shape, names[i]+" "+w.sqlType(t))
	}
	shape = append(shape, ordinal+" Int64")
	r.from = "values('" + strings.Join(shape, ", ") + "', " + b.String() + ")"
	return r, true
}

// empty writes some value of the canonical type.
func (w *writer) empty(t value.Type) string {
	if t == value.TypeString {
		return "''"
	}
	return w.null(t)
}

// oneRow writes the row of a print.
func (w *writer) oneRow(n *plan.Values) (*relation, bool) {
	r := &relation{limit: -1}
	for i, v := range n.Rows[0] {
		e, ok := w.constant(v)
		if !ok || v.Type != n.Cols[i].Type {
			return nil, false
		}
		r.cols = append(r.cols, e)
	}
	return r, true
}

// plain is a column in canonical form of which nothing but the type is known.
func (w *writer) plain(t value.Type, name string) expr {
	e := expr{sql: name, typ: t, simple: true, notNull: t == value.TypeString}
	if integral(t) {
		e = integer(t, name, false)
		e.simple = true
	}
	return e
}

// maxRange bounds the rows that a range may make inside an engine.
const maxRange = 10_000_000

// rangeOf writes the operator range over whole numbers, times and timespans.
func (w *writer) rangeOf(n *plan.Range) (*relation, bool) {
	from, ok1 := n.From.(*plan.Const)
	to, ok2 := n.To.(*plan.Const)
	step, ok3 := n.Step.(*plan.Const)
	if !ok1 || !ok2 || !ok3 || from.Value.Null || to.Value.Null || step.Value.Null {
		return nil, false
	}
	if !integral(n.Col.Type) || from.Value.Type != n.Col.Type || !integral(to.Value.Type) || !integral(step.Value.Type) || step.Value.Int == 0 {
		return nil, false
	}
	lo, hi, by := from.Value.Int, to.Value.Int, step.Value.Int
	const half = 1 << 62
	if lo < -half || lo > half || hi < -half || hi > half || by < -half || by > half {
		return nil, false
	}
	rows := (hi-lo)/by + 1
	if (hi-lo)/by < 0 || hi < lo && by > 0 || hi > lo && by < 0 {
		rows = 0
	}
	if rows > maxRange {
		return nil, false
	}
	name := w.name("v")
	count := w.integer(rows)
	from2 := w.pick("(SELECT range AS "+name+" FROM range("+count+"))", "(SELECT toInt64(number) AS "+name+" FROM numbers(toUInt64("+count+")))")
	e := bounded(n.Col.Type, "("+w.integer(lo)+" + "+name+" * "+w.integer(by)+")", true, min(lo, hi), max(lo, hi))
	return &relation{from: from2, limit: -1, cols: []expr{e}, order: []orderKey{{sql: name}}}, true
}
