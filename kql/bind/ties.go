package bind

import (
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// ties is what a choice between the rows of n goes by: time and identity while
// each event is one row and has them, else all columns in order.
func ties(n plan.Node) []plan.SortKey {
	if t, uid, ok := identity(n); ok {
		return []plan.SortKey{{Expr: t, NullsFirst: true}, {Expr: uid, NullsFirst: true}}
	}
	cols := n.Columns()
	out := make([]plan.SortKey, len(cols))
	for i, c := range cols {
		out[i] = plan.SortKey{Expr: &plan.Col{Index: i, Of: c}, NullsFirst: true}
	}
	return out
}

// firsts is what take goes by where nobody has sorted: as ties, but the latest
// events come first, which are those that one wants to see, and which stores
// find without reading all others.
func firsts(n plan.Node) []plan.SortKey {
	keys := ties(n)
	if _, _, ok := identity(n); ok {
		keys[0].Desc, keys[0].NullsFirst = true, false
	}
	return keys
}

// identity returns the columns that tell the rows of n apart and put them in
// order, while each is one event.
func identity(n plan.Node) (time, uid *plan.Col, ok bool) {
	r := rowOf(n.Columns())
	time, hasTime := r.col("time")
	uid, hasUID := r.col("metadata.uid")
	ok = hasTime && hasUID && time.Of.Type == value.TypeDatetime && uid.Of.Type == value.TypeString && distinctEvents(n, map[event.Class]bool{})
	return time, uid, ok
}

// tieExprs are the expressions of ties.
func tieExprs(n plan.Node) []plan.Expr {
	keys := ties(n)
	out := make([]plan.Expr, len(keys))
	for i, k := range keys {
		out[i] = k.Expr
	}
	return out
}

// distinctEvents reports whether every row of n is another event. seen are
// the tables that other inputs of a union have read.
func distinctEvents(n plan.Node, seen map[event.Class]bool) bool {
	switch n := n.(type) {
	case *plan.Scan:
		again := seen[n.Table]
		seen[n.Table] = true
		return !again
	case *plan.Project:
		return passes(n, "time") && passes(n, "metadata.uid") && distinctEvents(n.In, seen)
	case *plan.Where, *plan.Sort, *plan.Take:
		return distinctEvents(n.Inputs()[0], seen)
	case *plan.Union:
		for _, in := range n.In {
			if !distinctEvents(in, seen) {
				return false
			}
		}
		return true
	case *plan.Join:
		switch n.Kind {
		case plan.JoinLeftsemi, plan.JoinLeftanti:
			return distinctEvents(n.Left, seen)
		case plan.JoinRightsemi, plan.JoinRightanti:
			return distinctEvents(n.Right, seen)
		}
	}
	return false
}

// passes reports whether a projection gives the column of that name as its
// input has it.
func passes(p *plan.Project, name string) bool {
	for i, c := range p.Cols {
		if c.Name == name {
			col, ok := p.Exprs[i].(*plan.Col)
			return ok && col.Of.Name == name
		}
	}
	return false
}
