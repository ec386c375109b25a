package sigma

import (
	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/expr"
)

// keywords compiles the values of a field without a name: texts that stand
// anywhere in the event.
func (c *compiler) keywords(key *yaml.Node, values []*yaml.Node, m *match) expr.Node {
	if m.kind != matchText {
		c.d.unsupportedAt(pos(key), "keywords", "name the field", "they are text, which the modifiers here are not for")
		return nil
	}
	for _, ch := range m.changes {
		if ch.name == "startswith" || ch.name == "endswith" {
			c.d.errorAt(pos(key), "modifier "+ch.name, "name the field", "a keyword stands anywhere in the event")
			return nil
		}
	}
	return c.link(key, m, values, func(v *yaml.Node) expr.Node { return c.keyword(v, m) })
}

// keyword compiles one text that stands anywhere in the event.
func (c *compiler) keyword(v *yaml.Node, m *match) expr.Node {
	if isNull(v) {
		c.d.errorAt(pos(v), "keywords", "name the field", "null is no keyword")
		return nil
	}
	patterns := c.patterns(m, v)
	if patterns == nil || !c.count(pos(v), len(patterns)) {
		return nil
	}
	var xs []expr.Node
	for _, p := range patterns {
		for len(p) > 0 && p[0].kind == anyRun {
			p = p[1:]
		}
		for len(p) > 0 && p[len(p)-1].kind == anyRun {
			p = p[:len(p)-1]
		}
		if len(p) == 0 {
			c.d.errorAt(pos(v), "keywords", "", "%s stands in every event", describe(v))
			return nil
		}
		xs = append(xs, &expr.Pred{At: pos(v), Op: expr.OpKeyword, Text: p.glob(), Fold: !m.cased})
	}
	return flatOr(pos(v), xs)
}
