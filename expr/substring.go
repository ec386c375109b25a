package expr

import "strings"

// containsTest is OpContains.
type containsTest struct {
	text string
	fold bool
}

func (t *containsTest) holds(s *Subject, c *cell) bool {
	return strings.Contains(s.read(c, t.fold), t.text)
}

// prefixTest is OpPrefix.
type prefixTest struct {
	text string
	fold bool
}

func (t *prefixTest) holds(s *Subject, c *cell) bool {
	return strings.HasPrefix(s.read(c, t.fold), t.text)
}

// suffixTest is OpSuffix.
type suffixTest struct {
	text string
	fold bool
}

func (t *suffixTest) holds(s *Subject, c *cell) bool {
	return strings.HasSuffix(s.read(c, t.fold), t.text)
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

func (t *globTest) holds(s *Subject, c *cell) bool {
	return t.glob.matches(s.read(c, t.fold))
}
