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
	shared        map[string]int // how many predicates require each text
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
	b := valuesBuilder{v: &values{numbers: map[int64]int32{}}, ids: map[literalKey]int32{}, shared: map[string]int{}}
	for i := range c.preds {
		for _, texts := range c.preds[i].Shape().Required {
			for _, t := range texts {
				b.shared[t]++
			}
		}
	}
	for id := range c.preds {
		if c.tests[id] == nil {
			continue
		}
		if c.field.Type == event.TypeInt {
			b.addNumber(&c.preds[id], tested{id: int32(id), test: c.tests[id]})
		} else {
			b.addText(&c.preds[id], tested{id: int32(id), test: c.tests[id]})
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
		b.v.uses[b.literal(literalKey{literalKinds[s.Kind], s.Fold, s.Text})].exact = t.id
	case len(s.Required) > 0:
		b.addRequired(s.Required, t)
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

// literal returns the number of a literal.
func (b *valuesBuilder) literal(k literalKey) int32 {
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
	return id
}

// addRequired makes a predicate be tested on values that contain one text of
// each list: when a text of the rarest list is found, and the others too.
func (b *valuesBuilder) addRequired(clauses [][]string, t tested) {
	rarest := b.rarest(clauses)
	for i, texts := range clauses {
		if i != rarest && len(texts) == 1 {
			t.needs = append(t.needs, b.containing(texts[0]))
		}
	}
	for _, text := range clauses[rarest] {
		u := &b.v.uses[b.containing(text)]
		u.maybe = append(u.maybe, t)
	}
}

// containing returns the literal that is found in values that contain text,
// which is folded, without regard to case.
func (b *valuesBuilder) containing(text string) int32 {
	return b.literal(literalKey{literals.Contains, true, text})
}

// rarest returns the index of the list whose texts are long and required by
// few predicates.
func (b *valuesBuilder) rarest(clauses [][]string) int {
	best, least := 0, 0
	for i, texts := range clauses {
		cost := 0
		for _, t := range texts {
			cost += b.shared[t] << (2 * max(5-len(t), 0)) // a byte less is four times as common
		}
		if i == 0 || cost < least {
			best, least = i, cost
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
