package expr

import (
	"regexp/syntax"
	"unicode"
)

// outline is what a text must look like for a regular expression to match in
// it, as far as that is told by two looks at it.
type outline struct {
	least int        // bytes of the text at least
	first *[256]bool // the bytes that it can begin with; nil when any will do
}

// excludes reports whether the expression certainly does not match in text.
func (o *outline) excludes(text string) bool {
	return len(text) < o.least || o.first != nil && (text == "" || !o.first[text[0]])
}

func outlineOf(re *syntax.Regexp) outline {
	out := outline{least: leastLength(re)}
	if begins(re) {
		var set [256]bool
		if !firstBytes(re, &set) {
			out.first = &set
		}
	}
	return out
}

// leastLength returns how many bytes a match has at least. A rune counts as
// one, as some are folded to shorter ones and invalid bytes stand for one.
func leastLength(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return leastLength(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min * leastLength(re.Sub[0])
	case syntax.OpConcat:
		n := 0
		for _, sub := range re.Sub {
			n += leastLength(sub)
		}
		return n
	case syntax.OpAlternate:
		n := leastLength(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			n = min(n, leastLength(sub))
		}
		return n
	}
	return 0
}

// begins reports whether an expression only matches at the begin of a text.
func begins(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginText:
		return true
	case syntax.OpCapture, syntax.OpConcat:
		return begins(re.Sub[0])
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if !begins(sub) {
				return false
			}
		}
		return true
	}
	return false
}

// firstBytes adds the bytes with which a match can begin to set, and reports
// whether a match can be empty.
func firstBytes(re *syntax.Regexp, set *[256]bool) (empty bool) {
	switch re.Op {
	case syntax.OpLiteral:
		r := re.Rune[0]
		addBytes(r, r, set)
		if re.Flags&syntax.FoldCase != 0 {
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				addBytes(f, f, set)
			}
		}
		return false
	case syntax.OpCharClass:
		for i := 0; i+1 < len(re.Rune); i += 2 {
			addBytes(re.Rune[i], re.Rune[i+1], set)
		}
		return false
	case syntax.OpNoMatch:
		return false
	case syntax.OpCapture, syntax.OpPlus:
		return firstBytes(re.Sub[0], set)
	case syntax.OpStar, syntax.OpQuest:
		firstBytes(re.Sub[0], set)
		return true
	case syntax.OpRepeat:
		return firstBytes(re.Sub[0], set) || re.Min == 0
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !firstBytes(sub, set) {
				return false
			}
		}
		return true
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			empty = firstBytes(sub, set) || empty
		}
		return empty
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		addBytes(0, unicode.MaxRune, set)
		return false
	}
	return true // what looks at a place, and takes nothing
}

// addBytes adds the first bytes of runes from lo to hi. All that begin no
// ASCII count as one, as a byte that is no UTF-8 is read as a rune, too.
func addBytes(lo, hi rune, set *[256]bool) {
	for r := lo; r <= min(hi, unicode.MaxASCII); r++ {
		set[r] = true
	}
	if hi > unicode.MaxASCII {
		for b := int(unicode.MaxASCII) + 1; b < len(set); b++ {
			set[b] = true
		}
	}
}
