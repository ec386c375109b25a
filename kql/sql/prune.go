package sql

import (
	"slices"

	"github.com/lynceus-io/lynceus/kql/plan"
)

// prune returns n with just the columns need, which is sorted.
func prune(n plan.Node, need []int) plan.Node {
	switch n := n.(type) {
	case *plan.Scan:
		return &plan.Scan{Table: n.Table, Fields: picked(n.Fields, need), Cols: picked(n.Cols, need)}
	case *plan.Where:
		conds, in := []plan.Expr{n.Cond}, n.In
		for {
			below, ok := in.(*plan.Where)
			if !ok {
				break
			}
			conds, in = append(conds, below.Cond), below.In
		}
		have := uses(need, conds...)
		out := prune(in, have)
		for _, c := range slices.Backward(conds) {
			out = &plan.Where{In: out, Cond: moved(c, have)}
		}
		return only(out, have, need)
	case *plan.Project:
		exprs := picked(n.Exprs, need)
		have := uses(nil, exprs...)
		return composed(&plan.Project{In: prune(n.In, have), Cols: picked(n.Cols, need), Exprs: movedAll(exprs, have)})
	case *plan.Summarize:
		return pruneSummarize(n, need)
	case *plan.Sort:
		have := uses(uses(need, keyExprs(n.Keys)...), keyExprs(n.Tie)...)
		return only(&plan.Sort{In: prune(n.In, have), Keys: movedKeys(n.Keys, have), Tie: movedKeys(n.Tie, have)}, have, need)
	case *plan.Take:
		have := uses(need, keyExprs(n.By)...)
		return only(&plan.Take{In: prune(n.In, have), N: n.N, By: movedKeys(n.By, have)}, have, need)
	case *plan.Join:
		return pruneJoin(n, need)
	case *plan.Union:
		u := &plan.Union{Cols: picked(n.Cols, need)}
		for _, in := range n.In {
			u.In = append(u.In, prune(in, need))
		}
		return u
	case *plan.MvExpand:
		return pruneExpand(n, need)
	case *plan.Let:
		return &plan.Let{Name: n.Name, In: prune(n.In, all(len(n.In.Columns()))), Body: prune(n.Body, need)}
	case *plan.Render:
		return &plan.Render{In: prune(n.In, need), Kind: n.Kind, Properties: n.Properties}
	}
	return only(n, all(len(n.Columns())), need)
}

// pruneSummarize keeps all keys, which make the groups, and the aggregates
// that are read; without keys one at least, since there is one row.
func pruneSummarize(n *plan.Summarize, need []int) plan.Node {
	have := all(len(n.By))
	for _, i := range need {
		if i >= len(n.By) {
			have = append(have, i)
		}
	}
	if len(have) == 0 {
		have = []int{0}
	}
	out := &plan.Summarize{Cols: picked(n.Cols, have)}
	in := uses(nil, n.By...)
	for _, i := range have[len(n.By):] {
		a := n.Aggs[i-len(n.By)]
		out.Aggs = append(out.Aggs, a)
		in = uses(uses(in, a.Args...), a.Tie...)
	}
	out.In, out.By = prune(n.In, in), movedAll(n.By, in)
	for i := range out.Aggs {
		a := &out.Aggs[i]
		a.Args, a.Tie = movedAll(a.Args, in), movedAll(a.Tie, in)
	}
	return only(out, have, need)
}

func pruneJoin(n *plan.Join, need []int) plan.Node {
	out := *n
	out.LeftOut, out.RightOut = nil, nil
	for _, i := range need {
		if i < len(n.LeftOut) {
			out.LeftOut = append(out.LeftOut, n.LeftOut[i])
		} else {
			out.RightOut = append(out.RightOut, n.RightOut[i-len(n.LeftOut)])
		}
	}
	left, right := sorted(out.LeftOut), sorted(out.RightOut)
	left = uses(left, n.LeftKeys...)
	left = uses(left, keyExprs(n.Tie)...)
	right = uses(right, n.RightKeys...)
	out.Left, out.Right = prune(n.Left, left), prune(n.Right, right)
	out.LeftKeys, out.RightKeys = movedAll(n.LeftKeys, left), movedAll(n.RightKeys, right)
	out.Tie = movedKeys(n.Tie, left)
	out.LeftOut, out.RightOut = movedTo(out.LeftOut, left), movedTo(out.RightOut, right)
	out.Cols = picked(n.Cols, need)
	return &out
}

func sorted(list []int) []int {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// movedTo returns where the columns stand among those kept.
func movedTo(list, kept []int) []int {
	out := make([]int, len(list))
	for i, j := range list {
		out[i], _ = slices.BinarySearch(kept, j)
	}
	return out
}

// pruneExpand keeps what is expanded, which makes the rows, and the other
// columns that are read.
func pruneExpand(n *plan.MvExpand, need []int) plan.Node {
	var have []int
	var in []int
	for i := range n.Cols {
		switch at := n.Keep[i]; {
		case at < 0:
			have = append(have, i)
		case slices.Contains(need, i):
			have = append(have, i)
			in = append(in, at)
		}
	}
	in = uses(sorted(in), n.Exprs...)
	out := *n
	out.Cols, out.Keep, out.Out = picked(n.Cols, have), nil, movedTo(n.Out, have)
	for _, i := range have {
		at := n.Keep[i]
		if at >= 0 {
			at, _ = slices.BinarySearch(in, at)
		}
		out.Keep = append(out.Keep, at)
	}
	if n.Index >= 0 {
		out.Index, _ = slices.BinarySearch(have, n.Index)
	}
	out.In, out.Exprs = prune(n.In, in), movedAll(n.Exprs, in)
	return only(&out, have, need)
}
