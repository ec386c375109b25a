package run

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// values makes a table; null is nil.
func values(cols []plan.Column, rows ...[]any) *plan.Values {
	n := &plan.Values{Cols: cols}
	for _, r := range rows {
		row := make([]value.Value, len(r))
		for i, a := range r {
			switch a := a.(type) {
			case nil:
				row[i] = value.Null(cols[i].Type)
			case string:
				row[i] = value.Convert(value.String(a), cols[i].Type)
			case int:
				row[i] = value.Convert(value.Long(int64(a)), cols[i].Type)
			case float64:
				row[i] = value.Real(a)
			}
		}
		n.Rows = append(n.Rows, row)
	}
	return n
}

func columns(spec string) []plan.Column {
	var cols []plan.Column
	for _, c := range strings.Fields(spec) {
		name, typ, _ := strings.Cut(c, ":")
		t, _ := value.ParseType(typ)
		cols = append(cols, plan.Column{Name: name, Type: t})
	}
	return cols
}

func col(n plan.Node, i int) plan.Expr { return &plan.Col{Index: i, Of: n.Columns()[i]} }

func konst(v value.Value) plan.Expr { return &plan.Const{Value: v} }

func call(t *testing.T, name string, args ...plan.Expr) *plan.Call {
	t.Helper()
	f, ok := fn.Lookup(name)
	if !ok {
		t.Fatalf("no function %q", name)
	}
	types := make([]fn.Arg, len(args))
	for i, a := range args {
		types[i].Type = a.Type()
	}
	result, err := f.Result(types)
	if err != nil {
		t.Fatal(err)
	}
	return &plan.Call{Fn: f, Args: args, Result: result}
}

// text runs a plan and writes its rows, one a line.
func text(t *testing.T, node plan.Node, o Options) (string, error) {
	t.Helper()
	rows, err := Run(context.Background(), node, o)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var out []string
	row := make([]value.Value, len(node.Columns()))
	for rows.Next(row) {
		cells := make([]string, len(row))
		for i, v := range row {
			if v.Type != node.Columns()[i].Type {
				t.Errorf("column %s is %s, its value %s", node.Columns()[i].Name, node.Columns()[i].Type, v.Type)
			}
			cells[i] = v.String()
			if v.Null {
				cells[i] = "null"
			}
		}
		out = append(out, strings.Join(cells, ","))
	}
	return strings.Join(out, "\n"), rows.Err()
}

func check(t *testing.T, name string, node plan.Node, want string) {
	t.Helper()
	got, err := text(t, node, Options{})
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if got != want {
		t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
	}
}

func TestOperators(t *testing.T) {
	in := values(columns("k:string n:long"), []any{"a", 3}, []any{"b", nil}, []any{"a", 1}, []any{"c", 2})
	n := col(in, 1)
	check(t, "where", &plan.Where{In: in, Cond: call(t, ">", n, konst(value.Long(1)))}, "a,3\nc,2")
	check(t, "project", &plan.Project{In: in, Cols: columns("x:long"), Exprs: []plan.Expr{call(t, "+", n, n)}}, "6\nnull\n2\n4")
	check(t, "sort", &plan.Sort{In: in, Keys: []plan.SortKey{{Expr: n, Desc: true}}}, "a,3\nc,2\na,1\nb,null")
	check(t, "sort nulls first", &plan.Sort{In: in, Keys: []plan.SortKey{{Expr: n, NullsFirst: true}}}, "b,null\na,1\nc,2\na,3")
	top := &plan.Take{In: &plan.Sort{In: in, Keys: []plan.SortKey{{Expr: n, Desc: true}}}, N: konst(value.Long(2))}
	check(t, "top", top, "a,3\nc,2")
	check(t, "take", &plan.Take{In: in, N: konst(value.Long(2)), By: []plan.SortKey{{Expr: n, NullsFirst: true}}}, "b,null\na,1")
	check(t, "union", &plan.Union{In: []plan.Node{in, in}, Cols: in.Cols}, "a,3\nb,null\na,1\nc,2\na,3\nb,null\na,1\nc,2")
	check(t, "range", &plan.Range{Col: plan.Column{Name: "x", Type: value.TypeLong}, From: konst(value.Long(1)), To: konst(value.Long(8)), Step: konst(value.Long(3))}, "1\n4\n7")
	check(t, "range down", &plan.Range{Col: plan.Column{Name: "x", Type: value.TypeReal}, From: konst(value.Long(1)), To: konst(value.Long(0)), Step: konst(value.Real(-0.5))}, "1.0\n0.5\n0.0")
	check(t, "scalar", &plan.Project{In: in, Cols: columns("x:long"), Exprs: []plan.Expr{&plan.Scalar{In: top, Result: value.TypeString}}}, "null\nnull\nnull\nnull")
	check(t, "contains", &plan.Where{In: in, Cond: &plan.Contains{X: col(in, 0), In: values(columns("k:string"), []any{"A"}), Fold: true}}, "a,3\na,1")
	check(t, "not contains", &plan.Where{In: in, Cond: &plan.Contains{X: n, In: values(columns("k:int"), []any{3}), Not: true}}, "b,null\na,1\nc,2")
	shared := &plan.Shared{Name: "T", Cols: in.Cols}
	check(t, "let", &plan.Let{Name: "T", In: top, Body: &plan.Union{In: []plan.Node{shared, shared}, Cols: in.Cols}}, "a,3\nc,2\na,3\nc,2")
}

