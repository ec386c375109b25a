package rawjson

import "bytes"

// A value that turns out broken in a later line may have taken in lines that
// are documents of their own, which are then read again. To keep the cost of
// hostile input linear, no more than lookFree plus lookFactor times what has
// been dealt with is looked at in vain. Past that a value must end in the line
// it begins in.
const (
	lookFree   = 16 << 20
	lookFactor = 8
)

// recoveryWindow is how far the end of a broken element is looked for.
const recoveryWindow = 64 << 10

// view is the part of buf that the document at pos may be in.
func (s *Scanner) view() []byte {
	if s.wasted <= lookFree+lookFactor*s.stats.Bytes {
		return s.buf
	}
	if n := bytes.IndexByte(s.buf[s.pos:], '\n'); n >= 0 {
		return s.buf[:s.pos+n]
	}
	return s.buf
}

// brokenTop reports what is at pos, outside lists, and passes over it. A line
// that can begin a document is only reported where it is what is broken.
func (s *Scanner) brokenTop(fault int, msg string) {
	s.report(fault, msg)
	s.waste(fault)
	inEnvelope := s.mode == afterMember
	s.column = max(0, s.ownColumn())
	s.mode = atTop
	if inEnvelope && s.buf[s.pos] == '{' && s.ownColumn() == 0 {
		return
	}
	s.settle(s.pos+1, &s.stats.BrokenBytes)
	s.mode, s.enveloped = atBroken, false
	s.inList = false
}

// brokenElement reports what is at pos, in a list, and passes over it: up to
// the comma or bracket that seems to end it, or up to the next line that is
// indented alike, whatever comes first.
func (s *Scanner) brokenElement(fault int, msg string) bool {
	if !s.eof && len(s.buf)-s.pos < recoveryWindow {
		return false
	}
	s.report(fault, msg)
	s.waste(fault)
	window := s.view()[s.pos:]
	window = window[:min(len(window), recoveryWindow)]
	if line := alikeLine(window, s.column); line >= 0 {
		window = window[:line]
	}
	if end := seemingEnd(window); end >= 0 {
		s.settle(s.pos+end, &s.stats.BrokenBytes)
		s.mode = afterElement
		return true
	}
	s.waste(s.pos + len(window))
	s.settle(s.pos+1, &s.stats.BrokenBytes)
	s.mode, s.inList = atBroken, true
	return true
}

// waste counts what was looked at in vain, from the end of the line up to an
// offset.
func (s *Scanner) waste(to int) {
	if n := bytes.IndexByte(s.buf[s.pos:to], '\n'); n >= 0 {
		s.wasted += int64(to - s.pos - n)
	}
}

// seemingEnd returns the offset of the first comma or closing square bracket
// outside strings and brackets, or -1.
func seemingEnd(b []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case depth == 0 && (c == ',' || c == ']'):
			return i
		case c == '}' || c == ']':
			depth = max(0, depth-1)
		}
	}
	return -1
}

// alikeLine returns the offset of the first line that begins with a bracket
// in the column, or -1.
func alikeLine(b []byte, column int) int {
	if column < 0 {
		return -1
	}
	for i := 0; ; {
		n := bytes.IndexByte(b[i:], '\n')
		if n < 0 {
			return -1
		}
		i += n + 1
		if j := indent(b, i); j-i == column && j < len(b) && (b[j] == '{' || b[j] == '[') {
			return i
		}
	}
}

// indent returns the offset of the first byte from i on that is no blank.
func indent(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t') {
		i++
	}
	return i
}

// recover passes over the rest of something broken, up to a line at which
// reading can go on.
func (s *Scanner) recover() bool {
	for {
		n := bytes.IndexByte(s.buf[s.pos:], '\n')
		if n < 0 {
			s.settle(len(s.buf), &s.stats.BrokenBytes)
			if s.eof {
				s.mode = atTop
			}
			return s.eof
		}
		s.settle(s.pos+n, &s.stats.BrokenBytes)
		next := s.pos + 1
		first := indent(s.buf, next)
		if first == len(s.buf) && !s.eof && first-next <= max(0, s.column) {
			return false
		}
		s.settle(next, &s.stats.BrokenBytes)
		if first < len(s.buf) && s.resumes(s.buf[first], first-next) {
			return true
		}
	}
}

// resumes reports whether reading goes on at a line whose first byte that is
// no blank is c, and sets the mode for it.
func (s *Scanner) resumes(c byte, column int) bool {
	opens := c == '{' || c == '['
	switch {
	case s.inList && opens && column == 0:
		s.leaveList()
	case s.inList && opens && column == s.column:
		s.mode = atElement
	case s.inList && c == ']' && column < s.column:
		s.mode = afterElement
	case s.inList:
		return false
	case opens && (column == 0 || column == s.column), column == 0 && !continues(c):
		s.mode = atTop
	default:
		return false
	}
	return true
}

// continues reports whether a line that begins with c is rather a part of the
// value before it.
func continues(c byte) bool {
	return isSpace(c) || c == '}' || c == ']' || c == '"' || c == ','
}
