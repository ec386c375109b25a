package sql

import (
	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// under returns a virtual value when its text has another name.
func (w *writer) under(c expr, name string) expr {
	j := c.json
	j.text = name
	out, _ := w.extract(j) // its path was written before
	return out
}

// outlet collects the columns of a statement for expressions that Go
// computes: each is there once, a virtual value as its whole text.
type outlet struct {
	cols  []plan.Column
	exprs []expr
	place map[string]int
}

// column returns the expression in Go for a column of the statement.
func (o *outlet) column(c expr, col plan.Column) plan.Expr {
	if !c.virtual {
		return o.add(c, col)
	}
	whole := expr{sql: "nullIf(" + c.json.text + ", '')", typ: value.TypeDynamic}
	e := o.add(whole, plan.Column{Name: rawColumn, Type: value.TypeDynamic})
	get, ok := fn.Lookup(".")
	if !ok {
		return e
	}
	for _, k := range c.json.keys {
		e = &plan.Call{Fn: get, Args: []plan.Expr{e, &plan.Const{Value: value.String(k.name)}}, Result: value.TypeDynamic}
	}
	return e
}

func (o *outlet) add(c expr, col plan.Column) plan.Expr {
	if o.place == nil {
		o.place = map[string]int{}
	}
	at, seen := o.place[c.sql]
	if !seen {
		at = len(o.cols)
		o.place[c.sql] = at
		o.cols = append(o.cols, col)
		o.cols[at].Name = distinct(o.cols, at)
		o.exprs = append(o.exprs, c)
	}
	return &plan.Col{Index: at, Of: o.cols[at]}
}

// outward returns a part whose columns are all in canonical form, computed in
// Go where the engine cannot give them.
func (s *splitter) outward(p part) (part, []plan.Expr) {
	virtual := false
	for _, c := range p.rel.cols {
		virtual = virtual || c.virtual
	}
	if !virtual {
		return p, nil
	}
	var o outlet
	exprs := make([]plan.Expr, len(p.rel.cols))
	for i, c := range p.rel.cols {
		exprs[i] = o.column(c, p.cols[i])
	}
	r := *p.rel
	r.cols = o.exprs
	return part{rel: &r, cols: o.cols}, exprs
}
