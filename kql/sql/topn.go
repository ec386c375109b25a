package sql

import (
	"slices"

	"github.com/lynceus-io/lynceus/kql/plan"
)

// shareTop lets each input of a union keep its own first rows where just the
// first rows of all are wanted: the latest rows of each table can be found
// without reading all of it.
func shareTop(n plan.Node) plan.Node {
	if take, ok := n.(*plan.Take); ok {
		if out, ok := sharedTake(take); ok {
			return out
		}
	}
	return plan.Map(n, shareTop, func(e plan.Expr) plan.Expr { return e })
}

// sharedTake returns a take of the latest rows of a union as one of the
// latest rows of each of its inputs.
func sharedTake(t *plan.Take) (plan.Node, bool) {
	if _, ok := t.N.(*plan.Const); !ok {
		return nil, false
	}
	s, sorted := t.In.(*plan.Sort)
	in, keys := t.In, t.By
	if sorted {
		in, keys = s.In, s.Keys
	}
	u, ok := unionOf(in)
	if !ok || !latestFirst(keys) {
		return nil, false
	}
	out := &plan.Union{Cols: u.Cols}
	for _, in := range u.In {
		in = shareTop(in)
		if sorted {
			in = &plan.Sort{In: in, Keys: s.Keys, Tie: s.Tie}
		}
		out.In = append(out.In, &plan.Take{In: in, N: t.N, By: t.By})
	}
	if sorted {
		return &plan.Take{In: &plan.Sort{In: out, Keys: s.Keys, Tie: s.Tie}, N: t.N, By: t.By}, true
	}
	return &plan.Take{In: out, N: t.N, By: t.By}, true
}

// latestFirst reports whether the keys put the latest rows first.
func latestFirst(keys []plan.SortKey) bool {
	if len(keys) == 0 || !keys[0].Desc || keys[0].NullsFirst {
		return false
	}
	c, ok := keys[0].Expr.(*plan.Col)
	return ok && c.Of.Name == timeColumn
}

// unionOf returns n as a union: one, or a projection of one, which then
// stands in each of its inputs.
func unionOf(n plan.Node) (*plan.Union, bool) {
	switch n := n.(type) {
	case *plan.Union:
		return n, true
	case *plan.Project:
		if slices.ContainsFunc(n.Exprs, plan.Windowed) || slices.ContainsFunc(n.Exprs, fixed) {
			return nil, false
		}
		u, ok := unionOf(n.In)
		if !ok {
			return nil, false
		}
		out := &plan.Union{Cols: n.Cols}
		for _, in := range u.In {
			out.In = append(out.In, &plan.Project{In: in, Cols: n.Cols, Exprs: n.Exprs})
		}
		return out, true
	}
	return nil, false
}
