package fn

import (
	"fmt"
	"math"

	"github.com/lynceus-io/lynceus/kql/value"
)

func arithmetic() []*Func {
	return []*Func{
		{Name: "+", Min: 2, Max: 2, Result: sumType("+"), Eval: nullable(add)},
		{Name: "-", Min: 2, Max: 2, Result: sumType("-"), Eval: nullable(subtract)},
		{Name: "*", Min: 2, Max: 2, Result: productType, Eval: nullable(multiply)},
		{Name: "/", Min: 2, Max: 2, Result: quotientType, Eval: nullable(divide)},
		{Name: "%", Min: 2, Max: 2, Result: remainderType, Eval: nullable(remainder)},
		{Name: "neg", Min: 1, Max: 1, Result: sameNumber, Eval: nullable(func(a, _ value.Value) value.Value { return negative(a) })},
		{Name: "bin", Min: 2, Max: 2, Result: binType, Eval: func(_ *Context, args []value.Value) value.Value {
			return bin(args[0], args[1], value.Null(args[0].Type))
		}},
		{Name: "floor", Min: 1, Max: 2, Result: binType, Eval: func(_ *Context, args []value.Value) value.Value {
			size := value.Long(1)
			if len(args) > 1 {
				size = args[1]
			}
			return bin(args[0], size, value.Null(args[0].Type))
		}},
		{Name: "bin_at", Min: 3, Max: 3, Result: binType, Eval: func(_ *Context, args []value.Value) value.Value {
			if args[2].Null {
				return value.Null(args[0].Type)
			}
			return bin(args[0], args[1], args[2])
		}},
	}
}

// nullable makes an operator of two operands whose result is null where an
// operand is. Its type is corrected by Call.
func nullable(op func(a, b value.Value) value.Value) func(*Context, []value.Value) value.Value {
	return func(_ *Context, args []value.Value) value.Value {
		a, b := args[0], args[len(args)-1]
		if a.Null || b.Null {
			return value.Null(value.TypeLong)
		}
		return op(a, b)
	}
}

func integer(t value.Type) bool {
	return t == value.TypeInt || t == value.TypeLong || t == value.TypeBool
}

// numbers gives the type of a calculation with two numbers: whole numbers of
// either size give a long.
func numbers(a, b value.Type) value.Type {
	if integer(a) && integer(b) {
		return value.TypeLong
	}
	return widest(a, b)
}

// cannot reports operands that an operator has no meaning for.
func cannot(op string, args []Arg) (value.Type, error) {
	a, b := args[0].Type, args[1].Type
	help := ""
	if a == value.TypeDynamic || b == value.TypeDynamic {
		help = "; convert the dynamic with tolong(), toreal() or another such function"
	}
	return value.TypeNone, &ArgError{Index: -1, Reason: fmt.Sprintf("%s and %s cannot be operands of %s%s", a, b, op, help)}
}

func sumType(op string) func([]Arg) (value.Type, error) {
	return func(args []Arg) (value.Type, error) {
		a, b := args[0].Type, args[1].Type
		switch {
		case number.accepts(a) && number.accepts(b):
			return numbers(a, b), nil
		case a == value.TypeDatetime && b == value.TypeTimespan:
			return a, nil
		case a == value.TypeTimespan && b == value.TypeDatetime && op == "+":
			return b, nil
		case a == value.TypeTimespan && b == value.TypeTimespan:
			return a, nil
		case a == value.TypeDatetime && b == value.TypeDatetime && op == "-":
			return value.TypeTimespan, nil
		}
		return cannot(op, args)
	}
}

func productType(args []Arg) (value.Type, error) {
	a, b := args[0].Type, args[1].Type
	switch {
	case number.accepts(a) && number.accepts(b):
		return numbers(a, b), nil
	case a == value.TypeTimespan && number.accepts(b), b == value.TypeTimespan && number.accepts(a):
		return value.TypeTimespan, nil
	}
	return cannot("*", args)
}

