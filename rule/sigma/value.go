package sigma

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// value compiles the test of one field against one value; nil after a problem.
func (c *compiler) value(field event.Ref, name string, m *match, v *yaml.Node) expr.Node {
	pred := &expr.Pred{At: pos(v), Field: field, Name: name}
	var err error
	feature := "value"
	switch m.kind {
	case matchText:
		return c.text(field, name, m, v)
	case matchRegex:
		feature = "regular expression"
		pred.Op = expr.OpRegex
		pred.Text, err = compileRegex(v.Value, m.flags)
	case matchCIDR:
		feature = "modifier cidr"
		pred.Op = expr.OpCIDR
		pred.Text, err = compileCIDR(v.Value)
	case matchExists:
		feature = "modifier exists"
		pred.Op = expr.OpExists
		switch scalarText(v) {
		case "true":
		case "false":
			return c.counted(&expr.Not{At: pos(v), X: pred})
		default:
			err = fmt.Errorf("%s is neither true nor false", describe(v))
		}
	case matchNumber:
		feature = "number"
		pred.Op, pred.Part = m.op, m.part
		pred.Text, err = compileNumber(field, m.part, scalarText(v))
	case matchFieldRef:
		feature = "modifier fieldref"
		other, ok := c.resolve(v.Value)
		if !ok {
			c.d.unsupportedAt(pos(v), "field "+v.Value, c.d.fieldAdvice(v.Value), "no field of %s has this name", c.source)
			return nil
		}
		pred.Op, pred.Other, pred.Text, pred.Fold = m.refOp, other, v.Value, !m.cased
	}
	if err != nil {
		c.d.fault(pos(v), feature, "", err)
		return nil
	}
	return c.counted(pred)
}

func (c *compiler) counted(n expr.Node) expr.Node {
	if !c.count(n.Pos(), 1) {
		return nil
	}
	return n
}

// text compiles a test of text: null, or a pattern and what modifiers make of
// it.
func (c *compiler) text(field event.Ref, name string, m *match, v *yaml.Node) expr.Node {
	if isNull(v) {
		if len(m.changes) > 0 || m.expand || m.cased {
			c.d.errorAt(pos(v), "null", "", "modifiers of text do not apply to it")
			return nil
		}
		return c.counted(&expr.Pred{At: pos(v), Field: field, Name: name, Op: expr.OpNull})
	}
	patterns := c.patterns(m, v)
	if patterns == nil || !c.count(pos(v), len(patterns)) {
		return nil
	}
	var xs []expr.Node
	for _, p := range patterns {
		xs = append(xs, p.test(pos(v), field, name, !m.cased))
	}
	return flatOr(pos(v), xs)
}

// patterns returns what a value stands for once all modifiers were applied;
// nil after a problem.
func (c *compiler) patterns(m *match, v *yaml.Node) []pattern {
	text := scalarText(v)
	out := []pattern{parsePattern(text)}
	if m.expand {
		var err error
		if out, err = expandPattern(text, c.d.opts.Placeholders); err != nil {
			c.d.fault(pos(v), "modifier expand", "", err)
			return nil
		}
	}
	for _, change := range m.changes {
		var next []pattern
		for _, p := range out {
			changed, err := change.apply(p)
			if err != nil {
				c.d.fault(pos(v), "modifier "+change.name, "", err)
				return nil
			}
			next = append(next, changed...)
		}
		if len(next) > maxTree {
			c.d.errorAt(pos(v), "modifier "+change.name, "", "one value becomes more than %d", maxTree)
			return nil
		}
		out = next
	}
	return out
}

// compileCIDR returns the canonical form of an address block or an address.
func compileCIDR(text string) (string, error) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked().String(), nil
	}
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		return netip.PrefixFrom(a, a.BitLen()).String(), nil
	}
	return "", fmt.Errorf("%q is no block of addresses such as 10.0.0.0/8 or fd00::/8", text)
}

// partRange are the values that the parts of a time can have.
var partRange = map[expr.TimePart][2]float64{
	expr.PartMinute: {0, 59}, expr.PartHour: {0, 23}, expr.PartDay: {1, 31}, expr.PartWeek: {1, 53}, expr.PartMonth: {1, 12},
}

// compileNumber checks a number that a field, or a part of the time in it, is
// compared with.
func compileNumber(field event.Ref, part expr.TimePart, text string) (string, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) || strings.ContainsAny(text, "xXpP_") {
		return "", fmt.Errorf("%q is no number", text)
	}
	if part == expr.PartNone {
		return text, nil
	}
	if f := event.Lookup(field.Field); f != nil && f.Type != event.TypeTime {
		return "", fmt.Errorf("%s is no time", f.Name)
	}
	if n != math.Trunc(n) {
		return "", fmt.Errorf("a part of a time is a whole number, not %s", text)
	}
	if r, ok := partRange[part]; ok && (n < r[0] || n > r[1]) {
		return "", fmt.Errorf("%s is not between %g and %g", text, r[0], r[1])
	}
	return text, nil
}
