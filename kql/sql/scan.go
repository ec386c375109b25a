package sql

import (
	"math"
	"strconv"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// scanMark stands in texts for the scan of that index until the statement is
// finished. No literal can hold it.
func scanMark(i int) string { return "\x00" + strconv.Itoa(i) + "\x00" }

// scan reads a table of the store.
func (w *writer) scan(n *plan.Scan) (*relation, bool) {
	s := &Scan{Table: n.Table, From: math.MinInt64, To: math.MaxInt64}
	r := &relation{from: scanMark(len(w.scans)), limit: -1, scan: s}
	for i, f := range n.Fields {
		c, ok := w.field(f, n.Cols[i].Type)
		if !ok {
			return nil, false
		}
		r.cols = append(r.cols, c)
	}
	for _, f := range n.Fields {
		column := f.Column()
		if _, inside := f.DocumentPath(); inside {
			column = rawColumn
		}
		s.addColumn(column)
	}
	w.scans = append(w.scans, s)
	return r, true
}

func (s *Scan) addColumn(name string) {
	for _, have := range s.Columns {
		if have == name {
			return
		}
	}
	s.Columns = append(s.Columns, name)
}

const (
	rawColumn  = "raw_data"
	timeColumn = "time"
)

// field reads one field of a stored row.
func (w *writer) field(f *event.Field, t value.Type) (expr, bool) {
	if path, inside := f.DocumentPath(); inside {
		e, ok := w.document(path)
		return e, ok && t == value.TypeDynamic
	}
	name := ident(f.Column())
	switch {
	case t == value.TypeString:
		e := text(name)
		e.simple, e.column = true, f.Column()
		return e, true
	case f.Type == event.TypeTime && t == value.TypeDatetime:
		e := bounded(t, w.ticks(name), false, minStoredTicks, maxStoredTicks)
		e.stored, e.column = name, f.Column()
		return e, true
	case f.Type == event.TypeStrings && t == value.TypeDynamic:
		return expr{sql: w.jsonList(name), typ: t, stored: name, column: f.Column()}, true
	case f.Type == event.TypeJSON && t == value.TypeDynamic:
		return w.documentText(name), true
	case f.Type == event.TypeBool && t == value.TypeBool:
		e := boolean(name, false)
		e.simple = true
		return e, true
	case f.Type == event.TypeInt && (t == value.TypeLong || t == value.TypeInt):
		e := integer(t, name, false)
		e.simple = true
		return e, true
	}
	return expr{}, false
}
