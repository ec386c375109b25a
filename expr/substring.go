package expr

import "strings"

// containsTest is OpContains.
type containsTest struct {
	text string
	fold bool
}

func (t *containsTest) holds(a *arena, c *cell) bool {
	return strings.Contains(a.read(c, t.fold), t.text)
}

// prefixTest is OpPrefix.
type prefixTest struct {
	text string
	fold bool
}

func (t *prefixTest) holds(a *arena, c *cell) bool {
	return strings.HasPrefix(a.read(c, t.fold), t.text)
}

// suffixTest is OpSuffix.
type suffixTest struct {
	text string
	fold bool
}

func (t *suffixTest) holds(a *arena, c *cell) bool {
	return strings.HasSuffix(a.read(c, t.fold), t.text)
}

// globTest is OpGlob.
type globTest struct {
	glob glob
	fold bool
}

func newGlobTest(p *Pred) valueTest {
	g := parseGlob(p.Text)
	if p.Fold {
		g.each(fold)
	}
	return &globTest{g, p.Fold}
}

func (t *globTest) holds(a *arena, c *cell) bool {
	return t.glob.matches(a.read(c, t.fold))
}
