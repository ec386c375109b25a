package rule

import (
	"cmp"
	"fmt"
	"strings"
)

// Problem says what is wrong with a rule file, what in it is not supported, or
// what its author may not have meant.
type Problem struct {
	// File and Line and Col are the place, from 1; Line 0 is the whole file.
	File      string
	Line, Col int
	// RuleID and Title name the document; empty where they are not known.
	RuleID, Title string
	// Kind is what Title names where that is no rule: "macro", "exception".
	Kind string
	// Code is the word that the rule language's own programs have for such a
	// problem, such as Falco's LOAD_ERR_VALIDATE; empty where there is none.
	Code string
	// Feature is the part of the rule language that it is about: "modifier
	// windash", "condition", "log source".
	Feature string
	// Reason says what is wrong with it.
	Reason string
	// Advice says what to do; it may be empty.
	Advice string
	// Snippet is the line of the file; empty where there is none.
	Snippet string
}

// Error returns the problem on one line: place, rule, feature, reason.
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Col)
	}
	b.WriteString(": ")
	if p.Title != "" {
		fmt.Fprintf(&b, "%s %q: ", cmp.Or(p.Kind, "rule"), p.Title)
	}
	if p.Feature != "" {
		b.WriteString(p.Feature + ": ")
	}
	b.WriteString(p.Reason)
	return b.String()
}

// Detail returns the problem on several lines: what Error says, then the line
// of the file with a caret under the place, then the advice.
func (p *Problem) Detail() string {
	var b strings.Builder
	b.WriteString(p.Error())
	if p.Snippet != "" {
		n := fmt.Sprintf("%5d", p.Line)
		fmt.Fprintf(&b, "\n%s | %s\n%s | %s^", n, p.Snippet, strings.Repeat(" ", len(n)), indent(p.Snippet, p.Col-1))
	}
	if p.Advice != "" {
		b.WriteString("\n      = " + p.Advice)
	}
	return b.String()
}

// indent returns blanks as wide as the first n characters of line: tabs stay
// tabs.
func indent(line string, n int) string {
	var b strings.Builder
	for _, r := range line {
		if n--; n < 0 {
			break
		}
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// maxSnippet is how many bytes of a line a problem quotes: a place further
// right is told by its column only.
const maxSnippet = 400

// Snippet returns a line of a rule file as Problem.Snippet holds it: cut where it
// is long, and without control characters.
func Snippet(line string) string {
	line = strings.TrimRight(line, "\r")
	if len(line) > maxSnippet {
		line = strings.ToValidUTF8(line[:maxSnippet], "")
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return '.'
		}
		return r
	}, line)
}
