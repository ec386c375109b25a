package falco

import "strings"

// lexer reads a condition from left to right. What a run of characters is
// depends on where it stands ("a=b" is one word in a list of values and three
// tokens elsewhere), so the parser says what it wants next.
type lexer struct {
	text string
	at   int
}

// blank skips white space and reports whether there was any.
func (l *lexer) blank() bool {
	start := l.at
	for l.at < len(l.text) && isBlank(l.text[l.at]) {
		l.at++
	}
	return l.at > start
}

// mark takes one text if it comes next.
func (l *lexer) mark(text string) bool {
	if !strings.HasPrefix(l.text[l.at:], text) {
		return false
	}
	l.at += len(text)
	return true
}

// keyword takes a word if it comes next and is not the beginning of a longer
// one.
func (l *lexer) keyword(word string) bool {
	rest, ok := strings.CutPrefix(l.text[l.at:], word)
	if !ok || rest != "" && (isWordByte(rest[0]) || rest[0] == '.') {
		return false
	}
	l.at += len(word)
	return true
}

// name takes a letter followed by letters, digits and underscores; with dots,
// several of them joined by dots.
func (l *lexer) name() (text string, dotted bool) {
	end := nameEnd(l.text, l.at)
	start := l.at
	for end > l.at {
		l.at = end
		if end >= len(l.text) || l.text[end] != '.' {
			break
		}
		next := nameEnd(l.text, end+1)
		if next == end+1 {
			break
		}
		dotted, end = true, next
	}
	return l.text[start:l.at], dotted
}

func nameEnd(text string, at int) int {
	if at >= len(text) || !isLetter(text[at]) {
		return at
	}
	for at < len(text) && isWordByte(text[at]) {
		at++
	}
	return at
}

// bare takes a value without quotes: anything up to a blank or one of ()"'=,
func (l *lexer) bare() string {
	return l.until(func(c byte) bool { return isBlank(c) || strings.IndexByte("()\"'=,", c) >= 0 })
}

// argument takes what stands in brackets behind a field without quotes.
func (l *lexer) argument() string {
	return l.until(func(c byte) bool { return isBlank(c) || strings.IndexByte("[]\"'", c) >= 0 })
}

func (l *lexer) until(stop func(byte) bool) string {
	start := l.at
	for l.at < len(l.text) && !stop(l.text[l.at]) {
		l.at++
	}
	return l.text[start:l.at]
}

// quoted takes a text in single or double quotes; closed is false, and nothing
// is taken, where the closing quote is missing.
func (l *lexer) quoted() (text string, closed bool) {
	quote := l.text[l.at]
	var b strings.Builder
	for i := l.at + 1; i < len(l.text); i++ {
		switch c := l.text[i]; {
		case c == quote:
			l.at = i + 1
			return b.String(), true
		case c == '\\' && i+1 < len(l.text):
			i++
			b.WriteString(unescape(l.text[i]))
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}

// unescape returns what a backslash before c means; before any other
// character than these it stands for itself.
func unescape(c byte) string {
	switch c {
	case 'b':
		return "\b"
	case 'f':
		return "\f"
	case 'n':
		return "\n"
	case 'r':
		return "\r"
	case 't':
		return "\t"
	case '"', '\'', '\\', ' ':
		return string(c)
	}
	return `\` + string(c)
}

// atQuote reports whether a quoted text comes next.
func (l *lexer) atQuote() bool {
	return l.at < len(l.text) && (l.text[l.at] == '"' || l.text[l.at] == '\'')
}

// next returns what comes next, shortened, for messages.
func (l *lexer) next() string {
	rest := strings.TrimLeft(l.text[l.at:], " \t\r\n")
	if rest == "" {
		return "the end"
	}
	if i := strings.IndexAny(rest, " \t\r\n"); i > 0 {
		rest = rest[:i]
	}
	const most = 32
	if len(rest) > most {
		rest = strings.ToValidUTF8(rest[:most], "") + "…"
	}
	return `"` + rest + `"`
}

func isBlank(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\b'
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWordByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' }
