package sql

import (
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// pushSummarize groups rows in SQL, or else in Go after SQL has computed what it
// can of the keys and the arguments.
func (s *splitter) pushSummarize(n *plan.Summarize) part {
	in := s.push(n.In)
	if in.rel == nil {
		c := *n
		c.In = in.node
		return part{node: &c, cols: n.Cols}
	}
	if r, ok := s.summarize(n, in.rel); ok {
		return part{rel: r, cols: n.Cols}
	}
	below := &plan.Project{In: n.In}
	out := &plan.Summarize{Cols: n.Cols, By: make([]plan.Expr, len(n.By)), Aggs: make([]plan.Aggregate, len(n.Aggs))}
	add := func(e plan.Expr) plan.Expr {
		if k, ok := e.(*plan.Const); ok {
			return k // aggregates look at constants before there are rows
		}
		col := plan.Column{Name: fmt.Sprintf("expression %d", len(below.Cols)), Type: e.Type()}
		below.Cols, below.Exprs = append(below.Cols, col), append(below.Exprs, e)
		return &plan.Col{Index: len(below.Cols) - 1, Of: col}
	}
	addAll := func(es []plan.Expr) []plan.Expr {
		list := make([]plan.Expr, len(es))
		for i, e := range es {
			list[i] = add(e)
		}
		return list
	}
	copy(out.By, addAll(n.By))
	for i, a := range n.Aggs {
		a.Args, a.Tie = addAll(a.Args), addAll(a.Tie)
		out.Aggs[i] = a
	}
	out.In = s.local(s.projected(below, in))
	return part{node: out, cols: n.Cols}
}

// summarize groups rows: the keys and the arguments are computed in a
// subquery, so that the aggregates read plain names.
func (w *writer) summarize(n *plan.Summarize, in *relation) (*relation, bool) {
	inner := w.unlimited(in)
	ordered := inner.order != nil
	base := *inner
	base.cols, base.order, base.sorted, base.latest = nil, nil, false, false
	at := map[string]int{}
	add := func(e plan.Expr) (int, bool) {
		c, ok := w.compile(e, inner.cols)
		if !ok {
			return 0, false
		}
		i, seen := at[c.sql]
		if !seen {
			i = len(base.cols)
			at[c.sql] = i
			base.cols = append(base.cols, c)
		}
		return i, true
	}
	by := make([]int, len(n.By))
	for i, e := range n.By {
		var ok bool
		if by[i], ok = add(e); !ok || !groupable(base.cols[by[i]].typ) {
			return nil, false
		}
	}
	calls := make([]*aggregate, len(n.Aggs))
	for i := range n.Aggs {
		a, ok := w.gather(&n.Aggs[i], ordered, add)
		if !ok {
			return nil, false
		}
		calls[i] = a
	}
	inner = w.seal(&base)
	out := &relation{from: inner.from, limit: -1, with: inner.with}
	names := make([]string, len(by))
	for i, j := range by {
		c := inner.cols[j]
		names[i] = c.sql
		if c.stored != "" {
			names[i] = c.stored
		}
		out.cols = append(out.cols, c)
	}
	for _, a := range calls {
		for _, j := range a.at {
			a.args = append(a.args, inner.cols[j])
		}
		for _, j := range a.tieAt {
			a.tie = append(a.tie, inner.cols[j])
		}
		a.grouped = len(by) > 0
	}
	joinPeers(calls)
	for _, a := range calls {
		e, ok := aggregates[a.of.Fn.Name](w, a)
		if !ok {
			return nil, false
		}
		e.typ = a.of.Type
		out.cols = append(out.cols, e)
	}
	return w.grouped(out, names)
}

// grouped closes the SELECT of the groups.
func (w *writer) grouped(r *relation, names []string) (*relation, bool) {
	if len(names) > 0 {
		r.from += " GROUP BY " + strings.Join(names, ", ")
	}
	return w.seal(r), true
}

// groupable reports whether engines group values of t as the language does.
func groupable(t value.Type) bool {
	return t == value.TypeString || t == value.TypeBool || integral(t)
}

// aggregate is one aggregate with what it reads.
type aggregate struct {
	of        *plan.Aggregate
	at, tieAt []int // of the arguments and the ties in the subquery
	args, tie []expr
	// peers are what all aggregates of the same kind, key and tie return.
	peers   []expr
	ordered bool // the rows come in an order that the result may depend on
	grouped bool // there are keys, so that no group is empty
}

func (w *writer) gather(of *plan.Aggregate, ordered bool, add func(plan.Expr) (int, bool)) (*aggregate, bool) {
	if _, ok := aggregates[of.Fn.Name]; !ok || !pushable(of.Type) {
		return nil, false
	}
	a := &aggregate{of: of, ordered: ordered}
	for _, e := range of.Args {
		i, ok := add(e)
		if !ok {
			return nil, false
		}
		a.at = append(a.at, i)
	}
	if !choosing[of.Fn.Name] {
		return a, true
	}
	for _, e := range of.Tie {
		i, ok := add(e)
		if !ok {
			return nil, false
		}
		a.tieAt = append(a.tieAt, i)
	}
	return a, true
}

// joinPeers tells the aggregates that choose a row by the same key what the
// others return.
func joinPeers(calls []*aggregate) {
	peers := map[string][]expr{}
	key := func(a *aggregate) string {
		return fmt.Sprint(a.of.Fn.Name, a.at[:len(a.at)-1], a.tieAt)
	}
	chooses := func(a *aggregate) bool {
		return choosing[a.of.Fn.Name] && len(a.args) == 2
	}
	for _, a := range calls {
		if chooses(a) {
			peers[key(a)] = append(peers[key(a)], a.args[1])
		}
	}
	for _, a := range calls {
		if chooses(a) {
			a.peers = peers[key(a)]
		}
	}
}
