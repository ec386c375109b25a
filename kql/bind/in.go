package bind

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// in binds x in (...), and has_any and has_all, over values or a table.
func (b *binder) in(x *syntax.In, e env) plan.Expr {
	if _, star := x.X.(*syntax.Star); star {
		return b.anyColumn(&syntax.Binary{Span: x.Span, Op: x.Op, At: x.At, X: x.X}, e)
	}
	v := b.expr(x.X, e)
	if len(x.Items) == 1 && b.tabular(x.Items[0], e) {
		return b.inTable(x, v, e)
	}
	sources := []syntax.Expr{x.X}
	args := []plan.Expr{v}
	for _, i := range x.Items {
		sources = append(sources, i)
		args = append(args, b.expr(i, e))
	}
	if len(x.Items) == 0 {
		return b.apply(x, x.Op, sources, v, &plan.Const{Value: value.Dynamic(value.Array(nil))})
	}
	return b.apply(x, x.Op, sources, args...)
}

// inTable binds x in (table): the values are those of its first column.
func (b *binder) inTable(x *syntax.In, v plan.Expr, e env) plan.Expr {
	b.scalar++
	node := b.table(x.Items[0], env{names: e.names})
	b.scalar--
	if node == nil || isBad(v) {
		return bad()
	}
	cols := node.Columns()
	if len(cols) == 0 {
		b.errorf(x.Items[0], "the table has no columns")
		return bad()
	}
	if x.Op == "has_any" || x.Op == "has_all" {
		return b.apply(x, x.Op, []syntax.Expr{x.X, x.Items[0]}, v, b.listOf(x, node))
	}
	if !comparable(v.Type(), cols[0].Type) {
		b.errorf(x.Items[0], "a %s cannot be compared with the column %s, which is %s", v.Type(), cols[0].Name, cols[0].Type)
		return bad()
	}
	return &plan.Contains{X: v, In: node, Fold: strings.HasSuffix(x.Op, "~"), Not: x.Op[0] == '!'}
}

// listOf makes a dynamic array of the values of a table's first column.
func (b *binder) listOf(at place, node plan.Node) plan.Expr {
	agg, ok := fn.LookupAgg("make_set")
	if !ok {
		b.errorf(at, "a table is not supported here")
		return bad()
	}
	col := plan.Column{Name: "set", Type: value.TypeDynamic}
	arg := &plan.Col{Index: 0, Of: node.Columns()[0]}
	return &plan.Scalar{Result: value.TypeDynamic, In: &plan.Summarize{In: node, Cols: []plan.Column{col},
		Aggs: []plan.Aggregate{{Fn: agg, Args: []plan.Expr{arg}, Type: value.TypeDynamic}}}}
}

// comparable reports whether values of two types can be equal.
func comparable(a, b value.Type) bool {
	return a == b || a.Numeric() && b.Numeric() || slices.Contains([]value.Type{a, b}, value.TypeDynamic)
}
