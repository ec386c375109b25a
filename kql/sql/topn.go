package sql

import (
	"github.com/lynceus-io/lynceus/kql/plan"
)

// shareTop lets each input of a union keep its own first rows where just the
// first rows of all are wanted: the latest rows of each table can be found
// without reading all of it.
func shareTop(n plan.Node) plan.Node {
	take, ok := n.(*plan.Take)
	if ok {
		if union, keys, ok := sortedUnion(take); ok {
			out := &plan.Union{Cols: union.Cols}
			for _, in := range union.In {
				arm := &plan.Sort{In: shareTop(in), Keys: keys.Keys, Tie: keys.Tie}
				out.In = append(out.In, &plan.Take{In: arm, N: take.N})
			}
			return &plan.Take{In: &plan.Sort{In: out, Keys: keys.Keys, Tie: keys.Tie}, N: take.N, By: take.By}
		}
	}
	return plan.Map(n, shareTop, func(e plan.Expr) plan.Expr { return e })
}

// sortedUnion returns what a take of the latest rows of a union reads.
func sortedUnion(t *plan.Take) (*plan.Union, *plan.Sort, bool) {
	if _, ok := t.N.(*plan.Const); !ok {
		return nil, nil, false
	}
	s, ok := t.In.(*plan.Sort)
	if !ok || len(s.Keys) == 0 || !s.Keys[0].Desc || s.Keys[0].NullsFirst {
		return nil, nil, false
	}
	c, ok := s.Keys[0].Expr.(*plan.Col)
	if !ok || c.Of.Name != timeColumn {
		return nil, nil, false
	}
	u, ok := s.In.(*plan.Union)
	return u, s, ok
}
