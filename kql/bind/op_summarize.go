package bind

import (
	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// aggregates gathers the aggregates of one summarize. While its expressions
// are bound, columns refer to the Summarize: the by columns, then the
// aggregates.
type aggregates struct {
	in   *row // the input's columns
	node plan.Node
	by   []plan.Expr
	aggs []plan.Aggregate
	ties []plan.Expr // of the input, made when first needed
}

// add notes an aggregate, and returns the column that it becomes.
func (a *aggregates) add(g plan.Aggregate) *plan.Col {
	a.aggs = append(a.aggs, g)
	return &plan.Col{Index: len(a.by) + len(a.aggs) - 1, Of: plan.Column{Type: g.Type}}
}

// choosers are the aggregates that choose between rows, and need to know by
// what.
var choosers = map[string]bool{"arg_max": true, "arg_min": true, "take_any": true, "take_anyif": true, "any": true, "anyif": true}

// tie returns what an aggregate chooses by.
func (a *aggregates) tie(name string) []plan.Expr {
	if !choosers[name] {
		return nil
	}
	if a.ties == nil {
		a.ties = tieExprs(a.node)
	}
	return a.ties
}

// summarize binds summarize: groups, aggregates of them, and expressions over
// these.
func (b *binder) summarize(op *syntax.Summarize, in plan.Node, e env) plan.Node {
	e = e.over(in)
	out := newOutput()
	for _, item := range op.By {
		if !b.item(item, out, e, true) {
			return nil
		}
	}
	a := &aggregates{in: e.row, node: in, by: out.exprs}
	groups := rowOf(out.cols)
	groups.aggs = a
	inner := e.with(groups)
	result := newOutput()
	for i, c := range out.cols {
		result.add(c.Name, &plan.Col{Index: i, Of: c})
	}
	result.auto = out.auto
	ok := true
	for _, item := range op.Aggs {
		ok = b.aggregateItem(item, result, inner) && ok
	}
	if !ok {
		return nil
	}
	return b.grouped(op, a, out, result)
}

// grouped makes the Summarize, and a Project over it where the expressions
// are more than aggregates.
func (b *binder) grouped(at place, a *aggregates, by, result *output) plan.Node {
	if !b.charge(at, 1+len(result.cols)) {
		return nil
	}
	s := &plan.Summarize{In: a.node, By: a.by, Aggs: a.aggs}
	s.Cols = append(s.Cols, by.cols...)
	names := map[string]bool{}
	for _, c := range by.cols {
		names[c.Name] = true
	}
	for i, g := range a.aggs {
		name := ""
		for j, e := range result.exprs { // the name of the column that it is
			if c, ok := e.(*plan.Col); ok && c.Index == len(a.by)+i {
				name = result.cols[j].Name
				break
			}
		}
		if name == "" {
			name = "$" + g.Fn.Name
		}
		name = unused(name, func(n string) bool { return names[n] })
		names[name] = true
		s.Cols = append(s.Cols, plan.Column{Name: name, Type: g.Type})
	}
	for _, e := range result.exprs {
		nameColumns(e, s.Cols)
	}
	return b.project(at, s, result)
}

// nameColumns gives the columns in an expression the names they got later.
func nameColumns(e plan.Expr, cols []plan.Column) {
	switch e := e.(type) {
	case *plan.Col:
		e.Of = cols[e.Index]
	case *plan.Call:
		for _, a := range e.Args {
			nameColumns(a, cols)
		}
	case *plan.Contains:
		nameColumns(e.X, cols)
	}
}

// aggregateItem binds one expression of summarize.
func (b *binder) aggregateItem(item *syntax.NamedExpr, out *output, e env) bool {
	if c, ok := item.X.(*syntax.Call); ok && e.names.find(c.Fn.Text) == nil {
		if multiAggregates[c.Fn.Text] {
			return b.multiAggregate(item, c, out, e)
		}
		if _, ok := fn.LookupAgg(c.Fn.Text); ok && len(item.Names) == 0 {
			v := b.expr(c, e)
			if isBad(v) {
				return false
			}
			out.add(aggregateName(c, e), v)
			return true
		}
	}
	if len(item.Names) == 1 && out.has(item.Names[0].Text) {
		b.duplicate(item.Names[0], item.Names[0].Text)
		return false
	}
	return b.item(item, out, e, true)
}

// aggregateCall binds an aggregate inside an expression of summarize.
func (b *binder) aggregateCall(x *syntax.Call, f *fn.Agg, e env) plan.Expr {
	if multiAggregates[x.Fn.Text] && !(choosers[x.Fn.Text] && len(x.Args) == 1) {
		b.suggest(x, "give it a column of its own", "%s gives several columns, and cannot stand inside an expression", x.Fn.Text)
		return bad()
	}
	a := e.row.aggs
	inner := e.with(a.in)
	sources := make([]syntax.Expr, len(x.Args))
	args := make([]plan.Expr, len(x.Args))
	for i, arg := range x.Args {
		sources[i], args[i] = arg.X, b.expr(arg.X, inner)
	}
	if !b.arity(x, f.Min, f.Max) {
		return bad()
	}
	return b.addAggregate(x, f, sources, args, a)
}

// addAggregate checks the types of an aggregate's arguments and notes it.
func (b *binder) addAggregate(at place, f *fn.Agg, sources []syntax.Expr, args []plan.Expr, a *aggregates) plan.Expr {
	if !b.charge(at, 1) {
		return bad()
	}
	infos := make([]fn.Arg, len(args))
	for i, arg := range args {
		if isBad(arg) {
			return bad()
		}
		infos[i].Type = arg.Type()
		if c, ok := arg.(*plan.Const); ok {
			infos[i].Const = &c.Value
		}
	}
	t, err := f.Result(infos)
	if err != nil {
		b.argError(at, &fn.Func{Name: f.Name}, sources, err)
		return bad()
	}
	return a.add(plan.Aggregate{Fn: f, Args: args, Tie: a.tie(f.Name), Type: t})
}

// distinct binds distinct: groups without aggregates.
func (b *binder) distinct(op *syntax.Distinct, in plan.Node, e env) plan.Node {
	e = e.over(in)
	out := newOutput()
	for _, item := range op.Items {
		if _, star := item.X.(*syntax.Star); star && len(op.Items) == 1 {
			out = outputOf(in)
			break
		}
		if !b.item(item, out, e, true) {
			return nil
		}
	}
	if !b.charge(op, 1+len(out.cols)) {
		return nil
	}
	return &plan.Summarize{In: in, By: out.exprs, Cols: out.cols}
}

// count binds count: one row, one column.
func (b *binder) count(op *syntax.Count, in plan.Node) plan.Node {
	f, ok := fn.LookupAgg("count")
	if !ok || !b.charge(op, 1) {
		return nil
	}
	name := "Count"
	if op.Name != nil {
		name = op.Name.Text
	}
	return &plan.Summarize{In: in, Cols: []plan.Column{{Name: name, Type: value.TypeLong}}, Aggs: []plan.Aggregate{{Fn: f, Type: value.TypeLong}}}
}
