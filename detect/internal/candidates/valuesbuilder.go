package candidates

import (
	"strconv"

	"github.com/lynceus-io/lynceus/detect/internal/literals"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// valuesBuilder makes values.
type valuesBuilder struct {
	v             *values
	ids           map[literalKey]int32
	folded, cased []literals.Literal
}

type literalKey struct {
	kind literals.Kind
	fold bool
	text string
}

var literalKinds = [...]literals.Kind{
	expr.ShapeEqual:    literals.Equal,
	expr.ShapePrefix:   literals.Prefix,
	expr.ShapeSuffix:   literals.Suffix,
	expr.ShapeContains: literals.Contains,
}

func (c *columnBuilder) values() *values {
	b := valuesBuilder{v: &values{numbers: map[int64]int32{}}, ids: map[literalKey]int32{}}
	for id := range c.preds {
		if c.tests[id] == nil {
			continue
		}
		if c.field.Type == event.TypeInt {
			b.addNumber(&c.preds[id], tested{int32(id), c.tests[id]})
		} else {
			b.addText(&c.preds[id], tested{int32(id), c.tests[id]})
		}
	}
	if len(b.folded) > 0 {
		b.v.folded = literals.New(b.folded)
	}
	if len(b.cased) > 0 {
		b.v.cased = literals.New(b.cased)
	}
	return b.v
}

func (b *valuesBuilder) addText(p *expr.Pred, t tested) {
	s := p.Shape()
	switch {
	case p.Op == expr.OpCIDR:
		b.v.blocks.add(p.Text, t.id)
	case s.Kind != expr.ShapeOther:
		b.literal(literalKey{literalKinds[s.Kind], s.Fold, s.Text}).exact = t.id
	case len(s.Required) > 0:
		for _, text := range rarestClause(s.Required) {
			u := b.literal(literalKey{literals.Contains, true, text})
			u.maybe = append(u.maybe, t)
		}
	default:
		b.v.rest = append(b.v.rest, t)
	}
}

func (b *valuesBuilder) addNumber(p *expr.Pred, t tested) {
	if n, ok := wholeLiteral(p); ok {
		if _, taken := b.v.numbers[n]; !taken {
			b.v.numbers[n] = t.id
			return
		}
	}
	b.v.rest = append(b.v.rest, t)
}

// literal returns what finding a literal means, to be added to.
func (b *valuesBuilder) literal(k literalKey) *use {
	id, ok := b.ids[k]
	if !ok {
		id = int32(len(b.v.uses))
		b.ids[k] = id
		b.v.uses = append(b.v.uses, use{exact: -1})
		l := literals.Literal{Kind: k.kind, Text: k.text, ID: id}
		if k.fold {
			b.folded = append(b.folded, l)
		} else {
			b.cased = append(b.cased, l)
		}
	}
	return &b.v.uses[id]
}

// rarestClause returns the list whose shortest text is longest.
func rarestClause(clauses [][]string) []string {
	var best []string
	most := -1
	for _, texts := range clauses {
		least := len(texts[0])
		for _, t := range texts {
			least = min(least, len(t))
		}
		if least > most {
			best, most = texts, least
		}
	}
	return best
}

// wholeLiteral returns the whole number that p asks equality with.
func wholeLiteral(p *expr.Pred) (n int64, ok bool) {
	if p.Op != expr.OpEq || p.Part != expr.PartNone {
		return 0, false
	}
	n, err := strconv.ParseInt(p.Text, 10, 64)
	return n, err == nil
}
