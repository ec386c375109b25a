package output

import (
	"strings"
	"unicode"
)

// columns returns how many columns of a terminal s takes.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

// runeColumns is 0 for marks that combine, 2 for the wide characters of East
// Asia and emoji, else 1.
func runeColumns(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff,
		r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6, r >= 0x1f300 && r <= 0x1f9ff, r >= 0x20000 && r <= 0x3fffd:
		return 2
	}
	return 1
}

// wrap breaks s at blanks into lines of at most width columns. A word that is
// longer than a line is broken where the line ends. There is at least one
// line.
func wrap(s string, width int) []string {
	width = max(width, 8)
	var lines []string
	line, used := "", 0
	flush := func() {
		lines = append(lines, line)
		line, used = "", 0
	}
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }) {
		n := columns(word)
		if line != "" && used+1+n > width {
			flush()
		}
		for n > width {
			head, rest := cutColumns(word, width)
			line = head
			flush()
			word, n = rest, columns(rest)
		}
		if line != "" {
			line += " "
			used++
		}
		line += word
		used += n
	}
	if line != "" || len(lines) == 0 {
		flush()
	}
	return lines
}

// cutColumns divides s after at most n columns, and after one character at
// least.
func cutColumns(s string, n int) (head, rest string) {
	used := 0
	for i, r := range s {
		used += runeColumns(r)
		if used > n && i > 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// Fit cleans s and shortens it to width columns.
func Fit(s string, width int) string { return fit(Clean(s), width) }

// fit shortens s to width columns, with an ellipsis where something is cut.
func fit(s string, width int) string {
	if columns(s) <= width {
		return s
	}
	head, _ := cutColumns(s, max(width-1, 1))
	return strings.TrimRight(head, " ") + "…"
}
