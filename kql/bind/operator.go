package bind

import (
	"fmt"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
)

// operator binds one step; in is nil when it is the first, and from is the
// name of the table that in is, if it is one.
func (b *binder) operator(op syntax.Operator, in plan.Node, from string, e env) plan.Node {
	switch op := op.(type) {
	case *syntax.Print:
		return b.print(op, e)
	case *syntax.Range:
		return b.rangeOp(op, e)
	case *syntax.Union:
		return b.union(op, in, from, e)
	case *syntax.Search:
		return b.search(op, in, e)
	case *syntax.Other:
		near := ""
		if op.Near != "" {
			near = fmt.Sprintf("the nearest is %s", op.Near)
		}
		b.suggest(op, near, "the operator %s is not supported", op.Name)
		return nil
	}
	if in == nil {
		b.suggest(op, "start with the name of a table", "this operator needs rows to work on")
		return nil
	}
	switch op := op.(type) {
	case *syntax.Where:
		return b.where(op, in, e)
	case *syntax.Project:
		return b.projectOp(op, in, e)
	case *syntax.Extend:
		return b.extend(op, op.Items, in, e)
	case *syntax.Serialize:
		return b.extend(op, op.Items, in, e)
	case *syntax.ProjectAway:
		return b.projectAway(op, in)
	case *syntax.ProjectRename:
		return b.projectRename(op, in)
	case *syntax.ProjectReorder:
		return b.projectReorder(op, in)
	case *syntax.Summarize:
		return b.summarize(op, in, e)
	case *syntax.Distinct:
		return b.distinct(op, in, e)
	case *syntax.Count:
		return b.count(op, in)
	case *syntax.Sort:
		return b.sort(op, op.Keys, in, e)
	case *syntax.Top:
		return b.top(op, in, e)
	case *syntax.Take:
		return b.take(op, op.N, in, e)
	case *syntax.Join:
		return b.join(op, in, e)
	case *syntax.MvExpand:
		return b.mvExpand(op, in, e)
	case *syntax.MvApply:
		return b.mvApply(op, in, e)
	case *syntax.ParseOp:
		return b.parse(op, in, e)
	case *syntax.Render:
		return b.render(op, in)
	case *syntax.Invoke:
		return b.invoke(op, in, e)
	case *syntax.As:
		e.names.own[op.Name.Text] = &binding{kind: isTable, node: in, size: b.used}
		return in
	}
	b.errorf(op, "this operator is not supported")
	return nil
}

func (b *binder) where(op *syntax.Where, in plan.Node, e env) plan.Node {
	c := b.condition(op.Cond, e.over(in))
	if isBad(c) || !b.charge(op, 1) {
		return nil
	}
	return &plan.Where{In: in, Cond: c}
}

func (b *binder) invoke(op *syntax.Invoke, in plan.Node, e env) plan.Node {
	c, ok := op.X.(*syntax.Call)
	if !ok {
		b.errorf(op, "invoke takes a call of a function")
		return nil
	}
	v := e.names.find(c.Fn.Text)
	if v == nil || v.kind != isFunc {
		b.suggest(c.Fn, syntax.DidYouMean(c.Fn.Text, e.names.all()), "there is no function %s here; only functions made by let can be invoked", c.Fn.Text)
		return nil
	}
	return b.inlineTable(c, v, in, e)
}
