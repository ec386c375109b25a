package syntax

import (
	"strings"
	"unicode/utf8"
)

// stringAhead reports whether a string literal starts here: a quotation mark,
// with @ (verbatim) and h (obfuscated in logs) before it, or three backticks
// or tildes.
func (l *lexer) stringAhead() bool {
	i := 0
	if c := l.peek(0); c == 'h' || c == 'H' {
		i++
	}
	if l.peek(i) == '@' {
		i++
	}
	c := l.peek(i)
	return c == '"' || c == '\'' || (c == '`' || c == '~') && l.peek(i+1) == c && l.peek(i+2) == c
}

func (l *lexer) stringToken() token {
	start := l.at
	verbatim := false
	if c := l.peek(0); c == 'h' || c == 'H' {
		l.at++
	}
	if l.peek(0) == '@' {
		verbatim = true
		l.at++
	}
	var text string
	var closed bool
	switch q := l.peek(0); {
	case q == '`' || q == '~':
		text, closed = l.multiline(strings.Repeat(string(q), 3))
	case verbatim:
		text, closed = l.verbatim(q)
	default:
		text, closed = l.quoted(q)
	}
	if !closed {
		l.r.Report(Span{start, l.at}, "", "the string is not closed")
	}
	return token{Span: Span{start, l.at}, kind: tString, text: text}
}

// multiline reads up to the next three marks; nothing inside is special.
func (l *lexer) multiline(mark string) (string, bool) {
	l.at += len(mark)
	i := strings.Index(l.text[l.at:], mark)
	if i < 0 {
		s := l.text[l.at:]
		l.at = len(l.text)
		return s, false
	}
	s := l.text[l.at : l.at+i]
	l.at += i + len(mark)
	return s, true
}

// verbatim reads up to the next mark; two marks are one.
func (l *lexer) verbatim(q byte) (string, bool) {
	l.at++
	var b strings.Builder
	for l.at < len(l.text) {
		c := l.text[l.at]
		l.at++
		if c == q {
			if l.peek(0) != q {
				return b.String(), true
			}
			l.at++
		}
		b.WriteByte(c)
	}
	return b.String(), false
}

// quoted reads up to the next mark on the same line, with escapes.
func (l *lexer) quoted(q byte) (string, bool) {
	l.at++
	var b strings.Builder
	for l.at < len(l.text) {
		switch c := l.text[l.at]; c {
		case q:
			l.at++
			return b.String(), true
		case '\n':
			return b.String(), false
		case '\\':
			l.escape(&b)
		default:
			b.WriteByte(c)
			l.at++
		}
	}
	return b.String(), false
}

// escape reads the escape sequence at the backslash.
func (l *lexer) escape(b *strings.Builder) {
	start := l.at
	c := l.peek(1)
	l.at += 2
	switch c {
	case '\\', '\'', '"':
		b.WriteByte(c)
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case 'a':
		b.WriteByte('\a')
	case 'b':
		b.WriteByte('\b')
	case 'f':
		b.WriteByte('\f')
	case 'v':
		b.WriteByte('\v')
	case '0', '1', '2', '3', '4', '5', '6', '7':
		l.at--
		l.code(b, 3, 8)
	case 'x':
		l.code(b, 2, 16)
	case 'u':
		l.code(b, 4, 16)
	case 'U':
		l.code(b, 8, 16)
	default:
		l.at = min(l.at, len(l.text))
		if c == '\n' {
			l.at--
		}
		l.r.Report(Span{start, l.at}, `write \\ for a backslash, or put @ before the string`, "unknown escape sequence in a string")
		b.WriteString(l.text[start:l.at])
	}
}

// code reads up to most digits of that base and writes the character.
func (l *lexer) code(b *strings.Builder, most, base int) {
	var n rune
	start := l.at
	for l.at < len(l.text) && l.at-start < most {
		d := strings.IndexByte("0123456789abcdef", l.text[l.at]|' ')
		if isDigit(l.text[l.at]) {
			d = int(l.text[l.at] - '0')
		}
		if d < 0 || d >= base {
			break
		}
		n = n*rune(base) + rune(d)
		l.at++
	}
	if l.at == start || !utf8.ValidRune(n) {
		l.r.Report(Span{start - 2, l.at}, "", "the escape sequence names no character")
		n = utf8.RuneError
	}
	b.WriteRune(n)
}
