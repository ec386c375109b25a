package torule

import (
	"fmt"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/plan"
)

// MaxTests is how many tests of fields a condition may have: more is a list,
// and a list is no rule that anybody can review.
const MaxTests = 500

// Convert reads a bound plan as a rule. The error is Problems: all that stands
// in the way. The plan must be bound without a limit of time or scope.
func Convert(n plan.Node) (*Draft, error) {
	c := &converter{draft: &Draft{}}
	c.node(n)
	if c.draft.Count != nil && len(c.draft.Count.Limits) == 0 {
		c.draft.Count = nil
		c.note("the numbers of summarize are left out: the rule finds every event that is counted. Add | where and a bound of the number to find many at a time")
	}
	if c.groups != nil && len(c.draft.New) == 0 && c.draft.Count == nil {
		c.draft.Fields = c.groups.fields
	}
	if c.tests > MaxTests {
		c.problem("the conditions have %d tests, and a rule at most %d", c.tests, MaxTests)
	}
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	return c.draft, nil
}

type converter struct {
	draft    *Draft
	problems Problems
	scan     *plan.Scan
	// cols are the output columns of the operator that was read last, over
	// the columns of the table; nil for what is computed of several rows.
	cols   []plan.Expr
	groups *groups // after summarize
	tests  int
}

func (c *converter) problem(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

func (c *converter) note(format string, args ...any) {
	c.draft.Notes = append(c.draft.Notes, fmt.Sprintf(format, args...))
}

// node reads an operator after those that it reads from.
func (c *converter) node(n plan.Node) {
	switch n := n.(type) {
	case *plan.Scan:
		c.read(n)
		return
	case *plan.Union:
		c.problem("the query reads several tables, and a rule reads one: begin with the name of one table")
		return
	case *plan.Join:
		c.problem("the query joins two tables: a rule judges one event at a time. Correlations of rules join what several rules find")
		return
	case *plan.Let, *plan.Shared, *plan.Values, *plan.Range, *plan.Remote:
		c.problem("the query computes a table of its own: a rule begins with the name of a table of events")
		return
	}
	for _, in := range n.Inputs() {
		c.node(in)
	}
	if c.scan == nil || len(c.problems) > 0 {
		return
	}
	switch n := n.(type) {
	case *plan.Where:
		c.where(n.Cond)
	case *plan.Project:
		c.project(n)
	case *plan.Summarize:
		c.summarize(n)
	case *plan.Take:
		c.note("take is left out: a rule finds every event, not some of them")
	case *plan.Sort, *plan.Render: // how an answer is shown
	case *plan.MvExpand:
		c.problem("the query makes rows of lists (mv-expand): test a list with set_has_element(field, value)")
	default:
		c.problem("the query has a step that a rule has not: %T", n)
	}
}

// read begins with a table.
func (c *converter) read(n *plan.Scan) {
	if _, ok := sources[n.Table]; !ok {
		c.problem("%s is no table of events that rules are judged on: begin with audit, process, file, network or dns", n.Table)
		return
	}
	c.scan, c.draft.Table = n, n.Table
	for i, col := range n.Cols {
		c.cols = append(c.cols, &plan.Col{Index: i, Of: col})
	}
}

// where adds a condition.
func (c *converter) where(x plan.Expr) {
	for _, part := range conjuncts(x, nil) {
		if c.groups != nil {
			c.whereGroup(part)
			continue
		}
		part = c.over(part)
		if c.bound(part) {
			continue
		}
		c.require(c.cond(part))
	}
}

// require adds a condition on single events; nil stands for one that always
// holds, or for a problem.
func (c *converter) require(x *Cond) {
	switch {
	case x == nil:
	case c.draft.Cond == nil:
		c.draft.Cond = x
	default:
		c.draft.Cond = all(c.draft.Cond, x)
	}
}

// bound reports whether a condition only bounds the time of events, which a
// rule does not: it judges them as they come.
func (c *converter) bound(x plan.Expr) bool {
	call, ok := x.(*plan.Call)
	if !ok || len(call.Args) < 2 || c.name(call.Args[0]) != timeName {
		return false
	}
	switch call.Fn.Name {
	case ">", ">=", "<", "<=", "between":
		c.note("the bound of the time is left out: a rule judges each event when it comes")
		return true
	}
	return false
}

// project notes what is shown, and what columns are from here on.
func (c *converter) project(n *plan.Project) {
	if c.groups != nil {
		c.groups.project(n)
		return
	}
	cols := make([]plan.Expr, len(n.Exprs))
	var fields []string
	for i, x := range n.Exprs {
		cols[i] = c.over(x)
		if name := c.name(cols[i]); name != "" && name != timeName {
			fields = append(fields, name)
		}
	}
	c.cols = cols
	if len(fields) < maxFields {
		c.draft.Fields = fields
	}
}

// maxFields is how many columns are those that somebody chose.
const maxFields = 20

// over writes an expression over the columns of the table.
func (c *converter) over(x plan.Expr) plan.Expr {
	switch x := x.(type) {
	case *plan.Col:
		if x.Index < len(c.cols) && c.cols[x.Index] != nil {
			return c.cols[x.Index]
		}
	case *plan.Call:
		args := make([]plan.Expr, len(x.Args))
		for i, a := range x.Args {
			args[i] = c.over(a)
		}
		return &plan.Call{Fn: x.Fn, Args: args, Result: x.Result}
	case *plan.Contains:
		return &plan.Contains{X: c.over(x.X), In: x.In, Fold: x.Fold, Not: x.Not}
	}
	return x
}

// conjuncts appends the parts of an "and".
func conjuncts(x plan.Expr, to []plan.Expr) []plan.Expr {
	if call, ok := x.(*plan.Call); ok && call.Fn.Name == "and" {
		for _, a := range call.Args {
			to = conjuncts(a, to)
		}
		return to
	}
	return append(to, x)
}

// field is the field that an expression is the value of; nil for none.
func (c *converter) field(x plan.Expr) *event.Field {
	if col, ok := x.(*plan.Col); ok && c.scan != nil && col.Index < len(c.scan.Fields) && c.scan.Cols[col.Index].Name == col.Of.Name {
		return c.scan.Fields[col.Index]
	}
	return nil
}

// name is the name of the field that an expression is; "" for none.
func (c *converter) name(x plan.Expr) string {
	if f := c.field(x); f != nil {
		return f.Name
	}
	return ""
}

// all joins conditions that must all hold.
func all(x ...*Cond) *Cond { return joined(And, x) }

// some joins conditions of which one must hold.
func some(x ...*Cond) *Cond { return joined(Or, x) }

func joined(kind CondKind, list []*Cond) *Cond {
	out := &Cond{Kind: kind}
	for _, x := range list {
		if x.Kind == kind {
			out.X = append(out.X, x.X...)
		} else {
			out.X = append(out.X, x)
		}
	}
	if len(out.X) == 1 {
		return out.X[0]
	}
	return out
}

// timeName is the column of when an event happened.
const timeName = "time"
