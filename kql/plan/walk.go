package plan

import "slices"

// Exprs returns the expressions of an operator, not those of its inputs.
func Exprs(n Node) []Expr {
	var out []Expr
	keys := func(ks []SortKey) {
		for _, k := range ks {
			out = append(out, k.Expr)
		}
	}
	switch n := n.(type) {
	case *Range:
		out = []Expr{n.From, n.To, n.Step}
	case *Where:
		out = []Expr{n.Cond}
	case *Project:
		out = n.Exprs
	case *Summarize:
		out = slices.Clone(n.By)
		for _, a := range n.Aggs {
			out = append(append(out, a.Args...), a.Tie...)
		}
	case *Sort:
		keys(n.Keys)
		keys(n.Tie)
	case *Take:
		out = append(out, n.N)
		keys(n.By)
	case *Join:
		out = slices.Concat(n.LeftKeys, n.RightKeys)
		keys(n.Tie)
	case *MvExpand:
		out = n.Exprs
	}
	return out
}

// Volatile reports whether a plan can give other rows each time it runs over
// the same tables.
func Volatile(n Node) bool {
	return slices.ContainsFunc(Exprs(n), volatileExpr) || slices.ContainsFunc(n.Inputs(), Volatile)
}

func volatileExpr(e Expr) bool {
	switch e := e.(type) {
	case *Call:
		return e.Fn.Volatile || slices.ContainsFunc(e.Args, volatileExpr)
	case *Scalar:
		return Volatile(e.In)
	case *Contains:
		return volatileExpr(e.X) || Volatile(e.In)
	}
	return false
}

// Windowed reports whether a function of rows in an order stands in e.
func Windowed(e Expr) bool {
	switch e := e.(type) {
	case *Call:
		return e.Fn.Window != nil || slices.ContainsFunc(e.Args, Windowed)
	case *Contains:
		return Windowed(e.X)
	}
	return false
}

// Ordered reports whether the rows of an operator have an order of their own,
// which functions of rows in an order go by.
func Ordered(n Node) bool {
	switch n := n.(type) {
	case *Sort, *Values, *Range:
		return true
	case *Where:
		return Ordered(n.In)
	case *Project:
		return Ordered(n.In)
	case *Take:
		return Ordered(n.In)
	case *MvExpand:
		return Ordered(n.In)
	case *Render:
		return Ordered(n.In)
	}
	return false
}
