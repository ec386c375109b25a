package sql_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/run"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/test/kqltest"
)

// propertyQueries is how many queries a normal run of the tests compares on
// each engine; KQL_QUERIES asks for more.
const propertyQueries = 400

func TestDuckDBEqualsInterpreter(t *testing.T) {
	tables := propertyTables()
	compareEngine(t, tables, kqltest.Duck(t, tables...))
}

// TestHintsLeaveAnswersAlone holds that what scans allow to be left out does
// not matter, and that they name every column that is read.
func TestHintsLeaveAnswersAlone(t *testing.T) {
	tables := propertyTables()
	compareEngine(t, tables, kqltest.DuckPruned(t, tables...))
}

func TestClickHouseEqualsInterpreter(t *testing.T) {
	tables := propertyTables()
	compareEngine(t, tables, kqltest.Click(t, tables...))
}

func propertyTables() []*kqltest.Table {
	r := rand.New(rand.NewPCG(1, 2))
	return []*kqltest.Table{kqltest.Generate(r, event.ClassAudit, 120), kqltest.Generate(r, event.ClassProcess, 80)}
}

// compareEngine runs generated queries in the interpreter alone, and split
// between it and an engine, and compares the rows.
func compareEngine(t *testing.T, tables []*kqltest.Table, engine sql.Backend) {
	queries, seed := propertyQueries, uint64(7)
	if n, err := strconv.Atoi(os.Getenv("KQL_QUERIES")); err == nil {
		queries = n
	}
	if n, err := strconv.Atoi(os.Getenv("KQL_SEED")); err == nil {
		seed = uint64(n)
	}
	whole, failed := 0, 0
	for i := range queries {
		g := &generator{Rand: rand.New(rand.NewPCG(seed, uint64(i))), tables: tables}
		node := g.query(1+g.IntN(4), 2)
		want, err := read(node, tables, nil, nil)
		if err != nil {
			t.Fatalf("query %d: interpreter: %v", i, err)
		}
		rest, stmts := sql.Split(node, engine.Dialect())
		if _, ok := rest.(*plan.Remote); ok {
			whole++
		}
		got, err := read(rest, tables, engine, stmts)
		if err == nil {
			err = sameRows(node.Columns(), want, got, ordered(node))
		}
		if err != nil {
			t.Errorf("query %d: %v\nplan:\n%s\nrest:\n%s\n%s", i, err, show(node, 1), show(rest, 1), texts(stmts))
			if failed++; failed >= 5 {
				t.FailNow()
			}
		}
	}
	t.Logf("%d of %d queries were answered by the engine alone", whole, queries)
	if whole < queries/3 {
		t.Errorf("only %d of %d queries were answered by the engine alone", whole, queries)
	}
}

// read runs a plan to its end.
func read(node plan.Node, tables []*kqltest.Table, engine sql.Backend, stmts []*sql.Statement) ([][]value.Value, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	rows, err := run.Run(ctx, node, run.Options{Source: func(ctx context.Context, leaf plan.Node) (run.Rows, error) {
		switch n := leaf.(type) {
		case *plan.Scan:
			if engine != nil {
				return nil, fmt.Errorf("the scan of %s was not pushed", n.Table)
			}
			list, err := kqltest.Read(tables, n)
			return &memory{rows: list}, err
		case *plan.Remote:
			return engine.Query(ctx, stmts[n.ID])
		}
		return nil, fmt.Errorf("unexpected leaf %T", leaf)
	}})
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out [][]value.Value
	row := make([]value.Value, len(node.Columns()))
	for rows.Next(row) {
		out = append(out, slices.Clone(row))
	}
	return out, rows.Err()
}

type memory struct{ rows [][]value.Value }

func (m *memory) Next(dst []value.Value) bool {
	if len(m.rows) == 0 {
		return false
	}
	copy(dst, m.rows[0])
	m.rows = m.rows[1:]
	return true
}
func (m *memory) Err() error   { return nil }
func (m *memory) Close() error { return nil }

// ordered reports whether the order of a plan's rows is defined.
func ordered(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Sort, *plan.Values, *plan.Range:
		return true
	case *plan.Where:
		return ordered(n.In)
	case *plan.Project:
		return ordered(n.In)
	case *plan.Take:
		_, sorted := n.In.(*plan.Sort)
		return sorted
	}
	return false
}