func agg(t *testing.T, name string, args ...plan.Expr) plan.Aggregate {
	t.Helper()
	a, ok := fn.LookupAgg(name)
	if !ok {
		t.Fatalf("no aggregate %q", name)
	}
	return plan.Aggregate{Fn: a, Args: args}
}

func TestSummarize(t *testing.T) {
	in := values(columns("k:string n:long"), []any{"a", 3}, []any{"b", nil}, []any{"a", 1}, []any{"", 2}, []any{"", 2})
	k, n := col(in, 0), col(in, 1)
	s := &plan.Summarize{In: in, By: []plan.Expr{k}, Cols: columns("k:string count_:long sum_n:long l:dynamic m:long"),
		Aggs: []plan.Aggregate{agg(t, "count"), agg(t, "sum", n), agg(t, "make_list", n), agg(t, "max", n)}}
	check(t, "by", s, "a,2,4,[3,1],3\nb,1,0,[],null\n,2,4,[2,2],2")
	check(t, "distinct", &plan.Summarize{In: in, By: []plan.Expr{n}, Cols: columns("n:long")}, "3\nnull\n1\n2")
	none := &plan.Where{In: in, Cond: konst(value.Bool(false))}
	check(t, "nothing", &plan.Summarize{In: none, Aggs: []plan.Aggregate{agg(t, "count"), agg(t, "avg", n), agg(t, "min", n)}, Cols: columns("c:long a:real m:long")}, "0,NaN,null")
	arg := agg(t, "arg_max", n, k)
	arg.Tie = []plan.Expr{k}
	check(t, "arg_max", &plan.Summarize{In: in, Aggs: []plan.Aggregate{arg}, Cols: columns("k:string")}, "a")
}

func TestJoin(t *testing.T) {
	left := values(columns("Key:string Value1:long"), []any{"a", 1}, []any{"b", 2}, []any{"b", 3}, []any{"c", 4})
	right := values(columns("Key:string Value2:long"), []any{"b", 10}, []any{"c", 20}, []any{"c", 30}, []any{"d", 40})
	want := map[plan.JoinKind]string{
		plan.JoinInner: "b,2,b,10\nb,3,b,10\nc,4,c,20\nc,4,c,30", plan.JoinInnerunique: "b,2,b,10\nc,4,c,20\nc,4,c,30",
		plan.JoinLeftouter:  "a,1,,null\nb,2,b,10\nb,3,b,10\nc,4,c,20\nc,4,c,30",
		plan.JoinRightouter: "b,2,b,10\nb,3,b,10\nc,4,c,20\nc,4,c,30\n,null,d,40",
		plan.JoinFullouter:  "a,1,,null\nb,2,b,10\nb,3,b,10\nc,4,c,20\nc,4,c,30\n,null,d,40",
		plan.JoinLeftsemi:   "b,2\nb,3\nc,4", plan.JoinLeftanti: "a,1", plan.JoinRightsemi: "b,10\nc,20\nc,30", plan.JoinRightanti: "d,40",
	}
	for kind, rows := range want {
		j := &plan.Join{Kind: kind, Left: left, Right: right, LeftKeys: []plan.Expr{col(left, 0)}, RightKeys: []plan.Expr{col(right, 0)},
			Tie: []plan.SortKey{{Expr: col(left, 1)}}, Cols: columns("Key:string Value1:long Key1:string Value2:long"), LeftOut: []int{0, 1}, RightOut: []int{0, 1}}
		switch kind {
		case plan.JoinLeftsemi, plan.JoinLeftanti:
			j.RightOut, j.Cols = nil, left.Cols
		case plan.JoinRightsemi, plan.JoinRightanti:
			j.LeftOut, j.Cols = nil, right.Cols
		}
		check(t, "join", j, rows)
	}
	null := values(columns("k:long"), []any{nil}, []any{1})
	j := &plan.Join{Kind: plan.JoinFullouter, Left: null, Right: null, LeftKeys: []plan.Expr{col(null, 0)}, RightKeys: []plan.Expr{col(null, 0)},
		Cols: columns("k:long k1:long"), LeftOut: []int{0}, RightOut: []int{0}}
	check(t, "null keys", j, "null,null\n1,1\nnull,null")
}

