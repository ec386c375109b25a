package expr

import (
	"strings"
	"unicode/utf8"
)

// glob is a compiled pattern of literals, * (any run) and ? (any one rune).
type glob struct {
	// parts stand between the stars, so there is one more than stars.
	parts []part
}

// part is a run of literal text and question marks; texts stand between the
// question marks.
type part struct{ texts []string }

// parseGlob reads a pattern. A backslash takes the next rune as it is; one at
// the end stands for itself.
func parseGlob(pattern string) glob {
	var g glob
	var p part
	var text []byte
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '*':
			p.texts = append(p.texts, string(text))
			g.parts = append(g.parts, p)
			p, text = part{}, nil
		case c == '?':
			p.texts = append(p.texts, string(text))
			text = nil
		case c == '\\' && i+1 < len(pattern):
			i++
			text = append(text, pattern[i])
		default:
			text = append(text, c)
		}
	}
	p.texts = append(p.texts, string(text))
	g.parts = append(g.parts, p)
	return g
}

// each replaces every literal text by f of it.
func (g glob) each(f func(string) string) {
	for _, p := range g.parts {
		for i, t := range p.texts {
			p.texts[i] = f(t)
		}
	}
}

// matches reports whether the pattern matches all of s, in time proportional
// to the length of s times that of the pattern at worst.
func (g glob) matches(s string) bool {
	rest, ok := g.parts[0].cut(s)
	if len(g.parts) == 1 {
		return ok && rest == ""
	}
	if !ok {
		return false
	}
	last := len(g.parts) - 1
	for _, p := range g.parts[1:last] {
		if rest, ok = p.find(rest); !ok {
			return false
		}
	}
	return g.parts[last].ends(rest)
}

// cut matches p at the start of s and returns what follows.
func (p part) cut(s string) (rest string, ok bool) {
	for i, t := range p.texts {
		if i > 0 {
			if s == "" {
				return "", false
			}
			_, size := utf8.DecodeRuneInString(s)
			s = s[size:]
		}
		if !strings.HasPrefix(s, t) {
			return "", false
		}
		s = s[len(t):]
	}
	return s, true
}

// find matches p at its first place in s and returns what follows.
func (p part) find(s string) (rest string, ok bool) {
	if len(p.texts) == 1 {
		_, rest, ok = strings.Cut(s, p.texts[0])
		return rest, ok
	}
	for {
		i := strings.Index(s, p.texts[0])
		if i < 0 {
			return "", false
		}
		s = s[i:]
		if rest, ok = p.cut(s); ok {
			return rest, true
		}
		if s == "" {
			return "", false
		}
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
}

// ends reports whether s ends with p.
func (p part) ends(s string) bool {
	for i := len(p.texts) - 1; ; i-- {
		if !strings.HasSuffix(s, p.texts[i]) {
			return false
		}
		s = s[:len(s)-len(p.texts[i])]
		if i == 0 {
			return true
		}
		if s == "" {
			return false
		}
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
}
