package falco

import (
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// lower returns a condition as a tree over the fields of one table, what is
// certain there folded, and how many checks it has when written out. It is
// called on what was checked before.
func (c *conditions) lower(n node, class event.Class) (expr.Node, int) {
	switch n := n.(type) {
	case *group:
		var x []expr.Node
		total := 0
		for _, part := range n.x {
			tree, size := c.lower(part, class)
			x = append(x, tree)
			if total += size; total > maxTree {
				break
			}
		}
		return fold(n.and, x), total
	case *negation:
		tree, size := c.lower(n.x, class)
		return not(tree), size
	case *macroRef:
		m := c.macros[n.name]
		key := lowerKey{m, class}
		tree, ok := c.lowered[key]
		if !ok {
			was := c.text
			c.text = m.cond
			tree, _ = c.lower(m.body, class)
			c.text, c.lowered[key] = was, tree
		}
		return tree, c.sizeOf(tree)
	case *check:
		tree := c.lowerCheck(n, class)
		return tree, size(tree, maxTree)
	}
	return &expr.Const{}, 0
}

// sizeOf returns the size of a macro's tree, computed once.
func (c *conditions) sizeOf(n expr.Node) int {
	if s, ok := c.sizes[n]; ok {
		return s
	}
	s := size(n, maxTree)
	c.sizes[n] = s
	return s
}

// size counts predicates, up to a little more than most.
func size(n expr.Node, most int) int {
	total := 0
	switch n := n.(type) {
	case *expr.And:
		for _, x := range n.X {
			if total += size(x, most-total); total > most {
				break
			}
		}
	case *expr.Or:
		for _, x := range n.X {
			if total += size(x, most-total); total > most {
				break
			}
		}
	case *expr.Not:
		return size(n.X, most)
	case *expr.Pred:
		return 1
	}
	return total
}

// fold joins trees by and, or by or; what is certain is folded.
func fold(and bool, x []expr.Node) expr.Node {
	var rest []expr.Node
	for _, n := range x {
		k, isConst := n.(*expr.Const)
		switch {
		case !isConst:
			rest = append(rest, parts(and, n)...)
		case k.Value != and:
			return k
		}
	}
	switch {
	case len(rest) == 0:
		return &expr.Const{Value: and}
	case len(rest) == 1:
		return rest[0]
	case and:
		return &expr.And{At: rest[0].Pos(), X: rest}
	}
	return &expr.Or{At: rest[0].Pos(), X: rest}
}

// parts returns the parts of a tree that is joined in the same way, or the
// tree.
func parts(and bool, n expr.Node) []expr.Node {
	switch n := n.(type) {
	case *expr.And:
		if and {
			return n.X
		}
	case *expr.Or:
		if !and {
			return n.X
		}
	}
	return []expr.Node{n}
}

func both(x ...expr.Node) expr.Node   { return fold(true, x) }
func either(x ...expr.Node) expr.Node { return fold(false, x) }

func not(n expr.Node) expr.Node {
	switch n := n.(type) {
	case *expr.Const:
		return &expr.Const{At: n.At, Value: !n.Value}
	case *expr.Not:
		return n.X
	}
	return &expr.Not{At: n.Pos(), X: n}
}

// subject is what a check tests, in one table.
type subject struct {
	at   expr.Pos
	name string
	ref  event.Ref
	term *expr.Term
}

func (s subject) pred(op expr.Op, text string, foldCase bool) *expr.Pred {
	return &expr.Pred{At: s.at, Name: s.name, Field: s.ref, Term: s.term, Op: op, Text: text, Fold: foldCase}
}

// present holds where there is some value.
func (s subject) present() expr.Node { return s.pred(expr.OpExists, "", false) }

// lowerCheck returns one check as a tree.
func (c *conditions) lowerCheck(n *check, class event.Class) expr.Node {
	at := c.pos(n.at)
	values := c.expand(n.values)
	if n.left.transform != "" || n.right != nil {
		return c.lowerTerms(n, values, class, at)
	}
	r, known := findRow(c.source, n.left.field)
	if known != fieldKnown {
		return &expr.Const{At: at} // told by check
	}
	name := n.left.name()
	switch r.kind {
	case kindFixed:
		return &expr.Const{At: at, Value: holds(r.kind, n.op, r.fixed, values)}
	case kindType:
		return c.eventType(subject{at: at, name: name}, n.op, values, class)
	}
	m := r.in(class, n.left)
	if len(m.places) == 0 {
		return &expr.Const{At: at, Value: r.absent != "" && holds(r.kind, n.op, r.absent, values)}
	}
	var some []expr.Node
	for _, p := range m.places {
		tree := m.test(subject{at: at, name: name, ref: p.ref, term: c.shared(p.term)}, n.op, values)
		if p.when != nil {
			tree = both(p.when, tree)
		}
		some = append(some, tree)
	}
	return either(some...)
}

// name returns the operand as it is written.
func (o *operand) name() string {
	if o.hasArg {
		return o.field + "[" + o.arg + "]"
	}
	return o.field
}

// pos is the place of an offset in the text that is read; unknown for what
// stands in a macro or an exception.
func (c *conditions) pos(offset int) expr.Pos {
	if offset < 0 || len(c.text.parts) == 0 || c.text.all != c.item.cond.all {
		return expr.Pos{}
	}
	p := c.text.place(offset)
	if p.file != c.item.place.file {
		return expr.Pos{}
	}
	return p.at
}

// test is the comparison of one place, with what holds where it is absent.
func (m meaning) test(s subject, op operator, values []string) expr.Node {
	var tree expr.Node
	switch {
	case s.ref.Field == event.AuditStage.ID():
		tree = stageTest(s, op, values)
	case m.list:
		tree = listTest(s, op, values)
	default:
		tree = compare(s, m.kind, op, m.translate(values))
	}
	if m.absent != "" && holds(m.kind, op, m.absent, values) {
		return either(tree, not(s.present()))
	}
	return tree
}
