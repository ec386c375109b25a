package run

import (
	"fmt"

	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// evaluator computes an expression over a row.
type evaluator func(row []value.Value) value.Value

func (x *execution) compileAll(exprs []plan.Expr, names *scope) ([]evaluator, error) {
	out := make([]evaluator, len(exprs))
	for i, e := range exprs {
		var err error
		if out[i], err = x.compile(e, names); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// compile turns an expression into a function, and runs the queries in it.
func (x *execution) compile(e plan.Expr, names *scope) (evaluator, error) {
	switch e := e.(type) {
	case *plan.Const:
		v := e.Value
		return func([]value.Value) value.Value { return v }, nil
	case *plan.Col:
		i := e.Index
		return func(row []value.Value) value.Value { return row[i] }, nil
	case *plan.Scalar:
		v, err := x.scalar(e, names)
		return func([]value.Value) value.Value { return v }, err
	case *plan.Contains:
		return x.compileContains(e, names)
	case *plan.Call:
		args, err := x.compileAll(e.Args, names)
		if err != nil {
			return nil, err
		}
		if e.Fn.Lazy && !plan.Windowed(e) {
			return x.lazy(e, args), nil
		}
		return x.call(e.Fn, e.Result, args), nil
	}
	return nil, fmt.Errorf("the expression %T cannot be run", e)
}

func (x *execution) call(f *fn.Func, result value.Type, args []evaluator) evaluator {
	c := x.fn
	values := make([]value.Value, len(args))
	compute := func(c *fn.Context, args []value.Value) value.Value { return f.Call(c, args, result) }
	if f.Window != nil {
		compute = f.Step(result)
	}
	return func(row []value.Value) value.Value {
		for i, arg := range args {
			values[i] = arg(row)
		}
		return compute(c, values)
	}
}

// lazy evaluates only the arguments that are chosen. Functions of rows in an
// order must see every row, so what holds them is not lazy.
func (x *execution) lazy(e *plan.Call, args []evaluator) evaluator {
	switch e.Fn.Name {
	case "and", "or":
		return logical(args, e.Fn.Name == "or")
	case "coalesce":
		return func(row []value.Value) (v value.Value) {
			for _, arg := range args {
				if v = arg(row); !v.Null && (v.Type != value.TypeString || v.Text != "") {
					break
				}
			}
			return coerce(v, e.Result)
		}
	}
	// iff and case: conditions, each before its value, and an else.
	return func(row []value.Value) value.Value {
		i := 0
		for i+1 < len(args) && !value.Convert(args[i](row), value.TypeBool).True() {
			i += 2
		}
		return coerce(args[min(i+1, len(args)-1)](row), e.Result)
	}
}

// logical evaluates until an argument decides: false for and, true for or.
func logical(args []evaluator, decides bool) evaluator {
	return func(row []value.Value) value.Value {
		null := false
		for _, arg := range args {
			v := arg(row)
			if v.Type != value.TypeBool {
				v = value.Convert(v, value.TypeBool)
			}
			if v.Null {
				null = true
			} else if v.True() == decides {
				return v
			}
		}
		if null {
			return value.Null(value.TypeBool)
		}
		return value.Bool(!decides)
	}
}

func coerce(v value.Value, t value.Type) value.Value {
	if v.Type == t || t == value.TypeNone {
		return v
	}
	return fn.Coerce(v, t)
}

// scalar runs a query for its first value, once.
func (x *execution) scalar(e *plan.Scalar, names *scope) (value.Value, error) {
	if v, ok := x.scalars[e]; ok {
		return v, nil
	}
	rows, err := x.open(e.In, names)
	if err != nil {
		return value.Value{}, err
	}
	defer rows.Close()
	v := value.Null(e.Result)
	row := make([]value.Value, len(e.In.Columns()))
	if len(row) > 0 && rows.Next(row) {
		v = coerce(row[0], e.Result)
	}
	x.scalars[e] = v
	if err := rows.Err(); err != nil {
		return v, err
	}
	return v, x.fn.Err
}

// constant evaluates an expression without columns.
func (x *execution) constant(e plan.Expr, names *scope) (value.Value, error) {
	eval, err := x.compile(e, names)
	if err != nil {
		return value.Value{}, err
	}
	v := eval(nil)
	return v, x.fn.Err
}
