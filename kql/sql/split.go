package sql

import (
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
)

// Split writes the largest subtrees of node that dialect d answers exactly as
// the language defines as statements. In rest each is a plan.Remote whose ID
// is the statement's index; what remains around them is for package run.
//
// Expressions that hold a plan.Scalar stay in rest: whoever wants them pushed
// replaces the Scalar by its value first.
func Split(node plan.Node, d Dialect) (rest plan.Node, stmts []*Statement) {
	s := &splitter{writer: &writer{d: d}, shared: map[string]*relation{}}
	p := s.push(Prepare(node))
	return s.local(p), s.stmts
}

// splitter splits one plan.
type splitter struct {
	*writer
	stmts []*Statement
	// shared holds the common table that a Let in sight became.
	shared map[string]*relation
}

// part is a split subtree: rel while everything in it has SQL, else node.
type part struct {
	rel  *relation
	node plan.Node     // with Remotes below it; nil while rel is set
	cols []plan.Column // the output
}

// push splits a subtree.
func (s *splitter) push(n plan.Node) part {
	cols := n.Columns()
	done := func(r *relation, ok bool) (part, bool) { return part{rel: r, cols: cols}, ok && r != nil }
	switch n := n.(type) {
	case *plan.Scan:
		if p, ok := done(s.scan(n)); ok {
			return p
		}
		return part{node: n, cols: cols}
	case *plan.Values:
		if p, ok := done(s.values(n)); ok {
			return p
		}
		return part{node: n, cols: cols}
	case *plan.Range:
		if p, ok := done(s.rangeOf(n)); ok {
			return p
		}
		return part{node: n, cols: cols}
	case *plan.Where:
		return s.pushWhere(n)
	case *plan.Project:
		return s.pushProject(n)
	case *plan.Summarize:
		return s.pushSummarize(n)
	case *plan.Sort:
		in := s.push(n.In)
		if in.rel != nil {
			if p, ok := done(s.sort(n, in.rel)); ok {
				return p
			}
		}
		return part{node: &plan.Sort{In: s.local(in), Keys: n.Keys, Tie: n.Tie}, cols: cols}
	case *plan.Take:
		in := s.push(n.In)
		if in.rel != nil {
			if p, ok := done(s.take(n, in.rel)); ok {
				return p
			}
		}
		by := n.By
		if sortedBelow(n.In) {
			by = nil // what is sorted may be in a statement now
		}
		return part{node: &plan.Take{In: s.local(in), N: n.N, By: by}, cols: cols}
	case *plan.Join:
		left, right := s.push(n.Left), s.push(n.Right)
		if left.rel != nil && right.rel != nil {
			if p, ok := done(s.join(n, left.rel, right.rel)); ok {
				return p
			}
		}
		c := *n
		c.Left, c.Right = s.local(left), s.local(right)
		return part{node: &c, cols: cols}
	case *plan.Union:
		return s.pushUnion(n)
	case *plan.MvExpand:
		c := *n
		c.In = s.local(s.push(n.In))
		return part{node: &c, cols: cols}
	case *plan.Let:
		return s.pushLet(n)
	case *plan.Shared:
		if r := s.shared[n.Name]; r != nil {
			c := *r
			return part{rel: &c, cols: cols}
		}
		return part{node: n, cols: cols}
	case *plan.Render:
		return part{node: &plan.Render{In: s.local(s.push(n.In)), Kind: n.Kind, Properties: n.Properties}, cols: cols}
	}
	return part{node: n, cols: cols}
}

// sortedBelow reports whether the rows of n come in the order of a Sort.
func sortedBelow(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Sort:
		return true
	case *plan.Where:
		return sortedBelow(n.In)
	case *plan.Project:
		return sortedBelow(n.In)
	case *plan.Take:
		return sortedBelow(n.In)
	case *plan.MvExpand:
		return sortedBelow(n.In)
	case *plan.Render:
		return sortedBelow(n.In)
	}
	return false
}

// local returns the part as a node, ending its statement if it is one.
func (s *splitter) local(p part) plan.Node {
	if p.rel == nil {
		return p.node
	}
	out, exprs := s.outward(p)
	id := len(s.stmts)
	s.stmts = append(s.stmts, s.finish(out.rel, out.cols))
	remote := &plan.Remote{ID: id, Cols: out.cols}
	if exprs == nil {
		return remote
	}
	return &plan.Project{In: remote, Cols: p.cols, Exprs: exprs}
}

// finish writes the statement of a relation.
func (w *writer) finish(r *relation, cols []plan.Column) *Statement {
	var b strings.Builder
	for i, c := range r.with {
		if i == 0 {
			b.WriteString("WITH ")
		} else {
			b.WriteString(", ")
		}
		b.WriteString(c.name + w.pick(" AS MATERIALIZED (", " AS (") + c.text + ")")
	}
	if len(r.with) > 0 {
		b.WriteString(" ")
	}
	w.body(&b, r)
	if n := r.newest(); n > 0 {
		r.scan.Newest = n
	}
	if w.d == ClickHouse {
		b.WriteString(settingsClause(ClickHouseSettings()))
	}
	st := &Statement{Cols: cols}
	st.Text = w.number(b.String(), st)
	return st
}

// newest returns how many rows r wants when it wants the latest ones of a scan,
// else 0.
func (r *relation) newest() int64 {
	if r.limit > 0 && r.latest && r.scan != nil {
		return r.limit
	}
	return 0
}

// body writes the SELECT of a relation, in its order.
func (w *writer) body(b *strings.Builder, r *relation) {
	if r.limit >= 0 && r.limitBy != nil && len(r.order) > 0 {
		r = w.seal(r) // limited by one order, returned in another
	}
	r = w.narrow(r)
	b.WriteString("SELECT ")
	for i, c := range r.cols {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.sql + " AS " + w.name("c"))
	}
	if len(r.cols) == 0 {
		b.WriteString("1 AS " + w.name("c"))
	}
	w.tail(b, r, true)
}

// number turns the marks of scans in text into the placeholders of one
// statement, in the order of the text.
func (w *writer) number(text string, st *Statement) string {
	parts := strings.Split(text, "\x00")
	seen := map[string]int{}
	for i := 1; i < len(parts); i += 2 {
		n, ok := seen[parts[i]]
		if !ok {
			n = len(st.Scans)
			seen[parts[i]] = n
			at, err := strconv.Atoi(parts[i])
			if err == nil && at < len(w.scans) {
				st.Scans = append(st.Scans, *w.scans[at])
			}
		}
		parts[i] = "{{scan " + strconv.Itoa(n) + "}}"
	}
	return strings.Join(parts, "")
}
