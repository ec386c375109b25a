package value

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold returns s in lower case, letter by letter: the form in which operators
// that ignore case compare. Sidecar indexes of a store fold the same way.
func Fold(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' {
			return strings.Map(unicode.ToLower, s)
		}
	}
	return s
}

// EqualFold reports whether two strings are equal once folded.
func EqualFold(a, b string) bool {
	for len(a) > 0 && len(b) > 0 {
		x, y := a[0], b[0]
		if x >= utf8.RuneSelf || y >= utf8.RuneSelf {
			return Fold(a) == Fold(b)
		}
		if x != y && lowerASCII(x) != lowerASCII(y) {
			return false
		}
		a, b = a[1:], b[1:]
	}
	return a == b
}

func lowerASCII(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}
