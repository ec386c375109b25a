package expr

import (
	"regexp/syntax"
	"unicode/utf8"
)

// ShapeKind is how a predicate compares a text with a literal.
type ShapeKind uint8

// The kinds. For all but ShapeOther a text satisfies the predicate exactly
// when it compares so with Shape.Text.
const (
	ShapeOther ShapeKind = iota
	ShapeEqual
	ShapePrefix
	ShapeSuffix
	ShapeContains
)

// Shape is what a text must look like to satisfy a predicate.
type Shape struct {
	Kind ShapeKind
	// Text is the literal; Fold says that it is folded and compared with the
	// fold of the text.
	Text string
	Fold bool
	// Required, of ShapeOther, are texts that the fold of the text must
	// contain: of each list at least one. None means that nothing is known.
	Required [][]string
}

// Shape returns what texts (not numbers or times) satisfy p. It is meant for
// finding the few predicates of many that a text may satisfy.
func (p *Pred) Shape() Shape {
	if p.Part != PartNone {
		return Shape{}
	}
	text := foldIf(p.Fold, p.Text)
	switch p.Op {
	case OpEq:
		return Shape{Kind: ShapeEqual, Text: text, Fold: p.Fold}
	case OpPrefix:
		return Shape{Kind: ShapePrefix, Text: text, Fold: p.Fold}
	case OpSuffix:
		return Shape{Kind: ShapeSuffix, Text: text, Fold: p.Fold}
	case OpContains:
		return Shape{Kind: ShapeContains, Text: text, Fold: p.Fold}
	case OpGlob:
		return globShape(p)
	case OpRegex:
		if re, err := syntax.Parse(p.Text, syntax.Perl); err == nil {
			return Shape{Required: requiredTexts(re)}
		}
	}
	return Shape{}
}

// globShape finds the patterns that are equality, prefix, suffix or
// containment, and what other ones require.
func globShape(p *Pred) Shape {
	g := parseGlob(p.Text)
	if p.Fold {
		g.each(fold)
	}
	s := Shape{Fold: p.Fold}
	if len(g.parts) <= 3 && g.plain() {
		first, last := g.parts[0].texts[0], g.parts[len(g.parts)-1].texts[0]
		switch {
		case len(g.parts) == 1:
			s.Kind, s.Text = ShapeEqual, first
		case len(g.parts) == 2 && last == "":
			s.Kind, s.Text = ShapePrefix, first
		case len(g.parts) == 2 && first == "":
			s.Kind, s.Text = ShapeSuffix, last
		case len(g.parts) == 3 && first == "" && last == "":
			s.Kind, s.Text = ShapeContains, g.parts[1].texts[0]
		}
	}
	if s.Kind == ShapeOther {
		s.Fold, s.Required = false, g.required()
	}
	return s
}

// plain reports whether g has no question mark.
func (g glob) plain() bool {
	for _, p := range g.parts {
		if len(p.texts) > 1 {
			return false
		}
	}
	return true
}

// required returns the texts of g, folded. Those that are no UTF-8 are left
// out: the fold of a text that contains them need not.
func (g glob) required() [][]string {
	var out [][]string
	for _, p := range g.parts {
		for _, t := range p.texts {
			if t != "" && utf8.ValidString(t) {
				out = append(out, []string{fold(t)})
			}
		}
	}
	return out
}
