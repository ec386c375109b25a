package sql

import "regexp/syntax"

// requiredLiteral returns the longest text that everything a regular
// expression matches contains, in some case; "" where there is none.
func requiredLiteral(pattern string) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	return longest(re.Simplify())
}

func longest(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return plainRun(re.Rune)
		}
		return string(re.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return longest(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return longest(re.Sub[0])
		}
	case syntax.OpConcat:
		best := ""
		for _, sub := range re.Sub {
			if s := longest(sub); len(s) > len(best) {
				best = s
			}
		}
		return best
	}
	return ""
}

// plainRun returns the longest run of letters that, where case is ignored,
// match nothing but what folds to the same: ASCII but s, which the long s
// matches too.
func plainRun(runes []rune) string {
	best, start := "", 0
	for i := 0; i <= len(runes); i++ {
		if i < len(runes) && runes[i] < 0x80 && runes[i] != 's' && runes[i] != 'S' {
			continue
		}
		if i-start > len(best) {
			best = string(runes[start:i])
		}
		start = i + 1
	}
	return best
}
