package sigma

import (
	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// selections are the search identifiers of a document, in its order.
type selections struct {
	names []string
	nodes map[string]expr.Node
}

// compiler turns the search identifiers of a document into trees.
type compiler struct {
	d       *document
	resolve func(name string) (event.Ref, bool)
	source  string // whose names resolve knows, for messages
	preds   int    // made so far
}

// compileSelections compiles every member of a detection or filter but those
// in skip. Problems are recorded with the document; what has one is left out.
func (c *compiler) compileSelections(detection *yaml.Node, skip ...string) *selections {
	s := &selections{nodes: map[string]expr.Node{}}
	pairs(detection, func(key, value *yaml.Node) {
		for _, name := range skip {
			if key.Value == name {
				return
			}
		}
		s.names = append(s.names, key.Value)
		if n := c.selection(key, value); n != nil {
			s.nodes[key.Value] = n
		}
	})
	return s
}

// selection compiles one search identifier: a map, a list of maps and
// keywords, or one keyword.
func (c *compiler) selection(key, n *yaml.Node) expr.Node {
	if n.Kind == yaml.MappingNode {
		return c.fields(n)
	}
	or := &expr.Or{At: pos(key)}
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		c.d.errorAt(pos(n), "selection "+key.Value, "", "an empty list matches nothing")
		return nil
	}
	for _, item := range items(n) {
		var x expr.Node
		switch item.Kind {
		case yaml.MappingNode:
			x = c.fields(item)
		case yaml.ScalarNode:
			x = c.keyword(item, &match{})
		default:
			c.d.errorAt(pos(item), "selection "+key.Value, "write one list", "a list inside a list")
		}
		if x == nil {
			return nil
		}
		or.X = append(or.X, x)
	}
	if len(or.X) == 1 {
		return or.X[0]
	}
	return or
}

// fields compiles a map: all of its members must hold.
func (c *compiler) fields(m *yaml.Node) expr.Node {
	and := &expr.And{At: pos(m)}
	if len(m.Content) == 0 {
		c.d.errorAt(pos(m), "detection", "", "an empty map matches everything")
		return nil
	}
	ok := true
	pairs(m, func(key, value *yaml.Node) {
		x := c.item(key, value)
		if x == nil {
			ok = false
			return
		}
		and.X = append(and.X, x)
	})
	switch {
	case !ok:
		return nil
	case len(and.X) == 1:
		return and.X[0]
	}
	return and
}

// item compiles one member of a map: a field with modifiers, and its value or
// values.
func (c *compiler) item(key, value *yaml.Node) expr.Node {
	name, mods := splitKey(key.Value)
	m, err := compileModifiers(mods)
	if err != nil {
		c.d.errorAt(inside(key, err.at.offset), "modifier", err.advice, "%s", err.reason)
		return nil
	}
	values := items(value)
	switch {
	case value.Kind == yaml.MappingNode:
		c.d.errorAt(pos(value), "field "+name, "a field has a value or a list of values", "a map is no value")
		return nil
	case len(values) == 0:
		c.d.errorAt(pos(value), "field "+name, "", "an empty list matches nothing")
		return nil
	case m.all && value.Kind != yaml.SequenceNode:
		c.d.errorAt(pos(key), "modifier all", "leave it out", "it needs a list of values")
		return nil
	case m.kind == matchExists && value.Kind == yaml.SequenceNode:
		c.d.errorAt(pos(value), "modifier exists", "write true or false", "a list is no value of it")
		return nil
	}
	if name == "" {
		return c.keywords(key, values, m)
	}
	field, ok := c.resolve(name)
	if !ok {
		c.d.unsupportedAt(pos(key), "field "+name, c.d.fieldAdvice(name), "no field of %s has this name", c.source)
		return nil
	}
	return c.link(key, m, values, func(v *yaml.Node) expr.Node {
		if isNull(v) && len(values) > 1 {
			c.d.errorAt(pos(v), "null", "test for null in a selection of its own", "it cannot be one of several values")
			return nil
		}
		return c.value(field, name, m, v)
	})
}

// fieldAdvice says what to do about a field that nobody knows.
func (d *document) fieldAdvice(name string) string {
	if len(d.unsupported) > maxProblems || len(d.errs) > maxProblems {
		return ""
	}
	var names []string
	for _, f := range event.Fields() {
		names = append(names, f.Name)
	}
	if a := rule.DidYouMean(name, names); a != "" {
		return a
	}
	return "lynceus fields lists the names; raw.PATH reads any member of the source's document"
}

// link joins the trees of all values: any of them, or every one with the
// modifier all; the contrary with neq.
func (c *compiler) link(key *yaml.Node, m *match, values []*yaml.Node, compile func(*yaml.Node) expr.Node) expr.Node {
	var xs []expr.Node
	for _, v := range values {
		if v.Kind != yaml.ScalarNode {
			c.d.errorAt(pos(v), "value", "", "%s is no value", describe(v))
			return nil
		}
		x := compile(v)
		if x == nil {
			return nil
		}
		xs = append(xs, x)
	}
	var n expr.Node
	switch {
	case len(xs) == 1:
		n = xs[0]
	case m.all:
		n = &expr.And{At: pos(key), X: xs}
	default:
		n = flatOr(pos(key), xs)
	}
	if m.neq {
		n = &expr.Not{At: pos(key), X: n}
	}
	return n
}

// flatOr joins trees by or; those that are such themselves give their parts.
func flatOr(at expr.Pos, xs []expr.Node) expr.Node {
	or := &expr.Or{At: at}
	for _, x := range xs {
		if inner, ok := x.(*expr.Or); ok {
			or.X = append(or.X, inner.X...)
			continue
		}
		or.X = append(or.X, x)
	}
	if len(or.X) == 1 {
		return or.X[0]
	}
	return or
}

// count reports whether n more predicates fit the document's bound.
func (c *compiler) count(at expr.Pos, n int) bool {
	before := c.preds
	c.preds += n
	if c.preds <= maxTree {
		return true
	}
	if before <= maxTree {
		c.d.errorAt(at, "detection", "", "more than %d predicates", maxTree)
	}
	return false
}
