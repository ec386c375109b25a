package sql

import (
	"slices"

	"github.com/lynceus-io/lynceus/kql/plan"
)

// Prepare returns a plan that means the same and is cheaper to answer:
// conditions stand as near to the tables as they can, and no operator passes
// on a column that nothing above it reads.
func Prepare(n plan.Node) plan.Node {
	n = shareTop(pushDown(n, nil))
	return prune(n, all(len(n.Columns())))
}

func all(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// uses adds the columns that the expressions read to need, sorted.
func uses(need []int, es ...plan.Expr) []int {
	need = slices.Clone(need)
	for _, e := range es {
		walk(e, func(e plan.Expr) {
			if c, ok := e.(*plan.Col); ok {
				need = append(need, c.Index)
			}
		})
	}
	slices.Sort(need)
	return slices.Compact(need)
}

func keyExprs(keys []plan.SortKey) []plan.Expr {
	out := make([]plan.Expr, len(keys))
	for i, k := range keys {
		out[i] = k.Expr
	}
	return out
}

// moved returns e over an input that has only the columns kept of the one it
// was written for.
func moved(e plan.Expr, kept []int) plan.Expr {
	return Replace(e, func(c *plan.Col) plan.Expr {
		at, _ := slices.BinarySearch(kept, c.Index)
		return &plan.Col{Index: at, Of: c.Of}
	})
}

func movedAll(es []plan.Expr, kept []int) []plan.Expr {
	out := make([]plan.Expr, len(es))
	for i, e := range es {
		out[i] = moved(e, kept)
	}
	return out
}

func movedKeys(keys []plan.SortKey, kept []int) []plan.SortKey {
	out := make([]plan.SortKey, len(keys))
	for i, k := range keys {
		out[i] = k
		out[i].Expr = moved(k.Expr, kept)
	}
	return out
}

// only returns n with the columns of have that need lists: have are those of
// the original that n still has, in order.
func only(n plan.Node, have, need []int) plan.Node {
	if slices.Equal(have, need) {
		return n
	}
	cols := n.Columns()
	p := &plan.Project{In: n}
	for _, i := range need {
		at, _ := slices.BinarySearch(have, i)
		p.Cols = append(p.Cols, cols[at])
		p.Exprs = append(p.Exprs, &plan.Col{Index: at, Of: cols[at]})
	}
	return composed(p)
}

// composed returns a projection of a projection that only chooses columns as
// one.
func composed(p *plan.Project) plan.Node {
	below, ok := p.In.(*plan.Project)
	if !ok {
		return p
	}
	for _, e := range below.Exprs {
		if _, ok := e.(*plan.Col); !ok {
			return p
		}
	}
	out := &plan.Project{In: below.In, Cols: p.Cols, Exprs: make([]plan.Expr, len(p.Exprs))}
	for i, e := range p.Exprs {
		out.Exprs[i] = Replace(e, func(c *plan.Col) plan.Expr { return below.Exprs[c.Index] })
	}
	return composed(out)
}

// picked returns the members of list that at names.
func picked[T any](list []T, at []int) []T {
	out := make([]T, len(at))
	for i, j := range at {
		out[i] = list[j]
	}
	return out
}
