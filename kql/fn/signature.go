package fn

import (
	"fmt"

	"github.com/lynceus-io/lynceus/kql/value"
)

// param is what a parameter takes.
type param uint8

const (
	anyArg param = iota
	text         // anything, taken as tostring gives it
	whole        // int, long
	number       // int, long, real, decimal
	flag         // bool
	when         // datetime
	span         // timespan
	dyn          // dynamic
	list         // a dynamic array, or a string that holds one as JSON
)

// accepts reports whether a value of type t can be the argument.
func (p param) accepts(t value.Type) bool {
	if t == value.TypeNone {
		return true
	}
	switch p {
	case whole:
		return t == value.TypeInt || t == value.TypeLong || t == value.TypeBool
	case number:
		return t.Numeric() || t == value.TypeBool
	case flag:
		return t == value.TypeBool || t == value.TypeInt || t == value.TypeLong || t == value.TypeDynamic
	case when:
		return t == value.TypeDatetime
	case span:
		return t == value.TypeTimespan
	case dyn:
		return t == value.TypeDynamic
	case list:
		return t == value.TypeDynamic || t == value.TypeString
	}
	return true
}

// wanted describes what p takes, and how an argument can be made to fit.
func (p param) wanted() string {
	switch p {
	case whole:
		return "a whole number; convert it with tolong()"
	case number:
		return "a number; convert it with tolong() or toreal()"
	case flag:
		return "a bool; convert it with tobool()"
	case when:
		return "a datetime; convert it with todatetime()"
	case span:
		return "a timespan; convert it with totimespan()"
	}
	return "a dynamic; convert it with todynamic()"
}

// takes returns the signature of a function that has one type of result. The
// last parameter stands for all arguments after it, too.
func takes(result value.Type, params ...param) func([]Arg) (value.Type, error) {
	return func(args []Arg) (value.Type, error) {
		return result, check(args, params...)
	}
}

// check reports the first argument that its parameter does not take.
func check(args []Arg, params ...param) error {
	for i, a := range args {
		if p := params[min(i, len(params)-1)]; !p.accepts(a.Type) {
			return &ArgError{Index: i, Reason: fmt.Sprintf("is %s and must be %s", a.Type, p.wanted())}
		}
	}
	return nil
}

// def makes a function whose result is null as soon as an argument is.
func def(name string, least, most int, result value.Type, params []param, eval func(c *Context, args []value.Value) value.Value) *Func {
	null := value.Null(result)
	return &Func{Name: name, Min: least, Max: most, Result: takes(result, params...),
		Eval: func(c *Context, args []value.Value) value.Value {
			for i := range args {
				if args[i].Null {
					return null
				}
			}
			return eval(c, args)
		}}
}

// lax makes a function that sees null arguments.
func lax(name string, least, most int, result value.Type, params []param, eval func(c *Context, args []value.Value) value.Value) *Func {
	return &Func{Name: name, Min: least, Max: most, Result: takes(result, params...), Eval: eval}
}

// typed gives a function a signature of its own.
func typed(f *Func, result func([]Arg) (value.Type, error)) *Func {
	f.Result = result
	return f
}

// typeArg returns the type that a constant argument names, as typeof gives it.
func typeArg(args []Arg, i int) (value.Type, error) {
	if args[i].Const != nil && args[i].Type == value.TypeString {
		if t, ok := value.ParseType(args[i].Const.Text); ok {
			return t, nil
		}
	}
	return value.TypeNone, &ArgError{Index: i, Reason: "must be a type, such as typeof(long)"}
}

// patternArg reports a constant argument that is no regular expression.
func patternArg(args []Arg, i int) error {
	if i >= len(args) || args[i].Const == nil {
		return nil
	}
	if _, err := CompilePattern(args[i].Const.String()); err != nil {
		return &ArgError{Index: i, Reason: err.Error()}
	}
	return nil
}

// str returns an argument as text.
func str(v value.Value) string {
	if v.Type == value.TypeString {
		return v.Text
	}
	return v.String()
}

// isTrue reports whether a condition holds, also one that is a number.
func isTrue(v value.Value) bool {
	return !v.Null && value.Convert(v, value.TypeBool).True()
}

// float returns a number as a real.
func float(v value.Value) float64 {
	switch v.Type {
	case value.TypeReal:
		return v.Float
	case value.TypeInt, value.TypeLong, value.TypeBool:
		return float64(v.Int)
	}
	return value.Convert(v, value.TypeReal).Float
}

// common returns the type that values of several types can have together, as
// the branches of iff and the arguments of coalesce and max_of need it.
func common(args []Arg) (value.Type, error) {
	t := value.TypeNone
	for i, a := range args {
		switch {
		case t == value.TypeNone || a.Type == t:
			t = a.Type
		case a.Type == value.TypeNone:
		case t.Numeric() && a.Type.Numeric():
			t = widest(t, a.Type)
		case t == value.TypeDynamic || a.Type == value.TypeDynamic:
			t = value.TypeDynamic
		default:
			return t, &ArgError{Index: i, Reason: fmt.Sprintf("is %s and must be %s like those before it; convert it with to%s()", a.Type, t, t)}
		}
	}
	return t, nil
}

// widest returns the type of a calculation with numbers of both types.
func widest(a, b value.Type) value.Type {
	switch {
	case a == value.TypeDecimal || b == value.TypeDecimal:
		return value.TypeDecimal
	case a == value.TypeReal || b == value.TypeReal:
		return value.TypeReal
	case a == value.TypeLong || b == value.TypeLong:
		return value.TypeLong
	}
	return a
}
