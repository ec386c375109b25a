package expr

// eqTest is OpEq.
type eqTest struct {
	text string // folded when fold is set
	fold bool
	as   literal
}

func newEqTest(p *Pred) valueTest {
	return &eqTest{foldIf(p.Fold, p.Text), p.Fold, readLiteral(p.Text)}
}

func (t *eqTest) holds(a *arena, c *cell) bool {
	switch {
	case c.kind == kindNumber && c.isNumber && t.as.isNum:
		return compare(c.number, t.as.number) == 0
	case c.kind == kindTime && t.as.isTime:
		return c.number.i == t.as.ns
	}
	return a.read(c, t.fold) == t.text
}

func foldIf(yes bool, text string) string {
	if yes {
		return fold(text)
	}
	return text
}
