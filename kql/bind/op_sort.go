package bind

import (
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// sort binds sort: descending unless said otherwise, nulls where they are
// least.
func (b *binder) sort(at place, keys []*syntax.SortKey, in plan.Node, e env) plan.Node {
	e = e.over(in)
	out := &plan.Sort{In: in}
	for _, k := range keys {
		v := b.expr(k.X, e)
		if isBad(v) {
			return nil
		}
		if v.Type() == value.TypeDynamic {
			b.suggest(k.X, "convert it, as with tostring()", "dynamic values have no order")
			return nil
		}
		s := plan.SortKey{Expr: v, Desc: k.Order != "asc"}
		s.NullsFirst = k.Nulls == "first" || k.Nulls == "" && !s.Desc
		out.Keys = append(out.Keys, s)
	}
	out.Tie = ties(in)
	if !b.charge(at, 1+len(out.Tie)) {
		return nil
	}
	return out
}

// top binds top: sort, then take.
func (b *binder) top(op *syntax.Top, in plan.Node, e env) plan.Node {
	sorted := b.sort(op, op.Keys, in, e)
	if sorted == nil {
		return nil
	}
	return b.take(op, op.N, sorted, e)
}

// take binds take. The number may be known only when run.
func (b *binder) take(at place, n syntax.Expr, in plan.Node, e env) plan.Node {
	v := b.expr(n, env{names: e.names})
	switch v.Type() {
	case value.TypeNone:
		return nil
	case value.TypeLong:
	case value.TypeInt:
		v = b.convert(n, v, value.TypeLong)
	default:
		b.errorf(n, "the number of rows must be a whole number, this is a %s", v.Type())
		return nil
	}
	if c, ok := v.(*plan.Const); ok && (c.Value.Null || c.Value.Int < 0) {
		b.errorf(n, "the number of rows must be at least 0")
		return nil
	}
	return b.takeRows(at, v, in)
}

// takeRows keeps n rows. Where they have no order they are chosen below any
// projection, so that columns which decide may have been left out.
func (b *binder) takeRows(at place, n plan.Expr, in plan.Node) plan.Node {
	out := &plan.Take{In: in, N: n}
	if !sortedBelow(in) {
		if p, ok := in.(*plan.Project); ok {
			below := b.takeRows(at, n, p.In)
			if below == nil {
				return nil
			}
			return &plan.Project{In: below, Cols: p.Cols, Exprs: p.Exprs}
		}
		out.By = firsts(in)
	}
	if !b.charge(at, 1+len(out.By)) {
		return nil
	}
	return out
}

// sortedBelow reports whether rows come in an order: that of a Sort, or of a
// table that the query gives.
func sortedBelow(n plan.Node) bool {
	for {
		switch x := n.(type) {
		case *plan.Sort, *plan.Values, *plan.Range:
			return true
		case *plan.Where:
			n = x.In
		case *plan.Project:
			n = x.In
		case *plan.Take:
			n = x.In
		case *plan.MvExpand:
			n = x.In
		default:
			return false
		}
	}
}
