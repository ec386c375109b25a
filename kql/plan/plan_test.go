package plan

import (
	"testing"

	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/value"
)

func TestString(t *testing.T) {
	a := Column{"a", value.TypeLong}
	b := Column{"b c", value.TypeString}
	in := &Values{Cols: []Column{a, b}, Rows: [][]value.Value{{value.Long(1), value.String("x")}}}
	ca, cb := &Col{0, a}, &Col{1, b}
	call := func(name string, t value.Type, args ...Expr) *Call { return &Call{&fn.Func{Name: name}, args, t} }
	long := func(n int64) *Const { return &Const{value.Long(n)} }
	count := &Summarize{In: in, Aggs: []Aggregate{{Fn: &fn.Agg{Name: "count"}, Type: value.TypeLong}}, Cols: []Column{{"n", value.TypeLong}}}
	for _, tt := range []struct {
		n    Node
		want string
	}{
		{in, "values (a:long, [\"b c\"]:string) (1 rows)\n"},
		{&Where{in, call("and", value.TypeBool, call("has", value.TypeBool, cb, &Const{value.String("q\"")}), call(">", value.TypeBool, ca, long(2)))},
			"where (([\"b c\"] has \"q\\\"\") and (a > 2))\n  values (a:long, [\"b c\"]:string) (1 rows)\n"},
		{&Take{In: &Sort{In: in, Keys: []SortKey{{ca, true, true}}, Tie: []SortKey{{cb, false, true}}}, N: long(5)},
			"take 5\n  sort a desc nulls first; ties [\"b c\"] asc\n    values (a:long, [\"b c\"]:string) (1 rows)\n"},
		{&Where{in, call("==", value.TypeBool, ca, &Scalar{count, value.TypeLong})},
			"where (a == query 1)\n  query 1:\n    summarize n = count()\n      values (a:long, [\"b c\"]:string) (1 rows)\n  values (a:long, [\"b c\"]:string) (1 rows)\n"},
		{&Let{"x", in, &Union{[]Node{&Shared{"x", in.Cols}, &Shared{"x", in.Cols}}, in.Cols}},
			"let x\n  values (a:long, [\"b c\"]:string) (1 rows)\n  union (a:long, [\"b c\"]:string)\n    shared x\n    shared x\n"},
		{&Render{in, "piechart", map[string]string{"title": "t", "kind": "k"}}, "render piechart kind=\"k\" title=\"t\"\n  values (a:long, [\"b c\"]:string) (1 rows)\n"},
		{&Remote{1, []Column{a}}, "remote 1 (a:long)\n"},
	} {
		if got := String(tt.n); got != tt.want {
			t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
		}
	}
}

func TestVolatile(t *testing.T) {
	stable := &Values{}
	random := &Call{Fn: &fn.Func{Name: "rand", Volatile: true}, Result: value.TypeReal}
	for _, tt := range []struct {
		n    Node
		want bool
	}{
		{stable, false},
		{&Project{In: stable, Exprs: []Expr{random}}, true},
		{&Take{In: &Where{stable, &Contains{X: &Const{}, In: &Where{stable, random}}}, N: &Const{}}, true},
		{&Range{From: &Const{}, To: &Const{}, Step: &Scalar{In: &Project{In: stable, Exprs: []Expr{random}}}}, true},
		{&Union{In: []Node{stable, &Sort{In: stable, Keys: []SortKey{{Expr: random}}}}}, true},
		{&Summarize{In: stable, By: []Expr{&Const{}}}, false},
	} {
		if got := Volatile(tt.n); got != tt.want {
			t.Errorf("%s: %t", String(tt.n), got)
		}
	}
}
