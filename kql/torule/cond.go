package torule

import (
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// cond reads a condition; nil for one that always holds or is a problem.
func (c *converter) cond(x plan.Expr) *Cond { return c.signed(x, false) }

// signed reads a condition, or its opposite. The opposite is pushed down to
// the tests: in KQL a test of a number that is not there is neither true nor
// false, so that "not (n < 5)" is n >= 5, and not whatever n < 5 is not.
func (c *converter) signed(x plan.Expr, not bool) *Cond {
	switch x := x.(type) {
	case *plan.Const:
		if x.Value.Type == value.TypeBool && !x.Value.Null && (x.Value.Int != 0) != not {
			return nil
		}
		c.problem("a condition never holds: %s", plan.ExprString(x))
		return nil
	case *plan.Col:
		return c.flag(x, x, !not)
	case *plan.Contains, *plan.Scalar:
		c.problem("%s asks another query: a rule sees one event, not the answer of a query", plan.ExprString(x))
		return nil
	case *plan.Call:
		return c.call(x, not)
	}
	c.problem("%s is no condition of a rule", plan.ExprString(x))
	return nil
}

func (c *converter) call(x *plan.Call, not bool) *Cond {
	switch name := x.Fn.Name; name {
	case "and", "or":
		return c.many(x.Args, (name == "and") != not, not)
	case "not":
		if len(x.Args) == 1 {
			return c.signed(x.Args[0], !not)
		}
	}
	return c.leaf(x, not)
}

// many reads several conditions, of which all or some must hold.
func (c *converter) many(list []plan.Expr, every, not bool) *Cond {
	var parts []*Cond
	for _, a := range list {
		p := c.signed(a, not)
		if p != nil {
			parts = append(parts, p)
		} else if !every && len(c.problems) == 0 {
			return nil // one of them always holds
		}
	}
	switch {
	case len(parts) == 0:
		return nil
	case every:
		return all(parts...)
	}
	return some(parts...)
}

// test makes a condition on a field, or its opposite.
func (c *converter) test(not bool, key string, values ...any) *Cond {
	c.tests += len(values)
	t := &Cond{Kind: Test, Key: key, Values: values}
	if not {
		return &Cond{Kind: Not, X: []*Cond{t}}
	}
	return t
}

// flag reads a field that is true or false.
func (c *converter) flag(x plan.Expr, whole plan.Expr, want bool) *Cond {
	p, ok := c.place(x)
	if !ok || p.kind != flags {
		c.problem("%s is no field that is true or false", plan.ExprString(whole))
		return nil
	}
	return c.test(false, p.name, want)
}
