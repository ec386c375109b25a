package run

import (
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

func (x *execution) openProject(n *plan.Project, names *scope) (Rows, error) {
	in, evals, err := x.openIn(n.In, names, n.Exprs...)
	if err != nil {
		return nil, err
	}
	return x.project(in, len(n.In.Columns()), n.Cols, evals), nil
}

func (x *execution) project(in Rows, width int, cols []plan.Column, evals []evaluator) Rows {
	return &project{step: x.step(in), cols: cols, evals: evals, row: make([]value.Value, width)}
}

// project computes columns.
type project struct {
	step
	cols  []plan.Column
	evals []evaluator
	row   []value.Value
}

func (p *project) Next(dst []value.Value) bool {
	if p.stopped() || !p.in[0].Next(p.row) {
		return false
	}
	for i, eval := range p.evals {
		dst[i] = coerce(eval(p.row), p.cols[i].Type)
	}
	return !p.failed()
}

// failed reports whether a function ended the query.
func (s *step) failed() bool {
	if s.fn.Err != nil && s.err == nil {
		s.err = s.fn.Err
	}
	return s.err != nil
}

func (x *execution) openUnion(n *plan.Union, names *scope) (Rows, error) {
	return &union{step: x.step(), inputs: n.In, names: names}, nil
}

// union reads one input after another; each is opened when its turn comes.
type union struct {
	step
	inputs []plan.Node
	names  *scope
}

func (u *union) Next(dst []value.Value) bool {
	for !u.stopped() {
		if len(u.in) > 0 {
			last := u.in[len(u.in)-1]
			if last.Next(dst) {
				return true
			}
			if u.err = last.Err(); u.err != nil {
				return false
			}
			if u.err = last.Close(); u.err != nil {
				return false
			}
			u.in = u.in[:0]
		}
		if len(u.inputs) == 0 {
			return false
		}
		next, err := u.open(u.inputs[0], u.names)
		if err != nil {
			u.err = err
			return false
		}
		u.in, u.inputs = append(u.in, next), u.inputs[1:]
	}
	return false
}
