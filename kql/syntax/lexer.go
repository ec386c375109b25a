package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is how long a query may be, in bytes. Tokens and nodes take some
// twenty times as much.
const maxText = 1 << 20

// signs are the punctuation of the language, longer ones first.
var signs = []string{
	"==", "!=", "=~", "!~", "<>", "<=", ">=", "=>", "..", "::",
	"<", ">", "=", "+", "-", "*", "/", "%", "|", ";", ",", ".", ":", "(", ")", "[", "]", "{", "}", "?", "~", "@", "#",
}

// lex cuts text into tokens, the last of which is tEOF. What is no token is
// reported and left out.
func lex(text string, r *Reporter) []token {
	l := lexer{text: text, r: r}
	var out []token
	for {
		t := l.next()
		if t.kind == tBad {
			continue
		}
		out = append(out, t)
		if t.kind == tEOF {
			return out
		}
	}
}

type lexer struct {
	text string
	at   int
	r    *Reporter
}

func (l *lexer) next() token {
	l.skip()
	start := l.at
	if start >= len(l.text) {
		return token{Span: Span{start, start}, kind: tEOF}
	}
	switch c := l.text[start]; {
	case l.stringAhead():
		return l.stringToken()
	case isDigit(c):
		return l.number()
	case isNameStart(c):
		t := l.name()
		if r, _ := utf8.DecodeRuneInString(l.text[l.at:]); r >= utf8.RuneSelf && unicode.IsLetter(r) {
			return l.foreignName(start)
		}
		return t
	case c == '!' && start+1 < len(l.text) && isNameStart(l.text[start+1]):
		l.at++
		t := l.name()
		return token{Span: Span{start, l.at}, kind: tName, text: "!" + t.text}
	}
	for _, s := range signs {
		if strings.HasPrefix(l.text[start:], s) {
			l.at += len(s)
			return token{Span: Span{start, l.at}, kind: tPunct, text: s}
		}
	}
	c, n := utf8.DecodeRuneInString(l.text[start:])
	l.at += n
	span := Span{start, l.at}
	switch {
	case c == '“' || c == '”' || c == '‘' || c == '’':
		l.r.Report(span, `write " or '`, "%q is a typographic quotation mark", c)
	case unicode.IsLetter(c):
		return l.foreignName(start)
	default:
		l.r.Report(span, "", "unexpected character %q", c)
	}
	return token{Span: span, kind: tBad}
}

// foreignName reads a name with letters that must be quoted.
func (l *lexer) foreignName(start int) token {
	for l.at < len(l.text) && (isNamePart(l.text[l.at]) || l.text[l.at] >= utf8.RuneSelf) {
		l.at++
	}
	span := Span{start, l.at}
	l.r.Report(span, "write such names as ['name']", "names are made of ASCII letters, digits and _")
	return token{Span: span, kind: tName, text: l.text[start:l.at]}
}

// skip passes over blanks and comments.
func (l *lexer) skip() {
	for l.at < len(l.text) {
		switch c := l.text[l.at]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v':
			l.at++
		case strings.HasPrefix(l.text[l.at:], "//"):
			if i := strings.IndexByte(l.text[l.at:], '\n'); i >= 0 {
				l.at += i
			} else {
				l.at = len(l.text)
			}
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(l.text[l.at:])
			if !unicode.IsSpace(r) && r != '\ufeff' && r != '\u200b' {
				return
			}
			l.at += n
		default:
			return
		}
	}
}

// name reads an identifier, with the ~ that ends in~.
func (l *lexer) name() token {
	start := l.at
	for l.at < len(l.text) && isNamePart(l.text[l.at]) {
		l.at++
	}
	if l.text[start:l.at] == "in" && strings.HasPrefix(l.text[l.at:], "~") {
		l.at++
	}
	return token{Span: Span{start, l.at}, kind: tName, text: l.text[start:l.at]}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isNameStart reports whether a name can begin with c; $ begins $left and
// $right.
func isNameStart(c byte) bool {
	return c == '_' || c == '$' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func isNamePart(c byte) bool { return isNameStart(c) || isDigit(c) }
