// Package kqltest holds what tests of the query language share: tables of
// generated rows, loaded into the engines of the stores and readable by the
// interpreter.
package kqltest

import (
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/bind"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Table is a table of the store with its rows: one value for each of Fields,
// of the type that Type gives.
type Table struct {
	Class  event.Class
	Fields []*event.Field
	Rows   [][]value.Value
}

// derived are the fields of the document that a scan of the table gives, too.
func (t *Table) derived() []*event.Field {
	var out []*event.Field
	for _, f := range t.Fields {
		if f.Type == event.TypeJSON {
			out = append(out, event.ByName("audit.request_object"), event.ByName("audit.annotations"))
		}
	}
	return out
}

// Scan returns a plan that reads the table.
func (t *Table) Scan() *plan.Scan {
	s := &plan.Scan{Table: t.Class, Fields: append(t.Fields[:len(t.Fields):len(t.Fields)], t.derived()...)}
	for _, f := range s.Fields {
		s.Cols = append(s.Cols, plan.Column{Name: f.Name, Type: bind.ColumnType(f.Type)})
	}
	return s
}

// Read returns the rows of a scan of one of tables.
func Read(tables []*Table, s *plan.Scan) ([][]value.Value, error) {
	for _, t := range tables {
		if t.Class != s.Table {
			continue
		}
		out := make([][]value.Value, len(t.Rows))
		for i, row := range t.Rows {
			out[i] = make([]value.Value, len(s.Fields))
			for j, f := range s.Fields {
				v, ok := t.read(row, f)
				if !ok {
					return nil, fmt.Errorf("table %s has no field %s", s.Table, f.Name)
				}
				out[i][j] = v
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("no table %s", s.Table)
}

// read returns a field of a row, out of the document where it stands there.
func (t *Table) read(row []value.Value, f *event.Field) (value.Value, bool) {
	path, inside := f.DocumentPath()
	for i, have := range t.Fields {
		switch {
		case have == f:
			return row[i], true
		case inside && have.Type == event.TypeJSON:
			return value.Dynamic(row[i].Node.Member(path)), true
		}
	}
	return value.Value{}, false
}

// placed returns the statement's text with the scans replaced by tables of
// their names, so that a prefix may stand before them.
func placed(text, prefix string, classes []event.Class) string {
	for i, c := range classes {
		text = strings.ReplaceAll(text, fmt.Sprintf("{{scan %d}}", i), prefix+c.String())
	}
	return text
}

// quote writes a text as a literal of an engine; escape doubles backslashes.
func quote(s string, escape bool) string {
	if escape {
		s = strings.ReplaceAll(s, `\`, `\\`)
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}
