package bind

import (
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// mvExpand binds mv-expand.
func (b *binder) mvExpand(op *syntax.MvExpand, in plan.Node, e env) plan.Node {
	return b.expand(op, op.Options, op.Items, op.Limit, in, e)
}

// expand makes rows of the elements of arrays. Elements come out dynamic; a
// projection makes them what "to typeof(...)" says.
func (b *binder) expand(at place, options []*syntax.Option, items []*syntax.ExpandItem, limit syntax.Expr, in plan.Node, e env) plan.Node {
	e = e.over(in)
	out := &plan.MvExpand{In: in, Index: -1}
	names := newOutput()
	for i, c := range in.Columns() {
		names.add(c.Name, &plan.Col{Index: i, Of: c})
		out.Keep = append(out.Keep, i)
	}
	types := map[int]value.Type{}
	for _, item := range items {
		if !b.expandItem(item, out, names, types, e) {
			return nil
		}
	}
	for _, o := range options {
		n, _ := o.Value.(*syntax.Name)
		switch {
		case o.Name == "with_itemindex" && n != nil:
			out.Index = len(names.cols)
			names.add(n.Text, &plan.Const{Value: value.Long(0)})
			out.Keep = append(out.Keep, -1)
		case o.Name == "bagexpansion" || o.Name == "kind":
			if n == nil || n.Text != "bag" {
				b.suggest(o, "bags are expanded to bags of one property", "this kind of expansion is not supported")
				return nil
			}
		}
	}
	if limit != nil {
		v, ok := b.constant(limit, e)
		if !ok {
			return nil
		}
		if v.Type != value.TypeLong && v.Type != value.TypeInt || v.Null || v.Int <= 0 {
			b.errorf(limit, "the limit must be a whole number above 0")
			return nil
		}
		out.Limit = v.Int
	}
	out.Cols = names.cols
	if !b.charge(at, 1+len(out.Cols)) {
		return nil
	}
	return b.typed(at, out, types)
}

// expandItem binds one array: a column takes the place of itself, another
// expression becomes a new column.
func (b *binder) expandItem(item *syntax.ExpandItem, out *plan.MvExpand, names *output, types map[int]value.Type, e env) bool {
	v := b.expr(item.X, e)
	if isBad(v) {
		return false
	}
	if v.Type() != value.TypeDynamic {
		b.suggest(item.X, "todynamic() makes one of text", "only dynamic values can be expanded, this is a %s", v.Type())
		return false
	}
	name := ""
	if item.Name != nil {
		name = item.Name.Text
	} else if name = autoName(item.X, e); name == "" {
		name = names.unnamed()
	}
	at, known := names.index[name]
	if c, ok := v.(*plan.Col); known && (item.Name != nil || ok && c.Index == at) {
		names.cols[at].Type = value.TypeDynamic
		out.Keep[at] = -1
	} else {
		at = len(names.cols)
		names.add(name, v)
		out.Keep = append(out.Keep, -1)
	}
	if item.To != "" {
		t, ok := value.ParseType(item.To)
		if !ok {
			b.suggest(item, syntax.DidYouMean(item.To, typeNames), "there is no type %q", item.To)
			return false
		}
		types[at] = t
	}
	out.Exprs = append(out.Exprs, v)
	out.Out = append(out.Out, at)
	return true
}

// typed converts columns.
func (b *binder) typed(at place, in plan.Node, types map[int]value.Type) plan.Node {
	out := newOutput()
	for i, c := range in.Columns() {
		var v plan.Expr = &plan.Col{Index: i, Of: c}
		if t, ok := types[i]; ok {
			if v = b.convert(at, v, t); isBad(v) {
				return nil
			}
		}
		out.add(c.Name, v)
	}
	return b.project(at, in, out)
}

// mvApply binds mv-apply where the sub-query looks at one row after another;
// then it is an mv-expand and what follows.
func (b *binder) mvApply(op *syntax.MvApply, in plan.Node, e env) plan.Node {
	node := b.expand(op, op.Options, op.Items, op.Limit, in, e)
	for _, step := range op.On.Ops {
		if node == nil {
			return nil
		}
		switch step.(type) {
		case *syntax.Where, *syntax.Extend:
			node = b.operator(step, node, "", e)
		default:
			b.suggest(step, "use mv-expand, then summarize by what the row is known by", "in the sub-query of mv-apply all but where and extend is not supported")
			return nil
		}
	}
	return node
}
