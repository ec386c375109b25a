package detect

import (
	"errors"
	"fmt"
	"slices"

	"github.com/lynceus-io/lynceus/expr"
)

// order is what a temporal correlation asks for.
type order struct {
	// wanted are the legs that must match; of an unordered correlation with a
	// condition of its own, those that count for it.
	wanted []int
	// absent are the legs that must not.
	absent []int
	// condition is that of an unordered correlation; nil means all wanted.
	condition expr.Node
	// negated are the legs that the condition negates, as bits: only when its
	// window has ended is it known that they stayed away.
	negated uint64
}

// comparison is one numeric condition.
type comparison struct {
	op    expr.Op
	neq   bool
	value float64
}

// holds reports whether v satisfies the comparison.
func (c comparison) holds(v float64) bool {
	switch c.op {
	case expr.OpEq:
		return (v == c.value) != c.neq
	case expr.OpLt:
		return v < c.value
	case expr.OpLe:
		return v <= c.value
	case expr.OpGt:
		return v > c.value
	case expr.OpGe:
		return v >= c.value
	}
	return false
}

func holdAll(cs []comparison, v float64) bool {
	for _, c := range cs {
		if !c.holds(v) {
			return false
		}
	}
	return true
}

// comparisons returns the numeric conditions of a correlation.
func (c *correlation) comparisons() []comparison {
	var out []comparison
	for _, d := range c.def.Conditions {
		out = append(out, comparison{d.Op, d.Neq, d.Value})
	}
	return out
}

// maxLegs is how many rules a temporal correlation can refer to: one bit each.
const maxLegs = 64

// setOrder reads the definition of a temporal correlation.
func (c *correlation) setOrder() error {
	if len(c.legs) > maxLegs {
		return fmt.Errorf("it refers to %d rules; a temporal correlation can refer to %d", len(c.legs), maxLegs)
	}
	for i := range c.legs {
		if slices.Contains(c.def.Absent, c.def.Rules[i]) {
			c.order.absent = append(c.order.absent, i)
		} else {
			c.order.wanted = append(c.order.wanted, i)
		}
	}
	for _, name := range c.def.Absent {
		if c.legOf(name) == none {
			return fmt.Errorf("absent names %q, which is not among its rules", name)
		}
	}
	if len(c.order.wanted) == 0 {
		return errors.New("all its rules are absent: there is nothing to begin with")
	}
	if c.def.Condition == nil {
		return c.checkNumbers()
	}
	if len(c.compare) > 0 {
		return errors.New("it has both a numeric condition and one over rules")
	}
	return c.setCondition()
}

// checkNumbers sees to it that a numeric condition of a temporal correlation
// can be honoured.
func (c *correlation) checkNumbers() error {
	if len(c.compare) == 0 {
		return nil
	}
	if c.kind == temporalOrdered && !holdAll(c.compare, float64(len(c.order.wanted))) {
		return errors.New("its condition does not hold when all rules match in order, which temporal_ordered asks for")
	}
	for _, n := range c.compare {
		if n.op != expr.OpGt && n.op != expr.OpGe && c.kind != temporalOrdered {
			return errors.New("the condition of a temporal correlation can ask for at least so many rules (gt, gte), not for at most")
		}
	}
	return nil
}

// setCondition reads a condition over rules: predicates whose Name is a rule.
func (c *correlation) setCondition() error {
	seen := uint64(0)
	var walk func(n expr.Node, negated, choice bool) error
	walk = func(n expr.Node, negated, choice bool) error {
		switch n := n.(type) {
		case *expr.And, *expr.Or:
			parts, or := nodesOf(n)
			for _, x := range parts {
				if err := walk(x, negated, choice || or != negated); err != nil {
					return err
				}
			}
		case *expr.Not:
			return walk(n.X, !negated, choice)
		case *expr.Pred:
			leg := c.legOf(n.Name)
			if leg == none {
				return fmt.Errorf("its condition names %q, which is not among its rules", n.Name)
			}
			if seen |= 1 << leg; negated {
				c.order.negated |= 1 << leg
			}
			if choice && c.kind == temporalOrdered {
				return errors.New("the condition of temporal_ordered cannot have an or: it has one order")
			}
		case *expr.Const:
		default:
			return errors.New("its condition is missing")
		}
		return nil
	}
	if err := walk(c.def.Condition, false, false); err != nil {
		return err
	}
	if c.kind == temporalOrdered {
		return c.setOrderedCondition(seen)
	}
	c.order.condition = c.def.Condition
	if c.order.negated != 0 && len(c.order.absent) > 0 {
		return errors.New("it has both absent rules and a not in its condition; use one of them")
	}
	return nil
}

// setOrderedCondition makes absent legs of what the condition of an ordered
// correlation negates; what it does not name does not matter.
func (c *correlation) setOrderedCondition(seen uint64) error {
	wanted := c.order.wanted
	c.order.wanted = nil
	for _, leg := range wanted {
		switch bit := uint64(1) << leg; {
		case c.order.negated&bit != 0:
			c.order.absent = append(c.order.absent, leg)
		case seen&bit != 0:
			c.order.wanted = append(c.order.wanted, leg)
		}
	}
	slices.Sort(c.order.absent)
	if len(c.order.wanted) == 0 {
		return errors.New("its condition only says what must be absent")
	}
	return nil
}

func nodesOf(n expr.Node) (parts []expr.Node, or bool) {
	switch n := n.(type) {
	case *expr.And:
		return n.X, false
	case *expr.Or:
		return n.X, true
	}
	return nil, false
}

// legOf returns the leg that is the rule with an id, or none.
func (c *correlation) legOf(id string) int { return slices.Index(c.def.Rules, id) }

// satisfied reports whether the legs that matched, as bits, satisfy an
// unordered correlation.
func (c *correlation) satisfied(bits uint64) bool {
	if c.order.condition != nil {
		return c.evaluate(c.order.condition, bits)
	}
	n := 0
	for _, leg := range c.order.wanted {
		if bits&(1<<leg) != 0 {
			n++
		}
	}
	if len(c.compare) > 0 {
		return holdAll(c.compare, float64(n))
	}
	return n == len(c.order.wanted)
}

// evaluate evaluates a condition over legs.
func (c *correlation) evaluate(n expr.Node, bits uint64) bool {
	switch n := n.(type) {
	case *expr.And:
		for _, x := range n.X {
			if !c.evaluate(x, bits) {
				return false
			}
		}
		return true
	case *expr.Or:
		for _, x := range n.X {
			if c.evaluate(x, bits) {
				return true
			}
		}
		return false
	case *expr.Not:
		return !c.evaluate(n.X, bits)
	case *expr.Const:
		return n.Value
	case *expr.Pred:
		return bits&(1<<c.legOf(n.Name)) != 0
	}
	return false
}
