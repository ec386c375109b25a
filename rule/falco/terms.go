package falco

import (
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// functions are Falco's transformers.
var functions = map[string]expr.Fn{
	"tolower": expr.FnLower, "toupper": expr.FnUpper, "b64": expr.FnBase64, "basename": expr.FnBase, "len": expr.FnLength,
	"join": expr.FnJoin, "concat": expr.FnConcat,
}

// pairOps compare two things of one event.
var pairOps = map[operator]expr.Op{
	opEqual: expr.OpFieldEq, opIn: expr.OpFieldEq, opIntersects: expr.OpFieldEq,
	opContains: expr.OpFieldContains, opStartsWith: expr.OpFieldPrefix, opEndsWith: expr.OpFieldSuffix,
	opIContains: expr.OpFieldContains,
}

// term returns an operand as a term over the fields of a table; nil where a
// field of it is never there.
func (c *conditions) term(o *operand, class event.Class) *expr.Term {
	switch {
	case o.transform == "val":
		return c.term(o.args[0], class)
	case o.transform == "" && o.field == "":
		return &expr.Term{Fn: expr.FnText, Text: o.text}
	case o.transform == "":
		r, known := findRow(c.source, o.field)
		if known != fieldKnown {
			return nil
		}
		m := r.in(class, o)
		if len(m.places) == 0 {
			return nil
		}
		if p := m.places[0]; p.term == nil {
			return &expr.Term{Fn: expr.FnField, Ref: p.ref}
		}
		return c.shared(m.places[0].term)
	}
	t := &expr.Term{Fn: functions[o.transform]}
	for _, a := range o.args {
		arg := c.term(a, class)
		if arg == nil {
			return nil
		}
		t.Args = append(t.Args, arg)
	}
	return t
}

// lowerTerms returns a check with functions as a tree.
func (c *conditions) lowerTerms(n *check, values []string, class event.Class, at expr.Pos) expr.Node {
	left := c.term(n.left, class)
	if left == nil {
		return &expr.Const{At: at}
	}
	s := subject{at: at, name: n.left.transform}
	if refs := left.Refs(nil); len(refs) > 0 {
		s.ref = refs[0]
	}
	if left.Fn != expr.FnField {
		s.term = left
	}
	if n.right == nil {
		k := kindText
		if left.Fn == expr.FnLength {
			k = kindNumber
		}
		return compare(s, k, n.op, values)
	}
	right := c.term(n.right, class)
	if right == nil {
		return &expr.Const{At: at}
	}
	p := s.pred(pairOps[n.op], "", n.op == opIContains)
	if right.Fn == expr.FnField {
		p.Other = right.Ref
	} else {
		p.OtherTerm = right
	}
	if n.op != opNotEqual {
		return p
	}
	p.Op = expr.OpFieldEq
	other := subject{at: at, ref: p.Other, term: p.OtherTerm}
	if refs := right.Refs(nil); len(refs) > 0 {
		other.ref = refs[0]
	}
	return both(s.present(), other.present(), not(p))
}

// shared returns the same term for all that print the same, so that a check
// that stands in several rules is one.
func (c *conditions) shared(t *expr.Term) *expr.Term {
	if t == nil {
		return nil
	}
	key := t.String()
	if known := c.loader.terms[key]; known != nil {
		return known
	}
	c.loader.terms[key] = t
	return t
}