func quotientType(args []Arg) (value.Type, error) {
	a, b := args[0].Type, args[1].Type
	switch {
	case number.accepts(a) && number.accepts(b):
		return numbers(a, b), nil
	case a == value.TypeTimespan && b == value.TypeTimespan:
		return value.TypeReal, nil
	case a == value.TypeTimespan && number.accepts(b):
		return a, nil
	}
	return cannot("/", args)
}

func remainderType(args []Arg) (value.Type, error) {
	a, b := args[0].Type, args[1].Type
	switch {
	case number.accepts(a) && number.accepts(b):
		return numbers(a, b), nil
	case (a == value.TypeTimespan || a == value.TypeDatetime) && b == value.TypeTimespan:
		return value.TypeTimespan, nil
	}
	return cannot("%", args)
}

// sameNumber takes a number or a timespan and gives its type.
func sameNumber(args []Arg) (value.Type, error) {
	if args[0].Type == value.TypeTimespan {
		return args[0].Type, nil
	}
	return args[0].Type, check(args, number)
}

func add(a, b value.Value) value.Value {
	switch {
	case integer(a.Type) && integer(b.Type):
		return value.Long(a.Int + b.Int)
	case a.Type == value.TypeDecimal || b.Type == value.TypeDecimal:
		return value.DecimalOp('+', a, b)
	case a.Type == value.TypeDatetime || b.Type == value.TypeDatetime:
		return datetime(a.Int + b.Int)
	case a.Type == value.TypeTimespan:
		return value.Timespan(a.Int + b.Int)
	}
	return value.Real(float(a) + float(b))
}

// datetime is null outside the years that a datetime can have.
func datetime(ticks int64) value.Value {
	if ticks < value.MinDatetime || ticks > value.MaxDatetime {
		return value.Null(value.TypeDatetime)
	}
	return value.Datetime(ticks)
}

func subtract(a, b value.Value) value.Value {
	switch {
	case integer(a.Type) && integer(b.Type):
		return value.Long(a.Int - b.Int)
	case a.Type == value.TypeDecimal || b.Type == value.TypeDecimal:
		return value.DecimalOp('-', a, b)
	case a.Type == value.TypeDatetime && b.Type == value.TypeTimespan:
		return datetime(a.Int - b.Int)
	case a.Type == value.TypeDatetime || a.Type == value.TypeTimespan:
		return value.Timespan(a.Int - b.Int)
	}
	return value.Real(float(a) - float(b))
}

func multiply(a, b value.Value) value.Value {
	if b.Type == value.TypeTimespan {
		a, b = b, a
	}
	switch {
	case a.Type == value.TypeTimespan && integer(b.Type):
		return value.Timespan(a.Int * b.Int)
	case a.Type == value.TypeTimespan:
		return timespan(float64(a.Int) * float(b))
	case integer(a.Type) && integer(b.Type):
		return value.Long(a.Int * b.Int)
	case a.Type == value.TypeDecimal || b.Type == value.TypeDecimal:
		return value.DecimalOp('*', a, b)
	}
	return value.Real(float(a) * float(b))
}

// timespan is null where ticks is more than a timespan can have.
func timespan(ticks float64) value.Value {
	if !(ticks > -1<<63 && ticks < 1<<63) {
		return value.Null(value.TypeTimespan)
	}
	return value.Timespan(int64(ticks))
}

// divide cuts the quotient of whole numbers towards zero; their division by
// zero is null.
func divide(a, b value.Value) value.Value {
	switch {
	case a.Type == value.TypeTimespan && b.Type == value.TypeTimespan:
		return value.Real(float64(a.Int) / float64(b.Int))
	case a.Type == value.TypeTimespan:
		return timespan(float64(a.Int) / float(b))
	case integer(a.Type) && integer(b.Type):
		if b.Int == 0 {
			return value.Null(value.TypeLong)
		}
		if b.Int == -1 {
			return value.Long(-a.Int)
		}
		return value.Long(a.Int / b.Int)
	case a.Type == value.TypeDecimal || b.Type == value.TypeDecimal:
		return value.DecimalOp('/', a, b)
	}
	return value.Real(float(a) / float(b))
}

