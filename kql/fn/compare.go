package fn

import (
	"fmt"

	"github.com/lynceus-io/lynceus/kql/value"
)

func comparisons() []*Func {
	order := func(name string, holds func(c int) bool) *Func {
		return &Func{Name: name, Min: 2, Max: 2, Result: comparable2, Eval: func(_ *Context, args []value.Value) value.Value {
			a, b := args[0], args[1]
			if a.Type == value.TypeString || b.Type == value.TypeString {
				a, b = value.Convert(a, value.TypeString), value.Convert(b, value.TypeString)
			}
			if a.Null || b.Null {
				return value.Null(value.TypeBool)
			}
			c, ok := value.Compare(a, b)
			return value.Bool(ok && holds(c))
		}}
	}
	return []*Func{
		{Name: "==", Min: 2, Max: 2, Result: comparable2, Eval: equal},
		{Name: "!=", Min: 2, Max: 2, Result: comparable2, Eval: func(c *Context, args []value.Value) value.Value { return negate(equal(c, args)) }},
		order("<", func(c int) bool { return c < 0 }),
		order("<=", func(c int) bool { return c <= 0 }),
		order(">", func(c int) bool { return c > 0 }),
		order(">=", func(c int) bool { return c >= 0 }),
		{Name: "between", Min: 3, Max: 3, Result: comparable3, Eval: between},
		{Name: "around", Min: 3, Max: 3, Result: aroundType, Eval: around},
		{Name: "!between", Min: 3, Max: 3, Result: comparable3, Eval: func(c *Context, args []value.Value) value.Value { return negate(between(c, args)) }},
	}
}

// equal is null for two nulls and false for one, as Kusto has it. Next to a
// string, a dynamic is its text.
func equal(_ *Context, args []value.Value) value.Value {
	a, b := args[0], args[1]
	if a.Type == value.TypeString || b.Type == value.TypeString {
		return value.Bool(str(a) == str(b))
	}
	if a.Null && b.Null {
		return value.Null(value.TypeBool)
	}
	return value.Bool(value.Equal(a, b))
}

func negate(v value.Value) value.Value {
	if v.Null {
		return v
	}
	return value.Bool(v.Int == 0)
}

func between(_ *Context, args []value.Value) value.Value {
	x, from, to := args[0], args[1], args[2]
	if x.Type == value.TypeDatetime && to.Type == value.TypeTimespan && !to.Null && !from.Null {
		to = value.Datetime(from.Int + to.Int)
	}
	if x.Null || from.Null || to.Null {
		return value.Null(value.TypeBool)
	}
	low, ok1 := value.Compare(x, from)
	high, ok2 := value.Compare(x, to)
	return value.Bool(ok1 && ok2 && low >= 0 && high <= 0)
}

// aroundType takes a value, a center and how far they may be apart.
func aroundType(args []Arg) (value.Type, error) {
	if _, err := sumType("-")(args[:2]); err != nil {
		return value.TypeBool, err
	}
	if args[0].Type == value.TypeDatetime {
		return value.TypeBool, check(args[2:], span)
	}
	_, err := sumType("-")(args[1:])
	return value.TypeBool, err
}

func around(c *Context, args []value.Value) value.Value {
	if args[0].Null || args[1].Null || args[2].Null {
		return value.Null(value.TypeBool)
	}
	return between(c, []value.Value{args[0], subtract(args[1], args[2]), add(args[1], args[2])})
}

// comparable2 takes two values that can be compared.
func comparable2(args []Arg) (value.Type, error) {
	return value.TypeBool, comparableTo(args, 1)
}

// comparable3 takes a value and the ends of an interval; the upper one may be
// a timespan after a lower one that is a datetime.
func comparable3(args []Arg) (value.Type, error) {
	if err := comparableTo(args, 1); err != nil {
		return value.TypeBool, err
	}
	if args[0].Type == value.TypeDatetime && args[2].Type == value.TypeTimespan {
		return value.TypeBool, nil
	}
	return value.TypeBool, comparableTo(args, 2)
}

func comparableTo(args []Arg, i int) error {
	a, b := args[0].Type, args[i].Type
	if Comparable(a, b) {
		return nil
	}
	to, of := b, 0
	if args[0].Const != nil && args[i].Const == nil {
		to, of = a, i
	}
	return &ArgError{Index: i, Reason: fmt.Sprintf("cannot compare %s with %s; convert operand %d with to%s()", a, b, of+1, to)}
}

// Comparable reports whether values of the two types can be compared.
func Comparable(a, b value.Type) bool {
	switch {
	case a == b, a == value.TypeNone, b == value.TypeNone, a == value.TypeDynamic, b == value.TypeDynamic:
		return true
	case a == value.TypeBool || b == value.TypeBool:
		other := a
		if a == value.TypeBool {
			other = b
		}
		return other == value.TypeInt || other == value.TypeLong
	}
	return a.Numeric() && b.Numeric()
}
