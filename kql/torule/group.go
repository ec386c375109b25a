package torule

import (
	"time"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// DefaultSpan is the time within which events are counted where a query does
// not group them by bin(time, ...).
const DefaultSpan = time.Hour

// role says what a column of groups is to a rule.
type role uint8

const (
	other  role = iota // an aggregate that a rule does not know
	key                // a field by which rows were grouped
	bucket             // bin(time, span)
	number             // count() or dcount(field)
	first              // min(time)
)

// column is a column of groups.
type column struct {
	role  role
	field string // of key, and of number where its values are counted
	expr  plan.Expr
}

// groups are the rows of summarize.
type groups struct {
	cols   []column
	fields []string // those grouped by
	span   time.Duration
}

// summarize reads groups of events.
func (c *converter) summarize(n *plan.Summarize) {
	if c.groups != nil {
		if len(n.By) > 0 || len(n.Aggs) != 1 || n.Aggs[0].Fn.Name != "count" {
			c.problem("the query groups rows that are groups already")
		}
		return
	}
	g := &groups{span: DefaultSpan}
	for _, x := range n.By {
		x = c.over(x)
		p, ok := c.place(x)
		call, _ := x.(*plan.Call)
		switch {
		case ok && p.kind != times && !p.fold:
			g.cols = append(g.cols, column{role: key, field: p.name, expr: x})
			g.fields = append(g.fields, p.name)
		case call != nil && call.Fn.Name == "bin" && len(call.Args) == 2 && c.name(call.Args[0]) == timeName:
			if w, ok := constant(call.Args[1], value.TypeTimespan); ok && w.Int > 0 {
				g.span = time.Duration(w.Int) * 100
			}
			g.cols = append(g.cols, column{role: bucket})
		default:
			c.problem("a rule groups events by fields and by bin(time, ...), not by %s", plan.ExprString(x))
			return
		}
	}
	for _, a := range n.Aggs {
		col := column{}
		switch {
		case a.Fn.Name == "count" && len(a.Args) == 0:
			col.role = number
		case (a.Fn.Name == "dcount" || a.Fn.Name == "count_distinct") && len(a.Args) > 0:
			if p, ok := c.place(c.over(a.Args[0])); ok && p.kind != times && !p.fold {
				col = column{role: number, field: p.name}
			}
		case a.Fn.Name == "min" && len(a.Args) == 1 && c.name(c.over(a.Args[0])) == timeName:
			col.role = first
		}
		g.cols = append(g.cols, col)
	}
	c.groups = g
	if len(n.Aggs) > 0 {
		c.draft.Count = &Count{}
	}
}

// whereGroup reads a condition on groups: on the fields that they have in
// common, on how many there are, or on when the first was.
func (c *converter) whereGroup(x plan.Expr) {
	g := c.groups
	if g.onKeys(x) {
		c.cols = make([]plan.Expr, len(g.cols))
		for i, col := range g.cols {
			c.cols[i] = col.expr
		}
		c.require(c.cond(c.over(x)))
		return
	}
	call, ok := x.(*plan.Call)
	if ok && len(call.Args) == 2 {
		if g.threshold(c, call) || g.new(c, call) {
			return
		}
	}
	c.problem("%s: of groups a rule tests count(), dcount(field), and min(time) for what is new", plan.ExprString(x))
}

// onKeys reports whether an expression reads only fields grouped by.
func (g *groups) onKeys(x plan.Expr) bool {
	switch x := x.(type) {
	case *plan.Const:
		return true
	case *plan.Col:
		return x.Index < len(g.cols) && g.cols[x.Index].role == key
	case *plan.Call:
		for _, a := range x.Args {
			if !g.onKeys(a) {
				return false
			}
		}
		return true
	}
	return false
}

// column is the column that an expression is.
func (g *groups) column(x plan.Expr) column {
	if col, ok := x.(*plan.Col); ok && col.Index < len(g.cols) {
		return g.cols[col.Index]
	}
	return column{}
}

// threshold reads a bound of a number.
func (g *groups) threshold(c *converter, x *plan.Call) bool {
	op, col := words[x.Fn.Name], g.column(x.Args[0])
	n, ok := whole(x.Args[1])
	if op == "" || col.role != number || !ok {
		return false
	}
	if d := c.draft.Count; len(d.Limits) > 0 && d.Of != col.field {
		c.problem("a rule bounds one number, and the query bounds two")
		return true
	}
	c.draft.Count.By, c.draft.Count.Of, c.draft.Count.Span = g.fields, col.field, g.span
	c.draft.Count.Limits = append(c.draft.Count.Limits, Limit{op, n})
	if !g.binned() && len(c.draft.Count.Limits) == 1 {
		c.note("the rule counts within an hour; group by bin(time, 10m) for another time")
	}
	return true
}

func (g *groups) binned() bool {
	for _, col := range g.cols {
		if col.role == bucket {
			return true
		}
	}
	return false
}

// new reads that the first of a group is late: what was not seen before.
func (g *groups) new(c *converter, x *plan.Call) bool {
	if g.column(x.Args[0]).role != first || x.Fn.Name != ">" && x.Fn.Name != ">=" || g.binned() || len(g.fields) == 0 {
		return false
	}
	if _, ok := constant(x.Args[1], value.TypeDatetime); !ok {
		return false
	}
	c.draft.New, c.draft.Count = g.fields, nil
	c.note("new is what the rule has not matched before; it says so once it knows a day and 20 matches of the cluster's past")
	return true
}

// project follows columns of groups through a projection.
func (g *groups) project(n *plan.Project) {
	cols := make([]column, len(n.Exprs))
	for i, x := range n.Exprs {
		cols[i] = g.column(x)
	}
	g.cols = cols
}
