// Package fn holds the functions, operators and aggregates of the Kusto query
// language: their names, the types they take and give, and what they compute.
// Operators are functions too, named as they are written: "==", "has_cs",
// "matches regex", "and", "[]".
//
// What a function computes is defined here, once, in Go. The SQL that package
// sql emits for some of them must give the same, and a test compares.
package fn

import (
	"regexp"
	"time"

	"github.com/lynceus-io/lynceus/kql/value"
)

// Arg is what a function may know of an argument before it runs.
type Arg struct {
	Type value.Type
	// Const is the argument's value where it is a constant, else nil.
	Const *value.Value
}

// Func is a scalar function.
type Func struct {
	Name string
	// Min and Max are how many arguments it takes; Max < 0 means any number.
	Min, Max int
	// Result gives the type of its result, or an error that says which
	// argument (counted from 0) is wrong; see ArgError.
	Result func(args []Arg) (value.Type, error)
	// Eval computes it. len(args) and their types are what Result accepted.
	// It does not keep args, and never panics on input.
	Eval func(c *Context, args []value.Value) value.Value
	// Lazy functions (iff, case, coalesce, and, or) must not be folded by
	// evaluating arguments that are not chosen.
	Lazy bool
	// Window is set for functions of rows in an order (row_number, prev): it
	// returns what computes them at one place of a query, called once for
	// each row in turn. Eval takes its row for the first one.
	Window func() func(c *Context, args []value.Value) value.Value
	// Volatile functions (rand, new_guid) differ from call to call.
	Volatile bool
}

// Call computes the function as a value of the type that Result gave: whoever
// evaluates a bound call does it here.
func (f *Func) Call(c *Context, args []value.Value, result value.Type) value.Value {
	return c.finish(f.Eval(c, args), result)
}

// Step makes what Call is for a function of rows in an order.
func (f *Func) Step(result value.Type) func(c *Context, args []value.Value) value.Value {
	step := f.Window()
	return func(c *Context, args []value.Value) value.Value { return c.finish(step(c, args), result) }
}

// finish gives a result its type, and counts what it takes.
func (c *Context) finish(v value.Value, result value.Type) value.Value {
	if v.Type != result && result != value.TypeNone {
		v = Coerce(v, result)
	}
	if n := bigSize(v); n > 0 && !c.make(n) {
		return value.Null(result)
	}
	return v
}

// Coerce makes an implicit conversion: of numbers to wider ones, of anything
// to a dynamic that holds it (a string is not parsed), of nulls.
func Coerce(v value.Value, t value.Type) value.Value {
	if t == value.TypeDynamic && v.Type != t {
		return value.Dynamic(value.FromValue(v))
	}
	return value.Convert(v, t)
}

// Context is what an evaluation may depend on beyond its arguments, and where
// it reports that it must stop. It is for one goroutine.
type Context struct {
	// Now is the time of the query, in ticks since 1970 UTC: the same for the
	// whole query.
	Now int64
	// Err is set by a function that ends the query (assert); the first stays.
	Err error

	// Made is roughly how many bytes large results took since it was last set
	// to 0, which whoever runs a query does for each row; beyond MaxMade (0
	// means DefaultMaxMade) the query ends.
	Made, MaxMade int64

	patterns map[string]*regexp.Regexp // compiled so far
	zones    map[string]*time.Location
}

// Fail notes that the query must end with err.
func (c *Context) Fail(err error) {
	if c.Err == nil {
		c.Err = err
	}
}

// ArgError says that an argument cannot be used.
type ArgError struct {
	Index  int    // of the argument, from 0; -1 when it concerns them all
	Reason string // a sentence without the function's name
}

// Error returns the reason.
func (e *ArgError) Error() string { return e.Reason }

// Agg is an aggregate function of summarize.
//
// Aggregates with several result columns (arg_max, percentiles, take_any of
// several) are taken apart by the binder: each column is one Agg.
type Agg struct {
	Name     string
	Min, Max int
	Result   func(args []Arg) (value.Type, error)
	// New returns an accumulator for one group.
	New func(args []Arg) Accumulator
}

// Accumulator gathers the rows of one group.
type Accumulator interface {
	// Add takes one row's arguments. It may keep values, not the slice.
	Add(args []value.Value)
	// Result returns the aggregate of what was added so far.
	Result() value.Value
	// Size is roughly how many bytes it holds.
	Size() int
}
