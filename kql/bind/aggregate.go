package bind

import (
	"strconv"

	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
)

// multiAggregates are the aggregates that give several columns; each column
// becomes an aggregate of its own.
var multiAggregates = map[string]bool{
	"arg_max": true, "arg_min": true, "argmax": true, "argmin": true, "take_any": true, "any": true, "percentiles": true, "percentilesw": true,
}

// multiAggregate binds one that stands alone: with one name, that is the
// first column's; with several, they are the columns' in order.
func (b *binder) multiAggregate(item *syntax.NamedExpr, x *syntax.Call, out *output, e env) bool {
	var cols []*multiColumn
	ok := false
	switch x.Fn.Text {
	case "arg_max", "argmax":
		cols, ok = b.argColumns(x, "arg_max", "max", e)
	case "arg_min", "argmin":
		cols, ok = b.argColumns(x, "arg_min", "min", e)
	case "take_any", "any":
		cols, ok = b.anyColumns(x, e)
	case "percentiles":
		cols, ok = b.percentileColumns(x, "percentile", 1, e)
	case "percentilesw":
		cols, ok = b.percentileColumns(x, "percentilew", 2, e)
	}
	if !ok {
		return false
	}
	if len(item.Names) > len(cols) {
		b.errorf(item.Names[len(cols)], "%s gives %d columns here", x.Fn.Text, len(cols))
		return false
	}
	for i, n := range item.Names {
		if out.has(n.Text) {
			b.duplicate(n, n.Text)
			return false
		}
		cols[i].name = n.Text
	}
	for _, c := range cols {
		out.add(c.name, c.expr)
	}
	return true
}

// multiColumn is one of the columns.
type multiColumn struct {
	name string
	expr plan.Expr
}

// argColumns takes arg_max(by, a, b, ...) apart: the extreme itself, and what
// else its row has. * means every column that is not yet named.
func (b *binder) argColumns(x *syntax.Call, name, prefix string, e env) ([]*multiColumn, bool) {
	f, ok := fn.LookupAgg(name)
	if !ok || !b.arity(x, 1, -1) {
		return nil, false
	}
	a := e.row.aggs
	inner := e.with(a.in)
	var out []*multiColumn
	by := b.expr(x.Args[0].X, inner)
	if isBad(by) {
		return nil, false
	}
	used := a.byColumns()
	put := func(source syntax.Expr, name string, v plan.Expr) bool {
		if c, ok := v.(*plan.Col); ok {
			used[c.Index] = true
		}
		r := b.addAggregate(source, f, []syntax.Expr{x.Args[0].X, source}, []plan.Expr{by, v}, a)
		out = append(out, &multiColumn{name, r})
		return !isBad(r)
	}
	first := autoName(x.Args[0].X, inner)
	title := first
	if title == "" {
		title = prefix + "_"
	}
	if !put(x.Args[0].X, title, by) {
		return nil, false
	}
	for i, arg := range x.Args[1:] {
		if _, star := arg.X.(*syntax.Star); star {
			for j, c := range a.in.cols {
				if !used[j] && !put(arg.X, c.Name, &plan.Col{Index: j, Of: c}) {
					return nil, false
				}
			}
			continue
		}
		v := b.expr(arg.X, inner)
		title := autoName(arg.X, inner)
		if arg.Name != nil {
			title = arg.Name.Text
		}
		if title == "" {
			title = prefix + "_" + first + "_arg" + strconv.Itoa(i+1)
		}
		if isBad(v) || !put(arg.X, title, v) {
			return nil, false
		}
	}
	return out, true
}

// byColumns are the indexes of the input's columns that are grouped by as
// they are.
func (a *aggregates) byColumns() map[int]bool {
	out := map[int]bool{}
	for _, k := range a.by {
		if c, ok := k.(*plan.Col); ok {
			out[c.Index] = true
		}
	}
	return out
}

// anyColumns takes take_any(a, b, ...) apart: columns of one and the same
// row.
func (b *binder) anyColumns(x *syntax.Call, e env) ([]*multiColumn, bool) {
	f, ok := fn.LookupAgg("take_any")
	if !ok || !b.arity(x, 1, -1) {
		return nil, false
	}
	a := e.row.aggs
	inner := e.with(a.in)
	var out []*multiColumn
	put := func(source syntax.Expr, name string, v plan.Expr) bool {
		r := b.addAggregate(source, f, []syntax.Expr{source}, []plan.Expr{v}, a)
		out = append(out, &multiColumn{name, r})
		return !isBad(r)
	}
	used := a.byColumns()
	for i, arg := range x.Args {
		if _, star := arg.X.(*syntax.Star); star {
			for j, c := range a.in.cols {
				if !used[j] && !put(arg.X, c.Name, &plan.Col{Index: j, Of: c}) {
					return nil, false
				}
			}
			continue
		}
		v := b.expr(arg.X, inner)
		title := autoName(arg.X, inner)
		switch {
		case x.Fn.Text == "any" && len(x.Args) == 1:
			title = "any_" + title
		case title == "":
			title = "any_arg" + strconv.Itoa(i)
		}
		if isBad(v) || !put(arg.X, title, v) {
			return nil, false
		}
	}
	return out, true
}

// percentileColumns takes percentiles(x, p, q, ...) apart; the percentages
// start at argument from.
func (b *binder) percentileColumns(x *syntax.Call, name string, from int, e env) ([]*multiColumn, bool) {
	f, ok := fn.LookupAgg(name)
	if !ok {
		b.unknownFunction(x)
		return nil, false
	}
	if !b.arity(x, from+1, -1) {
		return nil, false
	}
	a := e.row.aggs
	inner := e.with(a.in)
	var common []plan.Expr
	var sources []syntax.Expr
	for _, arg := range x.Args[:from] {
		common = append(common, b.expr(arg.X, inner))
		sources = append(sources, arg.X)
	}
	var out []*multiColumn
	for _, p := range x.Args[from:] {
		args := append(common[:from:from], b.expr(p.X, inner))
		v := b.addAggregate(p, f, append(sources[:from:from], p.X), args, a)
		if isBad(v) {
			return nil, false
		}
		out = append(out, &multiColumn{percentileName(autoName(x.Args[0].X, inner), p.X), v})
	}
	return out, true
}
