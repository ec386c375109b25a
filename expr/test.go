package expr

import "fmt"

// test is a compiled predicate.
type test interface {
	holds(s *Subject) bool
}

// valueTest is a compiled predicate on one value, never a null.
type valueTest interface {
	holds(a *arena, c *cell) bool
}

// anyValue is a predicate that holds when some value of a column satisfies a
// test.
type anyValue struct {
	col  Column
	test valueTest
}

func (t *anyValue) holds(s *Subject) bool {
	c := s.column(t.col)
	for i := c.from; i < c.to; i++ {
		if v := &s.cells[i]; v.kind != kindNull && t.test.holds(&s.arena, v) {
			return true
		}
	}
	return false
}

// newTest compiles a predicate.
func (b *builder) newTest(p *Pred) (test, error) {
	if p.Op == OpKeyword {
		return newKeyword(p), nil
	}
	col, err := b.operand(p.Field, p.Term)
	if err != nil {
		return nil, err
	}
	switch p.Op {
	case OpExists:
		return exists{col}, nil
	case OpNull:
		return null{col}, nil
	case OpFieldEq, OpFieldPrefix, OpFieldSuffix, OpFieldContains:
		other, err := b.operand(p.Other, p.OtherTerm)
		return &fieldPair{p.Op, col, other, p.Fold}, err
	}
	vt, err := newValueTest(p, b.opts.Lists)
	return &anyValue{col, vt}, err
}

func newValueTest(p *Pred, lists func(string) List) (valueTest, error) {
	if p.Part != PartNone {
		return newPartTest(p)
	}
	switch p.Op {
	case OpEq:
		return newEqTest(p), nil
	case OpContains:
		return &containsTest{foldIf(p.Fold, p.Text), p.Fold}, nil
	case OpPrefix:
		return &prefixTest{foldIf(p.Fold, p.Text), p.Fold}, nil
	case OpSuffix:
		return &suffixTest{foldIf(p.Fold, p.Text), p.Fold}, nil
	case OpGlob:
		return newGlobTest(p), nil
	case OpRegex:
		return newRegexTest(p)
	case OpMismatch:
		t, err := newRegexTest(p)
		return &mismatchTest{t}, err
	case OpCIDR:
		return newCIDRTest(p)
	case OpLt, OpLe, OpGt, OpGe:
		return newOrderTest(p)
	case OpInList:
		return newListTest(p, lists)
	}
	return nil, fmt.Errorf("there is no operator %d", p.Op)
}

// mismatchTest is OpMismatch.
type mismatchTest struct{ regex valueTest }

func (t *mismatchTest) holds(a *arena, c *cell) bool { return !t.regex.holds(a, c) }
