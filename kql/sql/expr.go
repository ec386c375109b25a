package sql

import (
	"math"
	"slices"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// expr is an expression in SQL and what is known of its values.
//
// Its canonical form is: VARCHAR or String for string, never NULL; BOOLEAN or
// Bool; a signed 64-bit integer for int, long, datetime and timespan (ticks);
// DOUBLE or Float64; the JSON text for dynamic; NULL is the null of every
// type but string.
type expr struct {
	sql string // in canonical form
	typ value.Type
	// cond, of a bool, is true exactly where sql is, but may be NULL where
	// sql is false: the form that indexes serve. "" where it is sql itself.
	cond string
	// notNull says that it is never NULL.
	notNull bool
	// lo and hi bound integers, datetimes and timespans. They show where
	// arithmetic cannot overflow, so that it needs no wrapping.
	lo, hi int64
	// finite says that a real is never NaN nor infinite.
	finite bool
	// simple says that it is a name or a constant, cheap to repeat.
	simple bool
	// konst is its value when it is a constant.
	konst *value.Value
	// stored is set where the value still has the form that the store gives
	// it: sql is then computed from this name. Lists and times only.
	stored string
	// column is the stored column whose text this is, unchanged; "" for any
	// other value. It serves hints.
	column string
	// json is where a dynamic value stands in a JSON text.
	json json
	// virtual says that sql is only NULL where the value is null, and else
	// not the value: the engine does not print JSON as it was written. Such a
	// value can be asked about, but leaves the engine as the whole text.
	virtual bool
}

// Stored times are nanoseconds in an int64 before they are stored, so their
// ticks are bounded.
const (
	minStoredTicks = math.MinInt64 / 100
	maxStoredTicks = math.MaxInt64 / 100
)

// Bounds of datetime: 0001-01-01 to the last tick of 9999, in ticks since 1970.
const (
	minDatetime = -621355968000000000
	maxDatetime = 2534023008000000000 - 1
)

func boolean(sql string, notNull bool) expr {
	return expr{sql: sql, typ: value.TypeBool, notNull: notNull}
}

// test returns the condition that e is true.
func (e expr) test() string {
	if e.cond != "" {
		return e.cond
	}
	return e.sql
}

func text(sql string) expr { return expr{sql: sql, typ: value.TypeString, notNull: true} }

// integer is an int, long, datetime or timespan without known bounds beyond
// its type's.
func integer(t value.Type, sql string, notNull bool) expr {
	e := expr{sql: sql, typ: t, notNull: notNull, lo: math.MinInt64, hi: math.MaxInt64}
	switch t {
	case value.TypeInt:
		e.lo, e.hi = math.MinInt32, math.MaxInt32
	case value.TypeDatetime:
		e.lo, e.hi = minDatetime, maxDatetime
	}
	return e
}

func bounded(t value.Type, sql string, notNull bool, lo, hi int64) expr {
	return expr{sql: sql, typ: t, notNull: notNull, lo: lo, hi: hi}
}

func real(sql string, notNull, finite bool) expr {
	return expr{sql: sql, typ: value.TypeReal, notNull: notNull, finite: finite}
}

// integral reports whether values of t are written as 64-bit integers.
func integral(t value.Type) bool {
	return t == value.TypeInt || t == value.TypeLong || t == value.TypeDatetime || t == value.TypeTimespan
}

// pushable reports whether values of type t can pass through SQL at all.
func pushable(t value.Type) bool {
	switch t {
	case value.TypeBool, value.TypeInt, value.TypeLong, value.TypeReal, value.TypeString, value.TypeDatetime, value.TypeTimespan, value.TypeDynamic:
		return true
	}
	return false
}

// compile writes e over the columns of an input; ok is false where no SQL
// gives what package fn defines.
func (w *writer) compile(e plan.Expr, cols []expr) (out expr, ok bool) {
	out, ok = w.operand(e, cols)
	return out, ok && !out.virtual
}

// operand writes e where it may be a virtual value.
func (w *writer) operand(e plan.Expr, cols []expr) (out expr, ok bool) {
	switch e := e.(type) {
	case *plan.Const:
		return w.constant(e.Value)
	case *plan.Col:
		c := cols[e.Index]
		return c, pushable(c.typ)
	case *plan.Call:
		return w.call(e, cols)
	}
	return expr{}, false
}

// compileAll writes several expressions.
func (w *writer) compileAll(es []plan.Expr, cols []expr) ([]expr, bool) {
	out := make([]expr, len(es))
	for i, e := range es {
		var ok bool
		if out[i], ok = w.compile(e, cols); !ok {
			return nil, false
		}
	}
	return out, true
}

// maxExpr bounds the text of one expression: longer ones are left to Go
// rather than grown further by functions that repeat an argument.
const maxExpr = 16 << 10

// listed are the operators that may be as long as lists of values are.
var listed = []string{"in", "!in", "in~", "!in~"}

func (w *writer) call(c *plan.Call, cols []expr) (expr, bool) {
	f, ok := functions[c.Fn.Name]
	if !ok || !pushable(c.Result) {
		return expr{}, false
	}
	args := make([]expr, len(c.Args))
	for i, a := range c.Args {
		if args[i], ok = w.operand(a, cols); !ok || args[i].virtual && !asking[c.Fn.Name] {
			return w.callOnText(c, cols)
		}
	}
	out, ok := f(w, &invocation{call: c, args: args, result: c.Result})
	if !ok || len(out.sql) > maxExpr && (len(out.sql) > w.d.MaxList() || !slices.Contains(listed, c.Fn.Name)) {
		return expr{}, false
	}
	out.typ = c.Result
	return out, true
}

// asking are the functions that know what to do with a virtual value.
var asking = map[string]bool{".": true, "[]": true, "==": true, "!=": true, "in": true, "!in": true, "isnull": true, "isnotnull": true, "notnull": true}

// callOnText writes comparisons of tostring(x), x dynamic, with text: those of
// x itself.
func (w *writer) callOnText(c *plan.Call, cols []expr) (expr, bool) {
	switch c.Fn.Name {
	case "==", "!=", "in", "!in":
	default:
		return expr{}, false
	}
	of := textOf(c.Args[0])
	if of == c.Args[0] {
		return expr{}, false
	}
	bare := *c
	bare.Args = append([]plan.Expr{of}, c.Args[1:]...)
	return w.call(&bare, cols)
}

// invocation is one call of a function with its arguments in SQL.
type invocation struct {
	call   *plan.Call
	args   []expr
	result value.Type
}

// types reports whether the arguments have these types, TypeNone standing for
// any.
func (c *invocation) types(want ...value.Type) bool {
	if len(c.args) != len(want) {
		return false
	}
	for i, t := range want {
		if t != value.TypeNone && c.args[i].typ != t {
			return false
		}
	}
	return true
}

// notNull reports whether no argument is ever NULL.
func (c *invocation) notNull() bool {
	for _, a := range c.args {
		if !a.notNull {
			return false
		}
	}
	return true
}

// writeFunc writes one function in SQL, in the writer's dialect; false where
// it cannot be exact for these arguments.
type writeFunc func(w *writer, c *invocation) (expr, bool)

// functions are those that have SQL, by name: the tables of the families.
var functions = join(compareFuncs, logicFuncs, mathFuncs, stringFuncs, termFuncs, timeFuncs, convertFuncs, listFuncs, dynamicFuncs)

// HasSQL reports whether a function or operator is written in SQL, for types
// of arguments for which that is exact; any other runs in Go. AggHasSQL does so
// for an aggregate.
func HasSQL(name string) bool { return functions[name] != nil }

// AggHasSQL reports whether an aggregate is written in SQL, as HasSQL does.
func AggHasSQL(name string) bool { return aggregates[name] != nil }

func join(tables ...map[string]writeFunc) map[string]writeFunc {
	out := map[string]writeFunc{}
	for _, t := range tables {
		for name, f := range t {
			out[name] = f
		}
	}
	return out
}
