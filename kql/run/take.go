package run

import (
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

func (x *execution) openTake(n *plan.Take, names *scope) (Rows, error) {
	v, err := x.constant(n.N, names)
	if err != nil {
		return nil, err
	}
	count := max(0, value.Convert(v, value.TypeLong).Int)
	var in Rows
	if len(n.By) > 0 && !ordered(n.In) {
		in, err = x.sortBy(n.In, n.By, names, count)
	} else {
		in, err = x.openFirst(n.In, names, count)
	}
	if err != nil {
		return nil, err
	}
	return &take{step: x.step(in), left: count}, nil
}

// ordered reports whether the rows of an operator have an order of their own.
func ordered(node plan.Node) bool {
	switch n := node.(type) {
	case *plan.Sort:
		return true
	case *plan.Where:
		return ordered(n.In)
	case *plan.Project:
		return ordered(n.In)
	case *plan.Take:
		return ordered(n.In)
	case *plan.Render:
		return ordered(n.In)
	}
	return false
}

// openFirst opens an operator of which only the first rows will be read, so
// that a sort need not keep the others.
func (x *execution) openFirst(node plan.Node, names *scope, count int64) (Rows, error) {
	switch n := node.(type) {
	case *plan.Sort:
		return x.openSort(n, names, count)
	case *plan.Render:
		return x.openFirst(n.In, names, count)
	case *plan.Project:
		evals, err := x.compileAll(n.Exprs, names)
		if err != nil {
			return nil, err
		}
		in, err := x.openFirst(n.In, names, count)
		if err != nil {
			return nil, err
		}
		return x.project(in, len(n.In.Columns()), n.Cols, evals), nil
	}
	return x.open(node, names)
}

// take gives the first rows.
type take struct {
	step
	left int64
}

func (t *take) Next(dst []value.Value) bool {
	if t.left <= 0 || t.stopped() || !t.in[0].Next(dst) {
		return false
	}
	t.left--
	return true
}
