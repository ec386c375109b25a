package bind

import "github.com/lynceus-io/lynceus/kql/plan"

// window is a call of a function of rows in an order, and where it stands.
type window struct {
	at   place
	call *plan.Call
}

// checkWindows reports calls that stand elsewhere than in a column computed
// over rows in an order.
func (b *binder) checkWindows(node plan.Node) {
	if len(b.windows) == 0 {
		return
	}
	allowed := map[*plan.Call]bool{}
	roots := []plan.Node{node}
	for _, s := range b.shared {
		roots = append(roots, s.node)
	}
	for _, n := range roots {
		allowWindows(n, allowed)
	}
	for _, w := range b.windows {
		if !allowed[w.call] {
			b.errorf(w.at, "%s needs rows in an order, in extend or project; put sort by before it", w.call.Fn.Name)
		}
	}
}

// allowWindows marks the calls in columns over rows in an order.
func allowWindows(n plan.Node, allowed map[*plan.Call]bool) {
	if n == nil {
		return
	}
	if p, ok := n.(*plan.Project); ok && plan.Ordered(p.In) {
		for _, e := range p.Exprs {
			markWindows(e, allowed)
		}
	}
	for _, e := range plan.Exprs(n) {
		subqueries(e, allowed)
	}
	for _, in := range n.Inputs() {
		allowWindows(in, allowed)
	}
}

func markWindows(e plan.Expr, allowed map[*plan.Call]bool) {
	if c, ok := e.(*plan.Call); ok {
		allowed[c] = true
		for _, arg := range c.Args {
			markWindows(arg, allowed)
		}
	}
}

// subqueries looks into the queries that stand in an expression.
func subqueries(e plan.Expr, allowed map[*plan.Call]bool) {
	switch e := e.(type) {
	case *plan.Call:
		for _, arg := range e.Args {
			subqueries(arg, allowed)
		}
	case *plan.Scalar:
		allowWindows(e.In, allowed)
	case *plan.Contains:
		subqueries(e.X, allowed)
		allowWindows(e.In, allowed)
	}
}