func TestExpand(t *testing.T) {
	in := values(columns("a:long b:dynamic c:dynamic"), []any{1, `{"x":1,"y":2}`, `[5,4,3]`}, []any{2, "[]", "[]"}, []any{3, nil, `["7"]`})
	e := &plan.MvExpand{In: in, Exprs: []plan.Expr{col(in, 1), col(in, 2)}, Out: []int{1, 2}, Keep: []int{0, -1, -1, -1}, Cols: columns("a:long b:dynamic c:long i:long"), Index: 3}
	check(t, "mv-expand", e, "1,{\"x\":1},5,0\n1,{\"y\":2},4,1\n1,null,3,2\n3,null,null,0")
	e.Limit = 1
	check(t, "limit", e, "1,{\"x\":1},5,0\n3,null,null,0")
}

func TestLimits(t *testing.T) {
	long := plan.Column{Name: "x", Type: value.TypeLong}
	endless := &plan.Range{Col: long, From: konst(value.Long(0)), To: konst(value.Long(1 << 60)), Step: konst(value.Long(1))}
	key := []plan.SortKey{{Expr: col(endless, 0)}}
	for _, node := range []plan.Node{&plan.Sort{In: endless, Keys: key}, &plan.Summarize{In: endless, By: []plan.Expr{key[0].Expr}, Cols: []plan.Column{long}},
		&plan.Summarize{In: endless, Aggs: []plan.Aggregate{agg(t, "make_set", key[0].Expr), agg(t, "dcount", key[0].Expr)}, Cols: columns("s:dynamic n:long")},
		&plan.Let{Name: "t", In: endless, Body: &plan.Shared{Name: "t", Cols: endless.Columns()}}} {
		_, err := text(t, node, Options{MaxBytes: 1 << 20})
		var memory *MemoryError
		if !errors.As(err, &memory) {
			t.Errorf("%T over the limit: %v", node, err)
		}
	}
	got, err := text(t, &plan.Take{In: &plan.Sort{In: &plan.Take{In: endless, N: konst(value.Long(100000))}, Keys: []plan.SortKey{{Expr: key[0].Expr, Desc: true}}}, N: konst(value.Long(2))}, Options{MaxBytes: 1 << 20})
	if err != nil || got != "99999\n99998" {
		t.Errorf("top of many: %q, %v", got, err)
	}
	many := &plan.Project{In: values(columns("n:long"), []any{1}), Cols: columns("a:dynamic b:dynamic"),
		Exprs: []plan.Expr{call(t, "range", konst(value.Long(1)), konst(value.Long(9000))), call(t, "range", konst(value.Long(1)), konst(value.Long(9000)))}}
	if _, err := text(t, many, Options{MaxBytes: 1 << 20}); err == nil || !strings.Contains(err.Error(), "for one row") {
		t.Errorf("large arrays: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	rows, err := Run(ctx, endless, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	cancel()
	row := make([]value.Value, 1)
	for range 1000 {
		rows.Next(row)
	}
	if !errors.Is(rows.Err(), context.Canceled) {
		t.Errorf("cancelled: %v", rows.Err())
	}
}

func TestAssert(t *testing.T) {
	in := values(columns("n:long"), []any{1}, []any{-1})
	node := &plan.Where{In: in, Cond: call(t, "assert", call(t, ">", col(in, 0), konst(value.Long(0))), konst(value.String("positive")))}
	if _, err := text(t, node, Options{}); err == nil || !strings.Contains(err.Error(), "positive") {
		t.Errorf("assert: %v", err)
	}
}
