// Package kqltest holds what tests of the query language share: tables of
// generated rows, loaded into the engines of the stores and readable by the
// interpreter.
package kqltest

import (
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/event"
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

// Type returns the language's type of a field's values.
func Type(f *event.Field) value.Type {
	switch f.Type {
	case event.TypeInt:
		return value.TypeLong
	case event.TypeBool:
		return value.TypeBool
	case event.TypeTime:
		return value.TypeDatetime
	case event.TypeStrings, event.TypeJSON:
		return value.TypeDynamic
	}
	return value.TypeString
}

// Scan returns a plan that reads the table.
func (t *Table) Scan() *plan.Scan {
	s := &plan.Scan{Table: t.Class, Fields: t.Fields}
	for _, f := range t.Fields {
		s.Cols = append(s.Cols, plan.Column{Name: f.Name, Type: Type(f)})
	}
	return s
}

// Read returns the rows of a scan of one of tables.
func Read(tables []*Table, s *plan.Scan) ([][]value.Value, error) {
	for _, t := range tables {
		if t.Class != s.Table {
			continue
		}
		at := make([]int, len(s.Fields))
		for i, f := range s.Fields {
			at[i] = -1
			for j, have := range t.Fields {
				if have == f {
					at[i] = j
				}
			}
			if at[i] < 0 {
				return nil, fmt.Errorf("table %s has no field %s", s.Table, f.Name)
			}
		}
		out := make([][]value.Value, len(t.Rows))
		for i, row := range t.Rows {
			out[i] = make([]value.Value, len(at))
			for j, k := range at {
				out[i][j] = row[k]
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("no table %s", s.Table)
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
