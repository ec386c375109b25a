package sigma

import (
	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// compileRule compiles a detection.
func (d *document) compileRule() {
	d.readHeader()
	d.checkUsable()
	r := d.rule
	l, src, at := d.readLogSource()
	r.LogSource, r.Table, r.Vocabulary = l, src.table, src.vocabulary
	if src.table == event.ClassNone && !d.opts.Generic && !d.failed() {
		d.unsupportedAt(at, "log source", "", "log source %s: no table of Lynceus holds it", l)
	}
	_, detection := member(d.root, "detection")
	if detection.Kind != yaml.MappingNode {
		d.errorAt(pos(detection), "detection", "", "it must be a map, not %s", describe(detection))
		return
	}
	if key, _ := member(detection, "timeframe"); key != nil {
		d.unsupportedAt(pos(key), "timeframe", "write a correlation document", "it belongs to aggregations, which were removed from Sigma")
	}
	c := &compiler{d: d, resolve: r.Resolve, source: names(r)}
	d.selections = c.compileSelections(detection, "condition", "timeframe")
	r.Selections = d.selections.nodes
	_, condition := member(detection, "condition")
	r.Expr = src.narrow(at, d.condition(detection, condition, d.selections))
}

// condition compiles the condition of a detection or filter: text, or a list
// of texts of which any may hold. It is nil after a problem.
func (d *document) condition(parent, v *yaml.Node, s *selections) expr.Node {
	if v == nil || isNull(v) {
		d.errorAt(pos(parent), "condition", "", "it is missing")
		return nil
	}
	if v.Kind == yaml.SequenceNode && len(v.Content) == 0 {
		d.errorAt(pos(v), "condition", "", "an empty list matches nothing")
		return nil
	}
	var xs []expr.Node
	for _, item := range items(v) {
		if item.Kind != yaml.ScalarNode {
			d.errorAt(pos(item), "condition", "", "it must be text, not %s", describe(item))
			continue
		}
		if x := d.conditionText(item, item.Value, s); x != nil {
			xs = append(xs, x)
		}
	}
	if len(xs) != len(items(v)) {
		return nil
	}
	return flatOr(pos(v), xs)
}

// conditionText compiles one condition that stands in node at.
func (d *document) conditionText(at *yaml.Node, text string, s *selections) expr.Node {
	size := 0
	leaf := func(name string, _ int) expr.Node {
		n := s.nodes[name]
		if n == nil || size > maxTree {
			return nil
		}
		if size += treeSize(n); size > maxTree {
			d.errorAt(pos(at), "condition", "", "written out it has more than %d predicates", maxTree)
			return nil
		}
		return n
	}
	n, err := parseCondition(text, s.names, leaf, func(offset int) expr.Pos { return inside(at, offset) })
	if err != nil {
		d.fault(inside(at, err.offset), "condition", err.advice, err.err)
		return nil
	}
	return n
}

// treeSize counts the nodes of a tree.
func treeSize(n expr.Node) int {
	size := 1
	switch n := n.(type) {
	case *expr.And:
		for _, x := range n.X {
			size += treeSize(x)
		}
	case *expr.Or:
		for _, x := range n.X {
			size += treeSize(x)
		}
	case *expr.Not:
		size += treeSize(n.X)
	}
	return size
}
