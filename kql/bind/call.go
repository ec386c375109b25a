package bind

import (
	"maps"
	"slices"

	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// call binds a call: of a variable that is a function, of what only the
// binder can do, of an aggregate, or of a function of package fn.
func (b *binder) call(x *syntax.Call, e env) plan.Expr {
	if v := e.names.find(x.Fn.Text); v != nil {
		switch v.kind {
		case isFunc:
			return b.inlineScalar(x, v, e)
		case isBroken:
			return bad()
		}
	}
	if own := ownFunctions()[x.Fn.Text]; own != nil {
		return own(b, x, e)
	}
	if e.row != nil && e.row.aggs != nil {
		if a, ok := fn.LookupAgg(x.Fn.Text); ok {
			return b.aggregateCall(x, a, e)
		}
	}
	f, ok := fn.Lookup(x.Fn.Text)
	if !ok {
		b.unknownFunction(x)
		return bad()
	}
	sources := make([]syntax.Expr, len(x.Args))
	args := make([]plan.Expr, len(x.Args))
	for i, a := range x.Args {
		if a.Name != nil {
			b.errorf(a, "the arguments of %s have no names", x.Fn.Text)
			return bad()
		}
		sources[i], args[i] = a.X, b.expr(a.X, e)
	}
	if !b.arity(x, f.Min, f.Max) {
		return bad()
	}
	return b.invokeFn(x, f, sources, args)
}

// arity reports a wrong number of arguments.
func (b *binder) arity(x *syntax.Call, least, most int) bool {
	n := len(x.Args)
	switch {
	case n >= least && (most < 0 || n <= most):
		return true
	case least == most:
		b.errorf(x, "%s takes %d arguments, not %d", x.Fn.Text, least, n)
	case most < 0:
		b.errorf(x, "%s takes at least %d arguments, not %d", x.Fn.Text, least, n)
	default:
		b.errorf(x, "%s takes %d to %d arguments, not %d", x.Fn.Text, least, most, n)
	}
	return false
}

func (b *binder) unknownFunction(x *syntax.Call) {
	name := x.Fn.Text
	if name == "" {
		return
	}
	if _, ok := fn.LookupAgg(name); ok || multiAggregates[name] {
		b.suggest(x.Fn, "use it in summarize", "%s is an aggregate, and works on groups of rows only", name)
		return
	}
	known := slices.Concat(fn.Names(), fn.AggNames())
	for n := range ownFunctions() {
		known = append(known, n)
	}
	slices.Sort(known)
	b.suggest(x.Fn, syntax.DidYouMean(name, known), "the function %s is not supported", name)
}

// ownFunctions are those that only the binder can do: they depend on names,
// or make tables values.
func ownFunctions() map[string]func(b *binder, x *syntax.Call, e env) plan.Expr {
	return map[string]func(b *binder, x *syntax.Call, e env) plan.Expr{
		"toscalar":         (*binder).toScalar,
		"materialize":      (*binder).noTable,
		"table":            (*binder).noTable,
		"column_ifexists":  (*binder).columnIfExists,
		"columnifexists":   (*binder).columnIfExists,
		"bag_pack_columns": (*binder).packColumns,
		"pack_all":         (*binder).packAll,
		"bin_auto":         (*binder).binAuto,
		"ingestion_time":   (*binder).ingestionTime,
	}
}

// FunctionNames returns the names of the functions that package fn does not
// have, since they depend on names or make tables values, in order.
func FunctionNames() []string { return slices.Sorted(maps.Keys(ownFunctions())) }

// MultiAggregateNames returns the names of the aggregates that can give several
// columns, in order.
func MultiAggregateNames() []string { return slices.Sorted(maps.Keys(multiAggregates)) }

func (b *binder) noTable(x *syntax.Call, _ env) plan.Expr {
	b.suggest(x, "toscalar() makes a value of a table", "%s() is a table, not a value", x.Fn.Text)
	return bad()
}

// toScalar binds toscalar(x): the first value of the first row.
func (b *binder) toScalar(x *syntax.Call, e env) plan.Expr {
	if !b.arity(x, 1, 1) {
		return bad()
	}
	arg := x.Args[0].X
	if !b.tabular(arg, e) {
		return b.expr(arg, env{names: e.names})
	}
	b.scalar++
	node := b.table(arg, env{names: e.names})
	b.scalar--
	if node == nil {
		return bad()
	}
	if len(node.Columns()) == 0 {
		b.errorf(arg, "the table has no columns")
		return bad()
	}
	return &plan.Scalar{In: node, Result: node.Columns()[0].Type}
}

// columnIfExists binds column_ifexists("name", otherwise).
func (b *binder) columnIfExists(x *syntax.Call, e env) plan.Expr {
	if !b.arity(x, 2, 2) {
		return bad()
	}
	name, ok := b.constant(x.Args[0].X, e)
	if !ok {
		return bad()
	}
	if c, ok := e.row.col(name.Text); ok && name.Type == value.TypeString {
		return c
	}
	return b.expr(x.Args[1].X, e)
}

// packColumns binds bag_pack_columns(a, b): a bag of columns by their names.
func (b *binder) packColumns(x *syntax.Call, e env) plan.Expr {
	var args []plan.Expr
	for _, a := range x.Args {
		parts := chain(a.X)
		c, k := e.row.path(parts)
		if c == nil || k < len(parts) {
			b.errorf(a, "bag_pack_columns takes columns only")
			return bad()
		}
		args = append(args, &plan.Const{Value: value.String(c.Of.Name)}, c)
	}
	return b.apply(x, "bag_pack", nil, args...)
}

// packAll binds pack_all(): a bag of all columns by their names.
func (b *binder) packAll(x *syntax.Call, e env) plan.Expr {
	if !b.arity(x, 0, 1) {
		return bad()
	}
	if e.row == nil {
		b.errorf(x, "there are no columns here")
		return bad()
	}
	var args []plan.Expr
	for i, c := range e.row.cols {
		args = append(args, &plan.Const{Value: value.String(c.Name)}, &plan.Col{Index: i, Of: c})
	}
	bag := b.apply(x, "bag_pack", nil, args...)
	if len(x.Args) == 0 {
		return bag
	}
	skip, ok := b.constant(x.Args[0].X, e)
	if !ok {
		return bad()
	}
	if skip.True() {
		return b.apply(x, "bag_remove_nulls", nil, bag)
	}
	return bag
}

// binAuto binds bin_auto(x) by the options query_bin_auto_size and
// query_bin_auto_at.
func (b *binder) binAuto(x *syntax.Call, e env) plan.Expr {
	if !b.arity(x, 1, 1) {
		return bad()
	}
	size, ok := b.settings["query_bin_auto_size"]
	if !ok {
		b.suggest(x, "or write bin(x, size)", "bin_auto needs \"set query_bin_auto_size = …;\" before the query")
		return bad()
	}
	v := b.expr(x.Args[0].X, e)
	at, ok := b.settings["query_bin_auto_at"]
	if !ok {
		return b.apply(x, "bin", []syntax.Expr{x.Args[0].X, nil}, v, &plan.Const{Value: size})
	}
	return b.apply(x, "bin_at", []syntax.Expr{x.Args[0].X, nil, nil}, v, &plan.Const{Value: size}, &plan.Const{Value: at})
}

// ingestionTime binds ingestion_time() to the column that says when an event
// was received.
func (b *binder) ingestionTime(x *syntax.Call, e env) plan.Expr {
	if c, ok := e.row.col("received_time"); ok && b.arity(x, 0, 0) {
		return c
	}
	b.errorf(x, "ingestion_time() needs the column received_time, which is not here")
	return bad()
}