// sameRows compares answers; rows without order are compared as a multiset.
func sameRows(cols []plan.Column, want, got [][]value.Value, ordered bool) error {
	a, b := lines(want, ordered), lines(got, ordered)
	if slices.Equal(a, b) {
		return nil
	}
	var out strings.Builder
	fmt.Fprintf(&out, "columns %v: want %d rows, have %d", cols, len(a), len(b))
	for i := range max(len(a), len(b)) {
		x, y := "-", "-"
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			fmt.Fprintf(&out, "\nrow %d\nwant %s\nhave %s", i, x, y)
			break
		}
	}
	return fmt.Errorf("%s", out.String())
}

func lines(rows [][]value.Value, ordered bool) []string {
	out := make([]string, len(rows))
	for i, row := range rows {
		var b strings.Builder
		for _, v := range row {
			b.WriteString(cell(v) + " | ")
		}
		out[i] = b.String()
	}
	if !ordered {
		slices.Sort(out)
	}
	return out
}

// cell prints a value so that reals that are equal to nine digits, and arrays
// that are equal as sets, are the same.
func cell(v value.Value) string {
	switch {
	case v.Null:
		return "null"
	case v.Type == value.TypeReal:
		if v.Float == 0 || math.IsNaN(v.Float) {
			return strconv.FormatFloat(math.Abs(v.Float), 'g', 9, 64)
		}
		return strconv.FormatFloat(v.Float, 'g', 9, 64)
	case v.Type == value.TypeDynamic && v.Node.Kind == value.NodeArray:
		var items []string
		for _, n := range v.Node.Items {
			items = append(items, fmt.Sprintf("%q", n.String()))
		}
		slices.Sort(items)
		return "[" + strings.Join(items, ",") + "]"
	}
	return fmt.Sprintf("%q", v.String())
}

func texts(stmts []*sql.Statement) string {
	var b strings.Builder
	for i, s := range stmts {
		fmt.Fprintf(&b, "statement %d: %s\n", i, s.Text)
	}
	return b.String()
}

// show prints a plan for a failure's message.
func show(n plan.Node, depth int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s\n", strings.Repeat("  ", depth), describe(n))
	for _, in := range n.Inputs() {
		b.WriteString(show(in, depth+1))
	}
	return b.String()
}

func describe(n plan.Node) string {
	switch n := n.(type) {
	case *plan.Where:
		return "where " + exprText(n.Cond)
	case *plan.Project:
		return "project " + exprTexts(n.Exprs)
	case *plan.Summarize:
		s := "summarize"
		for _, a := range n.Aggs {
			s += " " + a.Fn.Name + "(" + exprTexts(a.Args) + ")"
		}
		return s + " by " + exprTexts(n.By)
	case *plan.Sort:
		return "sort " + keyTexts(n.Keys) + " tie " + keyTexts(n.Tie)
	case *plan.Take:
		return "take " + exprText(n.N) + " by " + keyTexts(n.By)
	case *plan.Join:
		return fmt.Sprintf("join kind %d on %s = %s", n.Kind, exprTexts(n.LeftKeys), exprTexts(n.RightKeys))
	case *plan.Scan:
		return "scan " + n.Table.String()
	}
	return fmt.Sprintf("%T", n)
}

func keyTexts(keys []plan.SortKey) string {
	var list []string
	for _, k := range keys {
		list = append(list, fmt.Sprintf("%s desc=%t nulls first=%t", exprText(k.Expr), k.Desc, k.NullsFirst))
	}
	return strings.Join(list, ", ")
}

func exprTexts(es []plan.Expr) string {
	var list []string
	for _, e := range es {
		list = append(list, exprText(e))
	}
	return strings.Join(list, ", ")
}

func exprText(e plan.Expr) string {
	switch e := e.(type) {
	case *plan.Const:
		return fmt.Sprintf("%s(%q)", e.Value.Type, e.Value.String())
	case *plan.Col:
		return fmt.Sprintf("#%d:%s", e.Index, e.Of.Name)
	case *plan.Call:
		return e.Fn.Name + "(" + exprTexts(e.Args) + ")"
	}
	return fmt.Sprintf("%T", e)
}
