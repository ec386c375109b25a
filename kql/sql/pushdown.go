package sql

import (
	"slices"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// pushDown returns n with the conditions conds, which are over its columns,
// applied as far down as they mean the same.
func pushDown(n plan.Node, conds []plan.Expr) plan.Node {
	switch n := n.(type) {
	case *plan.Where:
		return pushDown(n.In, append(conds, Conjuncts(n.Cond)...))
	case *plan.Project:
		if slices.ContainsFunc(n.Exprs, plan.Windowed) { // these count the rows
			return filter(&plan.Project{In: pushDown(n.In, nil), Cols: n.Cols, Exprs: n.Exprs}, conds)
		}
		below, here := sift(conds, func(c plan.Expr) (plan.Expr, bool) { return through(c, n.Exprs) })
		return filter(&plan.Project{In: pushDown(n.In, below), Cols: n.Cols, Exprs: n.Exprs}, here)
	case *plan.Sort:
		return &plan.Sort{In: pushDown(n.In, conds), Keys: n.Keys, Tie: n.Tie}
	case *plan.Render:
		return &plan.Render{In: pushDown(n.In, conds), Kind: n.Kind, Properties: n.Properties}
	case *plan.Take:
		return filter(&plan.Take{In: pushDown(n.In, nil), N: n.N, By: n.By}, conds)
	case *plan.Union:
		u := &plan.Union{Cols: n.Cols}
		for _, in := range n.In {
			u.In = append(u.In, pushDown(in, conds))
		}
		return u
	case *plan.Summarize:
		below, here := sift(conds, func(c plan.Expr) (plan.Expr, bool) {
			if len(n.By) == 0 || !within(c, len(n.By)) {
				return nil, false
			}
			return through(c, n.By)
		})
		out := *n
		out.In = pushDown(n.In, below)
		return filter(&out, here)
	case *plan.Join:
		return pushJoin(n, conds)
	case *plan.MvExpand:
		below, here := sift(conds, func(c plan.Expr) (plan.Expr, bool) {
			return over(c, func(i int) int { return n.Keep[i] })
		})
		out := *n
		out.In = pushDown(n.In, below)
		return filter(&out, here)
	case *plan.Let:
		return &plan.Let{Name: n.Name, In: pushDown(n.In, nil), Body: pushDown(n.Body, conds)}
	}
	return filter(n, conds)
}

// filter applies conditions to n.
func filter(n plan.Node, conds []plan.Expr) plan.Node {
	for _, c := range conds {
		if k, ok := c.(*plan.Const); ok && k.Value.True() {
			continue
		}
		n = &plan.Where{In: n, Cond: c}
	}
	return n
}

// sift parts conditions into those that f can move, moved, and the others.
// What is random, or ends the query, stays where it was written.
func sift(conds []plan.Expr, f func(plan.Expr) (plan.Expr, bool)) (below, here []plan.Expr) {
	for _, c := range conds {
		if moved, ok := f(c); ok && !fixed(c) && !fixed(moved) {
			below = append(below, moved)
		} else {
			here = append(here, c)
		}
	}
	return below, here
}

// fixed reports whether an expression must not be evaluated elsewhere.
func fixed(e plan.Expr) bool {
	found := false
	walk(e, func(e plan.Expr) {
		if c, ok := e.(*plan.Call); ok && (c.Fn.Volatile || c.Fn.Name == "assert") {
			found = true
		}
	})
	return found
}

// through returns a condition on columns as one on what they are computed of.
func through(c plan.Expr, exprs []plan.Expr) (plan.Expr, bool) {
	size := 0
	out := Replace(c, func(c *plan.Col) plan.Expr {
		walk(exprs[c.Index], func(plan.Expr) { size++ })
		return exprs[c.Index]
	})
	return out, size < 64
}

// within reports whether e reads only the first n columns.
func within(e plan.Expr, n int) bool {
	ok := true
	walk(e, func(e plan.Expr) {
		if c, is := e.(*plan.Col); is && c.Index >= n {
			ok = false
		}
	})
	return ok
}

// over returns e over other columns; to gives the new place of a column, or a
// negative number where it has none.
func over(e plan.Expr, to func(int) int) (plan.Expr, bool) {
	ok := true
	out := Replace(e, func(c *plan.Col) plan.Expr {
		at := to(c.Index)
		if at < 0 {
			ok = false
			return c
		}
		return &plan.Col{Index: at, Of: c.Of}
	})
	return out, ok
}

// pushJoin pushes conditions on one side to it. Of an outer join, the side
// that may be absent keeps them above; innerunique chooses a row by key first,
// so that only conditions on its left keys may come before.
func pushJoin(n *plan.Join, conds []plan.Expr) plan.Node {
	left, rest := sift(conds, func(c plan.Expr) (plan.Expr, bool) {
		switch n.Kind {
		case plan.JoinRightouter, plan.JoinFullouter, plan.JoinRightsemi, plan.JoinRightanti:
			return nil, false
		}
		moved, ok := over(c, func(i int) int {
			if i >= len(n.LeftOut) {
				return -1
			}
			return n.LeftOut[i]
		})
		return moved, ok && (n.Kind != plan.JoinInnerunique || readsKeys(moved, n.LeftKeys))
	})
	right, here := sift(rest, func(c plan.Expr) (plan.Expr, bool) {
		switch n.Kind {
		case plan.JoinLeftouter, plan.JoinFullouter, plan.JoinLeftsemi, plan.JoinLeftanti:
			return nil, false
		}
		return over(c, func(i int) int {
			if i < len(n.LeftOut) {
				return -1
			}
			return n.RightOut[i-len(n.LeftOut)]
		})
	})
	out := *n
	out.Left, out.Right = pushDown(n.Left, left), pushDown(n.Right, right)
	return filter(&out, here)
}

// readsKeys reports whether e reads nothing but columns that are keys.
func readsKeys(e plan.Expr, keys []plan.Expr) bool {
	ok := true
	walk(e, func(e plan.Expr) {
		c, is := e.(*plan.Col)
		if !is {
			return
		}
		found := false
		for _, k := range keys {
			if kc, isCol := k.(*plan.Col); isCol && kc.Index == c.Index && c.Of.Type != value.TypeReal {
				found = true
			}
		}
		ok = ok && found
	})
	return ok
}
