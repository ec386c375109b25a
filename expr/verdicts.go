package expr

import "hash/maphash"

// Bounds of what a Subject remembers of regular expressions: 128 KiB.
const (
	verdictCount = 1024 // a power of two
	verdictText  = 118  // bytes of a value; of longer ones nothing is remembered
)

// verdicts remember what regular expressions said of short values. Programs,
// paths and users of one machine repeat, and an expression takes a hundred
// times what it takes to look here. A later verdict takes the place of an
// earlier one by chance.
type verdicts struct {
	seed maphash.Seed
	of   [verdictCount]verdict
}

// verdict is what one expression said of one value.
type verdict struct {
	test *regexTest // nil where there is none
	yes  bool
	len  uint8
	text [verdictText]byte
}

// matches reports whether the expression matches text.
func (v *verdicts) matches(t *regexTest, text string) bool {
	if len(text) > verdictText {
		return t.re.MatchString(text)
	}
	at := &v.of[(maphash.String(v.seed, text)^t.salt)%verdictCount]
	if at.test == t && string(at.text[:at.len]) == text {
		return at.yes
	}
	at.test, at.yes, at.len = t, t.re.MatchString(text), uint8(len(text))
	copy(at.text[:], text)
	return at.yes
}
