package bind

import (
	"errors"

	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// bad stands for an expression whose error was reported.
func bad() plan.Expr { return &plan.Const{} }

func isBad(e plan.Expr) bool { return e.Type() == value.TypeNone }

// expr binds a scalar expression; it never returns nil.
func (b *binder) expr(x syntax.Expr, e env) plan.Expr {
	if b.over {
		return bad()
	}
	switch x := x.(type) {
	case *syntax.Literal:
		return b.literal(x)
	case *syntax.Dynamic:
		return b.dynamic(x)
	case *syntax.TypeOf:
		return b.typeOf(x)
	case *syntax.Name, *syntax.Member:
		return b.reference(x, e)
	case *syntax.Index:
		return b.index(x, e)
	case *syntax.Unary:
		v := b.expr(x.X, e)
		if x.Op == "+" {
			return v
		}
		return b.apply(x, "neg", []syntax.Expr{x.X}, v)
	case *syntax.Binary:
		return b.binary(x, e)
	case *syntax.In:
		return b.in(x, e)
	case *syntax.Between:
		return b.between(x, e)
	case *syntax.Call:
		return b.call(x, e)
	case *syntax.Star:
		b.errorf(x, "* cannot be used here")
	case *syntax.Pipe, *syntax.DataTable, *syntax.OtherSource:
		b.suggest(x, "toscalar() makes a value of a table", "a table cannot be used as a value")
	default:
		b.errorf(x, "this cannot be used as a value")
	}
	return bad()
}

// binary binds an operator. A chain of and or or may be thousands long: its
// left side is walked, not recursed into.
func (b *binder) binary(x *syntax.Binary, e env) plan.Expr {
	if x.Op == ":" {
		b.suggest(x, "write == or has", "the operator : belongs to search")
		return bad()
	}
	var steps []*syntax.Binary
	var left syntax.Expr = x
	for {
		y, ok := left.(*syntax.Binary)
		if !ok || y.Op == ":" {
			break
		}
		steps = append(steps, y)
		left = y.X
	}
	var v plan.Expr
	_, star := left.(*syntax.Star)
	if !star {
		v = b.expr(left, e)
	}
	for i := len(steps) - 1; i >= 0; i-- {
		s := steps[i]
		if v == nil {
			v = b.anyColumn(s, e)
			continue
		}
		v = b.apply(s, s.Op, []syntax.Expr{s.X, s.Y}, v, b.expr(s.Y, e))
	}
	return v
}

// insteadOf says what to write instead of operators of other languages.
var insteadOf = map[string]string{
	"like": "write contains, startswith or matches regex", "!like": "write !contains, !startswith or !(… matches regex …)",
	"likecs": "write contains_cs", "like_cs": "write contains_cs", "!likecs": "write !contains_cs",
}

// apply calls a function of that name on bound arguments; sources say where
// each stands.
func (b *binder) apply(at place, name string, sources []syntax.Expr, args ...plan.Expr) plan.Expr {
	f, ok := fn.Lookup(name)
	if !ok {
		b.suggest(at, insteadOf[name], "%s is not supported", name)
		return bad()
	}
	return b.invokeFn(at, f, sources, args)
}

// invokeFn calls f, at once when all is constant.
func (b *binder) invokeFn(at place, f *fn.Func, sources []syntax.Expr, args []plan.Expr) plan.Expr {
	if !b.charge(at, 1) {
		return bad()
	}
	infos := make([]fn.Arg, len(args))
	constant := !f.Volatile
	for i, a := range args {
		if isBad(a) {
			return bad()
		}
		infos[i].Type = a.Type()
		if c, ok := a.(*plan.Const); ok {
			infos[i].Const = &c.Value
		} else {
			constant = false
		}
	}
	t, err := f.Result(infos)
	if err != nil {
		b.argError(at, f, sources, err)
		return bad()
	}
	call := &plan.Call{Fn: f, Args: args, Result: t}
	if f.Window != nil {
		b.windows = append(b.windows, window{at, call})
	}
	if constant {
		return b.fold(call)
	}
	return call
}

// maxFolded bounds the size of a constant that is computed when bound, in
// bytes; larger ones are computed when run.
const maxFolded = 64 << 10

// fold computes a call whose arguments are constants.
func (b *binder) fold(c *plan.Call) plan.Expr {
	args := make([]value.Value, len(c.Args))
	for i, a := range c.Args {
		args[i] = a.(*plan.Const).Value
	}
	ctx := &fn.Context{Now: b.o.Now}
	v := c.Fn.Call(ctx, args, c.Result)
	if ctx.Err != nil || v.Type != c.Result || v.Size() > maxFolded {
		return c
	}
	return &plan.Const{Value: v}
}

// argError reports what a function has against its arguments.
func (b *binder) argError(at place, f *fn.Func, sources []syntax.Expr, err error) {
	var ae *fn.ArgError
	if errors.As(err, &ae) && ae.Index >= 0 && ae.Index < len(sources) && sources[ae.Index] != nil {
		b.errorf(sources[ae.Index], "%s: this argument %s", f.Name, ae.Reason)
		return
	}
	b.errorf(at, "%s: %s", f.Name, err)
}

// convert makes e a t: at once when it is constant.
func (b *binder) convert(at place, e plan.Expr, t value.Type) plan.Expr {
	if isBad(e) || e.Type() == t {
		return e
	}
	if c, ok := e.(*plan.Const); ok {
		return &plan.Const{Value: value.Convert(c.Value, t)}
	}
	return b.apply(at, "to"+t.String(), nil, e)
}

// constant binds an expression that must be known before the query runs.
func (b *binder) constant(x syntax.Expr, e env) (value.Value, bool) {
	v := b.expr(x, env{names: e.names})
	if isBad(v) {
		return value.Value{}, false
	}
	c, ok := v.(*plan.Const)
	if !ok {
		b.errorf(x, "this must be a constant")
		return value.Value{}, false
	}
	return c.Value, true
}

// condition binds an expression that must be true or false.
func (b *binder) condition(x syntax.Expr, e env) plan.Expr {
	v := b.expr(x, e)
	switch t := v.Type(); t {
	case value.TypeBool, value.TypeNone:
		return v
	case value.TypeInt, value.TypeLong, value.TypeDynamic:
		return b.convert(x, v, value.TypeBool)
	default:
		b.suggest(x, "compare it with something", "a condition is true or false, this is a %s", t)
		return bad()
	}
}

// between binds x between (lo .. hi); a timespan as the upper bound is
// counted from the lower one.
func (b *binder) between(x *syntax.Between, e env) plan.Expr {
	v, lo, hi := b.expr(x.X, e), b.expr(x.Lo, e), b.expr(x.Hi, e)
	if lo.Type() == value.TypeDatetime && hi.Type() == value.TypeTimespan {
		hi = b.apply(x.Hi, "+", nil, lo, hi)
	}
	name := "between"
	if x.Not {
		name = "!between"
	}
	return b.apply(x, name, []syntax.Expr{x.X, x.Lo, x.Hi}, v, lo, hi)
}

// index binds x[i].
func (b *binder) index(x *syntax.Index, e env) plan.Expr {
	if s, ok := x.I.(*syntax.Literal); ok && s.Kind == syntax.LitString {
		return b.member(x, b.expr(x.X, e), s.Text, syntax.Format(x.X))
	}
	return b.apply(x, "[]", []syntax.Expr{x.X, x.I}, b.expr(x.X, e), b.expr(x.I, e))
}

// member reads a property of a dynamic value; of is how the query writes v.
func (b *binder) member(at place, v plan.Expr, name, of string) plan.Expr {
	if t := v.Type(); t != value.TypeDynamic && t != value.TypeNone {
		hint := ""
		if t == value.TypeString {
			hint = "parse_json(" + of + ") makes a dynamic value of it"
		}
		b.suggest(at, hint, "only dynamic values have properties, this is a %s", t)
		return bad()
	}
	return b.apply(at, ".", nil, v, &plan.Const{Value: value.String(name)})
}
