package output

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean returns s fit for one line of a terminal or a chat: every character
// that steers a terminal, breaks the line, changes the direction of text or
// has no width stands as a visible escape ("\x1b", "\n", "\u202e"), and so
// does every byte that is not UTF-8. All text that comes from events, rules
// or file names passes through it before it is shown.
func Clean(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		clean = s[i] >= ' ' && s[i] < 0x7f
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		i += n
	}
	return b.String()
}

// CleanLines cleans the lines of s and keeps their ends.
func CleanLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = cleanTabs(l)
	}
	return strings.Join(lines, "\n")
}

// cleanTabs cleans a line and keeps its tabs, by which a caret finds its
// place.
func cleanTabs(s string) string {
	parts := strings.Split(s, "\t")
	for i, t := range parts {
		parts[i] = Clean(t)
	}
	return strings.Join(parts, "\t")
}
