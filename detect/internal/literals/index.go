package literals

import "strings"

// Kind is how a text is compared with a literal.
type Kind uint8

// The kinds.
const (
	Equal Kind = iota
	Prefix
	Suffix
	Contains
)

// Literal is one of the texts to find.
type Literal struct {
	Kind Kind
	Text string
	// ID is what Find reports. IDs are small: memory is kept for a bit for
	// each up to the highest.
	ID int32
}

// Index holds literals. It never changes and may be used by any number of
// goroutines.
type Index struct {
	always []int32 // of empty literals, which every text starts with
	equal  table
	prefix affixes
	suffix affixes
	bytes  []oneByte
	pairs  *grams // of literals of two and three bytes
	quads  *grams // of longer ones
}

// oneByte is a literal of one byte to be contained.
type oneByte struct {
	c  byte
	id int32
}

// New makes an Index. No two literals have the same kind and text.
func New(literals []Literal) *Index {
	x := &Index{}
	var equal, prefix, suffix, pairs, quads []Literal
	for _, l := range literals {
		switch n := len(l.Text); {
		case l.Kind == Equal:
			equal = append(equal, l)
		case n == 0:
			x.always = append(x.always, l.ID)
		case l.Kind == Prefix:
			prefix = append(prefix, l)
		case l.Kind == Suffix:
			suffix = append(suffix, l)
		case n == 1:
			x.bytes = append(x.bytes, oneByte{l.Text[0], l.ID})
		case n < 4:
			pairs = append(pairs, l)
		default:
			quads = append(quads, l)
		}
	}
	x.equal = newTable(equal)
	x.prefix = newAffixes(prefix, func(s string) byte { return s[0] })
	x.suffix = newAffixes(suffix, func(s string) byte { return s[len(s)-1] })
	x.pairs = newGrams(pairs, 2)
	x.quads = newGrams(quads, 4)
	return x
}

// Find adds to f every literal that text compares with as its kind says. It
// takes time in proportion to the length of text, however many literals there
// are, unless text was made of many literals' parts.
func (x *Index) Find(text string, f *Found) {
	for _, id := range x.always {
		f.Add(id)
	}
	if len(x.equal.slots) > 0 {
		if id := x.equal.find(text); id >= 0 {
			f.Add(id)
		}
	}
	if text == "" {
		return
	}
	x.prefixes(text, f)
	x.suffixes(text, f)
	for _, b := range x.bytes {
		if strings.IndexByte(text, b.c) >= 0 {
			f.Add(b.id)
		}
	}
	if x.pairs != nil {
		x.pairs.findPairs(text, f)
	}
	if x.quads != nil {
		x.quads.findQuads(text, f)
	}
}
