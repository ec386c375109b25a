package bind

import (
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// maxCalls bounds how deep functions may call each other.
const maxCalls = 64

// inlineScalar puts the body of a function in place of its call.
func (b *binder) inlineScalar(x *syntax.Call, v *binding, e env) plan.Expr {
	inner, answer := b.enter(x, v, nil, e)
	if answer == nil {
		return bad()
	}
	defer b.leave()
	if b.tabular(answer.X, inner) {
		b.suggest(x, "toscalar() makes a value of a table", "%s() is a table, not a value", x.Fn.Text)
		return bad()
	}
	return b.expr(answer.X, inner)
}

// inlineTable puts the body of a function in place of its call. The first
// argument is first, if that is not nil (invoke).
func (b *binder) inlineTable(x *syntax.Call, v *binding, first plan.Node, e env) plan.Node {
	inner, answer := b.enter(x, v, first, e)
	if answer == nil {
		return nil
	}
	defer b.leave()
	if !b.tabular(answer.X, inner) {
		b.suggest(x, "print makes a table of a value", "%s() is a value, not a table", x.Fn.Text)
		return nil
	}
	inner.row = nil
	return b.table(answer.X, inner)
}

// enter binds the arguments of a call and the statements of the body, and
// returns where its answer stands, nil after an error. Unless that is nil,
// leave must follow.
func (b *binder) enter(x *syntax.Call, v *binding, first plan.Node, e env) (env, *syntax.Answer) {
	if b.depth >= maxCalls {
		b.errorf(x, "functions call each other more than %d deep", maxCalls)
		return env{}, nil
	}
	inner := env{names: v.env.child()}
	if e.row != nil {
		inner.row = &row{origin: e.row.origin}
	}
	if !b.arguments(x, v.fn, first, e, inner.names) || !b.charge(x, 1) {
		return env{}, nil
	}
	b.depth++
	answer := b.statements(v.fn.Body, inner)
	if answer == nil {
		b.errorf(x, "the function %s gives nothing", x.Fn.Text)
		b.depth--
	}
	return inner, answer
}

func (b *binder) leave() { b.depth-- }

// arguments binds the arguments of a call to the names of the parameters.
func (b *binder) arguments(x *syntax.Call, f *syntax.Func, first plan.Node, e env, to *names) bool {
	given := make([]*syntax.Arg, len(f.Params))
	next := 0
	if first != nil {
		next = 1
		if len(f.Params) == 0 || !f.Params[0].Tabular {
			b.errorf(x, "the first parameter of %s is no table", x.Fn.Text)
			return false
		}
		to.own[f.Params[0].Name.Text] = &binding{kind: isTable, node: first, size: b.used}
	}
	for _, a := range x.Args {
		i := next
		if a.Name != nil {
			for i = 0; i < len(f.Params) && f.Params[i].Name.Text != a.Name.Text; i++ {
			}
		} else {
			for i < len(f.Params) && given[i] != nil {
				i++
			}
		}
		if i >= len(f.Params) || given[i] != nil || first != nil && i == 0 {
			b.errorf(a, "%s takes %d arguments; this one is too many", x.Fn.Text, len(f.Params))
			return false
		}
		given[i] = a
	}
	ok := true
	for i, p := range f.Params {
		if first != nil && i == 0 {
			continue
		}
		v := b.argument(x, p, given[i], e)
		to.own[p.Name.Text] = v
		ok = ok && v.kind != isBroken
	}
	return ok
}

// argument binds one argument, or the default of its parameter.
func (b *binder) argument(x *syntax.Call, p *syntax.Param, a *syntax.Arg, e env) *binding {
	broken := &binding{kind: isBroken}
	source := p.Default
	if a != nil {
		source = a.X
	}
	if source == nil {
		b.errorf(x, "%s: the argument %s is missing", x.Fn.Text, p.Name.Text)
		return broken
	}
	if p.Tabular {
		before := b.used
		node := b.table(source, env{names: e.names})
		if node == nil {
			return broken
		}
		node = b.shape(source, p, node)
		if node == nil {
			return broken
		}
		return &binding{kind: isTable, node: node, size: b.used - before}
	}
	t, ok := value.ParseType(p.Type)
	if !ok {
		b.suggest(p, syntax.DidYouMean(p.Type, typeNames), "there is no type %q", p.Type)
		return broken
	}
	v := b.expr(source, e)
	if isBad(v) {
		return broken
	}
	if v.Type() != t && !(v.Type().Numeric() && t.Numeric()) && t != value.TypeDynamic && v.Type() != value.TypeDynamic {
		b.suggest(source, "convert it with to"+t.String()+"()", "the argument %s of %s must be a %s, this is a %s", p.Name.Text, x.Fn.Text, t, v.Type())
		return broken
	}
	out := &binding{kind: isScalar, expr: b.convert(source, v, t)}
	if e.row != nil {
		out.row = e.row.origin
	}
	return out
}

// shape checks that a table has the columns that a parameter wants; if it
// wants no others, they are left out.
func (b *binder) shape(at place, p *syntax.Param, node plan.Node) plan.Node {
	if len(p.Columns) == 0 {
		return node
	}
	r := rowOf(node.Columns())
	out := newOutput()
	for _, want := range p.Columns {
		c, ok := r.col(want.Name.Text)
		if t, known := value.ParseType(want.Type); !ok || known && c.Of.Type != t {
			b.errorf(at, "this table has no column %s of type %s, which the parameter %s wants", want.Name.Text, want.Type, p.Name.Text)
			return nil
		}
		out.add(c.Of.Name, c)
	}
	if p.Open {
		return node
	}
	return b.project(at, node, out)
}
