package bind

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
)

// FuzzBind holds that any query that parses is bound to a sound plan, or
// gives errors with places in its text.
func FuzzBind(f *testing.F) {
	data, err := os.ReadFile(filepath.Join("testdata", "plans.txt"))
	if err != nil {
		f.Fatal(err)
	}
	for _, line := range strings.Split(string(data), "\n") {
		if q, ok := strings.CutPrefix(line, "> "); ok {
			f.Add(q)
		}
	}
	cat := Registry()
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 {
			return
		}
		q, err := syntax.Parse(text)
		if err != nil {
			return
		}
		n, err := Bind(q, Options{Catalog: cat, Now: testNow, MaxNodes: 20_000})
		if err != nil {
			if _, ok := err.(syntax.Errors); !ok {
				t.Fatalf("not a list of errors: %v", err)
			}
			return
		}
		checkPlan(t, n)
		if len(plan.String(n)) == 0 {
			t.Fatal("nothing printed")
		}
	})
}

// checkPlan holds what every plan must satisfy: columns are told apart by
// name, and expressions refer to columns that exist with their types.
func checkPlan(tb testing.TB, n plan.Node) {
	tb.Helper()
	seen := map[string]bool{}
	for _, c := range n.Columns() {
		if seen[c.Name] || c.Type == 0 {
			tb.Fatalf("%T: bad column %v of %v", n, c, n.Columns())
		}
		seen[c.Name] = true
	}
	var in []plan.Column
	for _, i := range n.Inputs() {
		checkPlan(tb, i)
	}
	if len(n.Inputs()) == 1 {
		in = n.Inputs()[0].Columns()
	}
	switch n := n.(type) {
	case *plan.Join:
		for i := range n.LeftKeys {
			checkExpr(tb, n.LeftKeys[i], n.Left.Columns())
			checkExpr(tb, n.RightKeys[i], n.Right.Columns())
			if n.LeftKeys[i].Type() != n.RightKeys[i].Type() {
				tb.Fatalf("join: keys of types %s and %s", n.LeftKeys[i].Type(), n.RightKeys[i].Type())
			}
		}
		if len(n.Cols) != len(n.LeftOut)+len(n.RightOut) {
			tb.Fatal("join: columns do not add up")
		}
		return
	case *plan.Project:
		for i, e := range n.Exprs {
			if e.Type() != n.Cols[i].Type {
				tb.Fatalf("project: %s is %s, not %s", n.Cols[i].Name, e.Type(), n.Cols[i].Type)
			}
		}
	case *plan.Union:
		for _, i := range n.In {
			for j, c := range i.Columns() {
				if c.Type != n.Cols[j].Type {
					tb.Fatalf("union: %v against %v", c, n.Cols[j])
				}
			}
		}
	}
	for _, e := range plan.Exprs(n) {
		checkExpr(tb, e, in)
	}
}

func checkExpr(tb testing.TB, e plan.Expr, in []plan.Column) {
	tb.Helper()
	switch e := e.(type) {
	case *plan.Const:
		if e.Value.Type == 0 {
			tb.Fatal("a constant without a type")
		}
	case *plan.Col:
		if e.Index >= len(in) || in[e.Index] != e.Of {
			tb.Fatalf("column %d %v of %v", e.Index, e.Of, in)
		}
	case *plan.Call:
		if e.Result == 0 {
			tb.Fatalf("a call of %s without a type", e.Fn.Name)
		}
		for _, a := range e.Args {
			checkExpr(tb, a, in)
		}
	case *plan.Scalar:
		checkPlan(tb, e.In)
	case *plan.Contains:
		checkExpr(tb, e.X, in)
		checkPlan(tb, e.In)
	}
}
