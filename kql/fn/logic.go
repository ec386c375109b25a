package fn

import (
	"errors"
	"fmt"

	"github.com/lynceus-io/lynceus/kql/value"
)

func logic() []*Func {
	iff := func(c *Context, args []value.Value) value.Value {
		if isTrue(args[0]) {
			return args[1]
		}
		return args[2]
	}
	return []*Func{
		{Name: "and", Min: 2, Max: -1, Lazy: true, Result: takes(value.TypeBool, flag), Eval: and},
		{Name: "or", Min: 2, Max: -1, Lazy: true, Result: takes(value.TypeBool, flag), Eval: or},
		def("not", 1, 1, value.TypeBool, []param{flag}, func(_ *Context, args []value.Value) value.Value {
			return negate(value.Convert(args[0], value.TypeBool))
		}),
		{Name: "iff", Min: 3, Max: 3, Lazy: true, Result: branches(1, 2), Eval: iff},
		{Name: "case", Min: 3, Max: -1, Lazy: true, Result: caseResult, Eval: caseOf},
		{Name: "coalesce", Min: 1, Max: -1, Lazy: true, Result: common, Eval: coalesce},
		{Name: "max_of", Min: 1, Max: -1, Result: common, Eval: func(_ *Context, args []value.Value) value.Value { return extreme(args, 1) }},
		{Name: "min_of", Min: 1, Max: -1, Result: common, Eval: func(_ *Context, args []value.Value) value.Value { return extreme(args, -1) }},
		{Name: "isnull", Min: 1, Max: 1, Result: takes(value.TypeBool, anyArg), Eval: isNull},
		{Name: "isnotnull", Min: 1, Max: 1, Result: takes(value.TypeBool, anyArg), Eval: func(c *Context, args []value.Value) value.Value { return negate(isNull(c, args)) }},
		{Name: "isempty", Min: 1, Max: 1, Result: takes(value.TypeBool, anyArg), Eval: isEmpty},
		{Name: "isnotempty", Min: 1, Max: 1, Result: takes(value.TypeBool, anyArg), Eval: func(c *Context, args []value.Value) value.Value { return negate(isEmpty(c, args)) }},
		{Name: "assert", Min: 2, Max: 2, Result: takes(value.TypeBool, flag, text), Eval: assert},
		{Name: "gettype", Min: 1, Max: 1, Result: takes(value.TypeString, anyArg), Eval: getType},
	}
}

// and is false as soon as one argument is, else null as soon as one is.
func and(_ *Context, args []value.Value) value.Value {
	null := false
	for _, v := range args {
		v = value.Convert(v, value.TypeBool)
		if v.Null {
			null = true
		} else if v.Int == 0 {
			return v
		}
	}
	if null {
		return value.Null(value.TypeBool)
	}
	return value.Bool(true)
}

// or is true as soon as one argument is, else null as soon as one is.
func or(_ *Context, args []value.Value) value.Value {
	null := false
	for _, v := range args {
		v = value.Convert(v, value.TypeBool)
		if v.Null {
			null = true
		} else if v.Int != 0 {
			return v
		}
	}
	if null {
		return value.Null(value.TypeBool)
	}
	return value.Bool(false)
}

// branches gives the common type of the arguments named.
func branches(index ...int) func([]Arg) (value.Type, error) {
	return func(args []Arg) (value.Type, error) {
		if err := check(args[:1], flag); err != nil {
			return value.TypeNone, err
		}
		chosen := make([]Arg, 0, len(index))
		for _, i := range index {
			chosen = append(chosen, args[i])
		}
		t, err := common(chosen)
		var bad *ArgError
		if errors.As(err, &bad) {
			bad.Index = index[bad.Index]
		}
		return t, err
	}
}

// caseResult takes predicate, value pairs and an else.
func caseResult(args []Arg) (value.Type, error) {
	if len(args)%2 == 0 {
		return value.TypeNone, &ArgError{Index: -1, Reason: "needs pairs of a condition and a value, and a last value for when none holds"}
	}
	index := []int{}
	for i := range args {
		if i%2 == 1 || i == len(args)-1 {
			index = append(index, i)
		} else if !flag.accepts(args[i].Type) {
			return value.TypeNone, &ArgError{Index: i, Reason: fmt.Sprintf("is %s and must be %s", args[i].Type, flag.wanted())}
		}
	}
	return branches(index...)(append([]Arg{args[0]}, args[1:]...))
}

func caseOf(_ *Context, args []value.Value) value.Value {
	for i := 0; i+1 < len(args); i += 2 {
		if isTrue(args[i]) {
			return args[i+1]
		}
	}
	return args[len(args)-1]
}

// coalesce gives the first argument that is neither null nor the empty string.
func coalesce(_ *Context, args []value.Value) value.Value {
	for _, v := range args {
		if !v.Null && (v.Type != value.TypeString || v.Text != "") {
			return v
		}
	}
	return args[len(args)-1]
}

// extreme ignores nulls.
func extreme(args []value.Value, sign int) value.Value {
	best := args[0]
	for _, v := range args[1:] {
		if v.Null {
			continue
		}
		if best.Null || value.Order(v, best)*sign > 0 {
			best = v
		}
	}
	return best
}

func isNull(_ *Context, args []value.Value) value.Value { return value.Bool(args[0].Null) }

func isEmpty(_ *Context, args []value.Value) value.Value {
	return value.Bool(args[0].Null || str(args[0]) == "")
}

// assert ends the query where its condition does not hold.
func assert(c *Context, args []value.Value) value.Value {
	if !isTrue(args[0]) {
		c.Fail(fmt.Errorf("assert failed: %s", str(args[1])))
	}
	return value.Bool(true)
}

// getType names the type of what a dynamic holds.
func getType(_ *Context, args []value.Value) value.Value {
	v := args[0].Unwrap()
	switch {
	case v.Null:
		return value.String("null")
	case v.Type == value.TypeDynamic && v.Node.IsArray():
		return value.String("array")
	case v.Type == value.TypeDynamic:
		return value.String("dictionary")
	}
	return value.String(v.Type.String())
}
