package syntax

import "strings"

// units are the names of the units of timespans.
var units = map[string]bool{
	"d": true, "day": true, "days": true,
	"h": true, "hr": true, "hrs": true, "hour": true, "hours": true,
	"m": true, "min": true, "minute": true, "minutes": true,
	"s": true, "sec": true, "second": true, "seconds": true,
	"ms": true, "milli": true, "millis": true, "millisecond": true, "milliseconds": true,
	"micro": true, "micros": true, "microsecond": true, "microseconds": true,
	"nano": true, "nanos": true, "nanosecond": true, "nanoseconds": true,
	"tick": true, "ticks": true,
}

// number reads what starts with a digit: a number, a timespan, or a name (a
// name may start with a digit when it is no number).
func (l *lexer) number() token {
	start := l.at
	l.digits()
	whole := l.at
	kind := tLong
	if l.peek(0) == '.' && isDigit(l.peek(1)) {
		kind = tReal
		l.at++
		l.digits()
	}
	if c := l.peek(0); c == 'e' || c == 'E' {
		n := 1
		if s := l.peek(1); s == '+' || s == '-' {
			n = 2
		}
		if isDigit(l.peek(n)) && !l.nameBeyondDigits(l.at+n) {
			kind = tReal
			l.at += n
			l.digits()
		}
	}
	mantissa := l.at
	for l.at < len(l.text) && isNamePart(l.text[l.at]) {
		l.at++
	}
	suffix := l.text[mantissa:l.at]
	text := l.text[start:l.at]
	switch {
	case suffix == "":
	case isHex(text):
		kind = tLong
	case isTimespan(suffix):
		kind = tTimespan
	case kind == tReal:
		// "1.5x": a number, then something that cannot follow it. "1.e" was
		// not taken as a real at all.
		kind = tMixed
	default:
		kind = tName
	}
	if kind == tLong && whole == mantissa && suffix == "" && l.peek(0) == '.' && l.peek(1) != '.' && !isNameStart(l.peek(1)) && l.peek(1) != '[' {
		l.at++ // "1." is a real
		kind = tReal
		text = l.text[start:l.at]
	}
	return token{Span: Span{start, l.at}, kind: kind, text: text}
}

// nameBeyondDigits reports whether letters follow the digits at i, as in the
// name 1e5f.
func (l *lexer) nameBeyondDigits(i int) bool {
	for i < len(l.text) && isDigit(l.text[i]) {
		i++
	}
	return i < len(l.text) && isNamePart(l.text[i])
}

func (l *lexer) digits() {
	for l.at < len(l.text) && isDigit(l.text[l.at]) {
		l.at++
	}
}

// peek returns the byte n ahead, 0 at the end.
func (l *lexer) peek(n int) byte {
	if l.at+n >= len(l.text) {
		return 0
	}
	return l.text[l.at+n]
}

func isHex(s string) bool {
	if len(s) < 3 || s[0] != '0' || s[1]|' ' != 'x' {
		return false
	}
	return strings.Trim(s[2:], "0123456789abcdefABCDEF") == ""
}

// isTimespan reports whether what follows a number makes it a timespan: a
// unit, or a unit and further numbers with units.
func isTimespan(s string) bool {
	for s != "" {
		n := 0
		for n < len(s) && !isDigit(s[n]) {
			n++
		}
		if !units[s[:n]] {
			return false
		}
		s = s[n:]
		if s == "" {
			return true
		}
		n = 0
		for n < len(s) && isDigit(s[n]) {
			n++
		}
		s = s[n:]
	}
	return false
}