// remainder of whole numbers is never negative: 0 <= a % b < |b|.
func remainder(a, b value.Value) value.Value {
	switch {
	case integer(a.Type) && integer(b.Type):
		n, ok := modulo(a.Int, b.Int)
		return value.Value{Type: value.TypeLong, Int: n, Null: !ok}
	case b.Type == value.TypeTimespan:
		n := a.Int
		if a.Type == value.TypeDatetime {
			n -= value.MinDatetime
		}
		n, ok := modulo(n, b.Int)
		return value.Value{Type: value.TypeTimespan, Int: n, Null: !ok}
	case a.Type == value.TypeDecimal || b.Type == value.TypeDecimal:
		return value.DecimalOp('%', a, b)
	}
	x, y := float(a), float(b)
	r := math.Mod(x, y)
	if r < 0 {
		r += math.Abs(y)
	}
	return value.Real(r)
}

func modulo(a, b int64) (r int64, ok bool) {
	if b == 0 {
		return 0, false
	}
	if b == -1 {
		return 0, true
	}
	r = a % b
	if r < 0 {
		if b < 0 {
			r -= b
		} else {
			r += b
		}
	}
	return r, true
}

func negative(a value.Value) value.Value {
	switch a.Type {
	case value.TypeReal:
		return value.Real(-a.Float)
	case value.TypeDecimal:
		return value.DecimalOp('-', value.Long(0), a)
	}
	a.Int = -a.Int
	return a
}

// binType gives the type of the bins of the first argument: that of the value,
// real where it or the size of the bins is.
func binType(args []Arg) (value.Type, error) {
	t := args[0].Type
	switch t {
	case value.TypeDatetime, value.TypeTimespan:
		if len(args) > 1 && !span.accepts(args[1].Type) && !number.accepts(args[1].Type) {
			return t, &ArgError{Index: 1, Reason: "must be a timespan"}
		}
		if len(args) > 2 && args[2].Type != t {
			return t, &ArgError{Index: 2, Reason: fmt.Sprintf("must be a %s like the first argument", t)}
		}
		return t, nil
	}
	if err := check(args, number); err != nil {
		return t, err
	}
	for _, a := range args[1:] {
		t = widest(t, a.Type)
	}
	if t == value.TypeBool {
		t = value.TypeLong
	}
	return t, nil
}

// bin rounds x down to at + a multiple of size. Where at is null the bins
// start at 0, those of datetimes at the year 1. Null where size is not > 0.
func bin(x, size, at value.Value) value.Value {
	if x.Null || size.Null {
		return value.Null(x.Type)
	}
	if x.Type == value.TypeReal || x.Type.Numeric() && !integer(size.Type) {
		return binReal(x, size, at)
	}
	if x.Type == value.TypeDecimal {
		return binReal(value.Convert(x, value.TypeReal), size, at)
	}
	start := at.Int
	if at.Null && x.Type == value.TypeDatetime {
		start = value.MinDatetime
	} else if at.Null {
		start = 0
	}
	step := value.Convert(size, value.TypeLong).Int
	if size.Type == value.TypeReal && x.Type == value.TypeTimespan {
		step = int64(size.Float)
	}
	if step <= 0 {
		return value.Null(x.Type)
	}
	r, _ := modulo(x.Int-start, step)
	x.Int -= r
	return x
}

func binReal(x, size, at value.Value) value.Value {
	step, start := float(size), 0.0
	if !at.Null {
		start = float(at)
	}
	if !(step > 0) {
		return value.Null(value.TypeReal)
	}
	return value.Real(start + math.Floor((float(x)-start)/step)*step)
}
