package expr

import (
	"cmp"
	"fmt"
)

// orderTest is OpLt, OpLe, OpGt and OpGe.
type orderTest struct {
	op Op
	as literal
}

func newOrderTest(p *Pred) (valueTest, error) {
	as := readLiteral(p.Text)
	if !as.isNum && !as.isTime {
		return nil, fmt.Errorf("%q is neither a number nor a time to compare with", p.Text)
	}
	return &orderTest{p.Op, as}, nil
}

func (t *orderTest) holds(a *arena, c *cell) bool {
	if t.as.isTime {
		ns, ok := c.moment()
		return ok && ordered(t.op, cmp.Compare(ns, t.as.ns))
	}
	n, ok := c.numeric()
	return ok && ordered(t.op, compare(n, t.as.number))
}

// ordered reports whether op holds between two values that compare as by
// [cmp.Compare].
func ordered(op Op, order int) bool {
	switch op {
	case OpEq:
		return order == 0
	case OpLt:
		return order < 0
	case OpLe:
		return order <= 0
	case OpGt:
		return order > 0
	}
	return order >= 0
}
