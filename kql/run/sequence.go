package run

import (
	"fmt"

	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

func (x *execution) openRange(n *plan.Range, names *scope) (Rows, error) {
	var ends [3]value.Value
	for i, e := range []plan.Expr{n.From, n.To, n.Step} {
		v, err := x.constant(e, names)
		if err != nil {
			return nil, err
		}
		if ends[i] = v; v.Null {
			return &list{step: x.step()}, nil
		}
	}
	plus, _ := fn.Lookup("+")
	forward, ok := value.Compare(ends[2], value.Zero(ends[2].Type))
	if !ok || forward == 0 {
		return nil, fmt.Errorf("range %s has the step %s; it must not be 0", n.Col.Name, ends[2])
	}
	return &sequence{step: x.step(), of: n.Col.Type, next: coerce(ends[0], n.Col.Type), to: ends[1], by: ends[2], forward: forward, plus: plus}, nil
}

// sequence counts from next to to.
type sequence struct {
	step
	of           value.Type
	next, to, by value.Value
	forward      int // sign of by
	plus         *fn.Func
	args         [2]value.Value
}

func (s *sequence) Next(dst []value.Value) bool {
	if s.stopped() || s.next.Null {
		return false
	}
	if c, ok := value.Compare(s.next, s.to); !ok || c*s.forward > 0 {
		return false
	}
	dst[0] = s.next
	s.args = [2]value.Value{s.next, s.by}
	next := s.plus.Call(s.fn, s.args[:], s.of)
	if c, ok := value.Compare(next, s.next); !ok || c*s.forward <= 0 {
		next = value.Null(s.of) // past the end of the type
	}
	s.next = next
	return true
}
