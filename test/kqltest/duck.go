package kqltest

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2" // the driver

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/run"
	kqlsql "github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Duck loads tables into an engine of DuckDB in memory.
func Duck(tb testing.TB, tables ...*Table) kqlsql.Backend {
	tb.Helper()
	db, err := sql.Open("duckdb", "?threads=1")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	for _, t := range tables {
		var cols []string
		for _, f := range t.Fields {
			cols = append(cols, `"`+f.Column()+`" `+duckType(f))
		}
		if _, err := db.Exec("CREATE TABLE " + t.Class.String() + "(" + strings.Join(cols, ", ") + ")"); err != nil {
			tb.Fatal(err)
		}
		for _, batch := range batches(t, duckLiteral) {
			if _, err := db.Exec("INSERT INTO " + t.Class.String() + " VALUES " + batch); err != nil {
				tb.Fatal(err)
			}
		}
	}
	return &duck{db: db}
}

func duckType(f *event.Field) string {
	switch f.Type {
	case event.TypeInt:
		return "BIGINT"
	case event.TypeBool:
		return "BOOLEAN"
	case event.TypeTime:
		return "TIMESTAMP"
	case event.TypeStrings:
		return "VARCHAR[]"
	}
	return "VARCHAR"
}

func duckLiteral(f *event.Field, v value.Value) string {
	switch {
	case v.Null && f.Type == event.TypeJSON:
		return "''"
	case v.Null:
		return "NULL"
	case f.Type == event.TypeStrings:
		var list []string
		for _, item := range v.Node.Items {
			list = append(list, quote(item.Scalar.Text, false))
		}
		return "[" + strings.Join(list, ", ") + "]"
	case v.Type == value.TypeDatetime:
		return fmt.Sprintf("make_timestamp(%d)", v.Int/10)
	case v.Type == value.TypeString, v.Type == value.TypeDynamic:
		return quote(v.String(), false)
	}
	return fmt.Sprint(literalOf(v))
}

// literalOf writes a bool or a number.
func literalOf(v value.Value) string {
	if v.Type == value.TypeBool {
		return fmt.Sprint(v.Int != 0)
	}
	return fmt.Sprint(v.Int)
}

// batches writes the rows of a table as lists for INSERT.
func batches(t *Table, literal func(*event.Field, value.Value) string) []string {
	var out, rows []string
	for i, row := range t.Rows {
		var cols []string
		for j, f := range t.Fields {
			cols = append(cols, literal(f, row[j]))
		}
		rows = append(rows, "("+strings.Join(cols, ", ")+")")
		if len(rows) == 500 || i == len(t.Rows)-1 {
			out = append(out, strings.Join(rows, ", "))
			rows = nil
		}
	}
	return out
}

type duck struct {
	db     *sql.DB
	pruned bool
}

func (d *duck) Dialect() kqlsql.Dialect { return kqlsql.DuckDB }

func (d *duck) Query(ctx context.Context, s *kqlsql.Statement) (run.Rows, error) {
	text := placed(s.Text, "", classes(s))
	if d.pruned {
		text = s.Text
		for i := range s.Scans {
			text = strings.ReplaceAll(text, fmt.Sprintf("{{scan %d}}", i), prunedTable(&s.Scans[i]))
		}
	}
	rows, err := d.db.QueryContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("DuckDB: %w\n%s", err, text)
	}
	n := max(len(s.Cols), 1)
	r := &duckRows{rows: rows, cols: s, vals: make([]any, n), ptrs: make([]any, n)}
	for i := range r.vals {
		r.ptrs[i] = &r.vals[i]
	}
	return r, nil
}

func classes(s *kqlsql.Statement) []event.Class {
	var out []event.Class
	for _, sc := range s.Scans {
		out = append(out, sc.Table)
	}
	return out
}

type duckRows struct {
	rows *sql.Rows
	cols *kqlsql.Statement
	vals []any
	ptrs []any
	err  error
}

func (r *duckRows) Next(dst []value.Value) bool {
	if r.err != nil || !r.rows.Next() {
		return false
	}
	if r.err = r.rows.Scan(r.ptrs...); r.err != nil {
		return false
	}
	for i, c := range r.cols.Cols {
		text := ""
		switch v := r.vals[i].(type) {
		case nil:
		case time.Time:
			r.err = fmt.Errorf("column %s is a time", c.Name)
		case float64:
			dst[i] = value.Real(v)
			if c.Type != value.TypeReal {
				r.err = fmt.Errorf("column %s is a float", c.Name)
			}
			continue
		default:
			text = fmt.Sprint(v)
		}
		if r.err == nil {
			dst[i], r.err = decode(c.Type, text, r.vals[i] != nil)
		}
		if r.err != nil {
			r.err = fmt.Errorf("column %s: %w\n%s", c.Name, r.err, r.cols.Text)
			return false
		}
	}
	return true
}

func (r *duckRows) Err() error {
	if r.err != nil {
		return r.err
	}
	return r.rows.Err()
}

func (r *duckRows) Close() error { return r.rows.Close() }
