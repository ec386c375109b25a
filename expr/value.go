package expr

import "fmt"

// Value is one value outside an event, to be tested by itself. The zero value
// is the empty text. It is for one goroutine at a time.
type Value struct {
	arena arena
	cell  cell
}

// SetText makes v a text. The text must not change as long as v is used.
func (v *Value) SetText(text string) {
	v.arena.reset()
	v.cell = textCell(text)
}

// SetInt makes v a whole number.
func (v *Value) SetInt(n int64) {
	v.arena.reset()
	v.cell = wholeCell(n)
}

// Text returns v as text, valid until v is set again.
func (v *Value) Text() string { return v.arena.text(&v.cell) }

// Folded returns the fold of that text, valid until v is set again.
func (v *Value) Folded() string { return v.arena.folded(&v.cell) }

// Test is a compiled predicate on one value. It never changes and may be used
// by any number of goroutines.
type Test struct{ test valueTest }

// NewTest compiles what p asks of a value, whatever its field; lists is as in
// [Options]. Operators that look at more than one value have no Test: whether
// there is one, at two fields, or at the whole event.
func NewTest(p *Pred, lists func(string) List) (*Test, error) {
	switch p.Op {
	case OpExists, OpNull, OpFieldEq, OpFieldPrefix, OpFieldSuffix, OpFieldContains, OpKeyword:
		return nil, fmt.Errorf("operator %d does not test one value", p.Op)
	}
	t, err := newValueTest(p, lists)
	return &Test{t}, err
}

// Holds reports whether v satisfies the predicate.
func (t *Test) Holds(v *Value) bool { return t.test.holds(&v.arena, &v.cell) }
