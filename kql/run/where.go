package run

import (
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

func (x *execution) openWhere(n *plan.Where, names *scope) (Rows, error) {
	in, evals, err := x.openIn(n.In, names, n.Cond)
	if err != nil {
		return nil, err
	}
	return &where{step: x.step(in), cond: evals[0]}, nil
}

// where keeps the rows for which cond is true.
type where struct {
	step
	cond evaluator
}

func (w *where) Next(dst []value.Value) bool {
	for !w.stopped() && w.in[0].Next(dst) {
		v := w.cond(dst)
		if v.Type != value.TypeBool {
			v = value.Convert(v, value.TypeBool)
		}
		if v.True() && w.fn.Err == nil {
			return true
		}
	}
	return false
}
