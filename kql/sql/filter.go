package sql

import (
	"github.com/lynceus-io/lynceus/kql/plan"
)

// pushWhere pushes those of the conditions joined by "and", or one after
// another, that have SQL, and keeps the others for Go.
func (s *splitter) pushWhere(n *plan.Where) part {
	conds, source := Conjuncts(n.Cond), n.In
	for {
		below, ok := source.(*plan.Where)
		if !ok {
			break
		}
		conds, source = append(Conjuncts(below.Cond), conds...), below.In
	}
	in := s.push(source)
	cols := n.Columns()
	if in.rel == nil {
		return part{node: filter(in.node, conds), cols: cols}
	}
	r := s.flat(s.unlimited(in.rel), conds)
	out := *r
	out.where = append([]string(nil), r.where...)
	var left []plan.Expr
	var pushed []plan.Expr
	for _, c := range conds {
		e, ok := s.compile(c, r.cols)
		if !ok {
			left = append(left, c)
			if sql, ok := s.superset(c, r.cols); ok {
				pushed = append(pushed, c)
				out.where = append(out.where, sql)
			}
			continue
		}
		pushed = append(pushed, c)
		out.where = append(out.where, e.test())
	}
	for _, c := range conds {
		s.hint(out.scan, c, r.cols)
	}
	p := part{rel: &out, cols: cols}
	if r := s.branches(&out, in.rel, pushed); r != nil {
		p.rel = r
	}
	if left == nil {
		return p
	}
	return part{node: filter(s.local(p), left), cols: cols}
}

// Conjuncts returns the conditions that e joins by "and".
func Conjuncts(e plan.Expr) []plan.Expr {
	if c, ok := e.(*plan.Call); ok && c.Fn.Name == "and" {
		var out []plan.Expr
		for _, a := range c.Args {
			out = append(out, Conjuncts(a)...)
		}
		return out
	}
	return []plan.Expr{e}
}

// pushProject computes in SQL what has SQL, and in Go the rest from the
// columns that it needs.
func (s *splitter) pushProject(n *plan.Project) part {
	return s.projected(n, s.push(n.In))
}

// projected is a projection of a part that is split already.
func (s *splitter) projected(n *plan.Project, in part) part {
	if in.rel == nil {
		return part{node: &plan.Project{In: in.node, Cols: n.Cols, Exprs: n.Exprs}, cols: n.Cols}
	}
	r := s.flat(in.rel, n.Exprs)
	out := *r
	out.cols = nil
	whole := true
	for _, e := range n.Exprs {
		sql, ok := s.operand(e, r.cols)
		whole = whole && ok
		out.cols = append(out.cols, sql)
	}
	if whole {
		return part{rel: &out, cols: n.Cols}
	}
	var o outlet
	exprs := make([]plan.Expr, len(n.Exprs))
	for i, e := range n.Exprs {
		exprs[i] = s.need(e, r, in.cols, &o)
	}
	out.cols = o.exprs
	rest := s.local(part{rel: &out, cols: o.cols})
	return part{node: &plan.Project{In: rest, Cols: n.Cols, Exprs: exprs}, cols: n.Cols}
}

// need rewrites e to read from a statement, adding to its columns what e needs:
// the largest parts of it that have SQL and are more than constants.
func (s *splitter) need(e plan.Expr, r *relation, in []plan.Column, o *outlet) plan.Expr {
	switch e := e.(type) {
	case *plan.Col:
		return o.column(r.cols[e.Index], in[e.Index])
	case *plan.Call:
		if sql, ok := s.operand(e, r.cols); ok && len(uses(nil, e)) > 0 {
			return o.column(sql, plan.Column{Name: "expression", Type: e.Type()})
		}
		args := make([]plan.Expr, len(e.Args))
		for i, a := range e.Args {
			args[i] = s.need(a, r, in, o)
		}
		return &plan.Call{Fn: e.Fn, Args: args, Result: e.Result}
	case *plan.Contains:
		return &plan.Contains{X: s.need(e.X, r, in, o), In: e.In, Fold: e.Fold, Not: e.Not}
	}
	return e
}

// distinct returns a name for column i that no column before it has.
func distinct(cols []plan.Column, i int) string {
	name := cols[i].Name
	for again := true; again; {
		again = false
		for _, c := range cols[:i] {
			if c.Name == name {
				name, again = name+"'", true
			}
		}
	}
	return name
}

// Replace returns e with every column replaced by what f gives for it. Parts
// without columns are shared.
func Replace(e plan.Expr, f func(*plan.Col) plan.Expr) plan.Expr {
	switch e := e.(type) {
	case *plan.Col:
		return f(e)
	case *plan.Call:
		args := make([]plan.Expr, len(e.Args))
		for i, a := range e.Args {
			args[i] = Replace(a, f)
		}
		return &plan.Call{Fn: e.Fn, Args: args, Result: e.Result}
	case *plan.Contains:
		return &plan.Contains{X: Replace(e.X, f), In: e.In, Fold: e.Fold, Not: e.Not}
	}
	return e
}
