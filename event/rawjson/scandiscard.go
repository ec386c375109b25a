package rawjson

import "bytes"

// discard is what is known of a value that is too large to hold.
type discard struct {
	depth   int
	quoted  bool
	compact bool // whether it has been all in one line so far
	inList  bool
}

// outgrown gives the value at pos up, which is inside depth brackets, where it
// reaches too far before its end or first fault.
func (s *Scanner) outgrown(end, depth int) bool {
	if end-s.pos <= s.maxValue {
		return false
	}
	s.report(s.pos, msgTooBig)
	s.tooBig = discard{
		depth:   depth,
		compact: bytes.IndexByte(s.buf[s.pos:s.pos+s.maxValue], '\n') < 0,
		inList:  s.mode == atElement,
	}
	s.mode = atTooBig
	return true
}

// discard passes over a value that is too large: to where its brackets and
// quotes seem to balance, but no further than the line for one that has been
// in one line, or the next line that is indented alike.
func (s *Scanner) discard() bool {
	d := &s.tooBig
	for i := s.pos; i < len(s.buf); i++ {
		switch c := s.buf[i]; {
		case c == '\n':
			next := i + max(0, s.column) + 2
			if next > len(s.buf) && !s.eof && !d.compact {
				s.settle(i, &s.stats.BrokenBytes)
				return false
			}
			if d.compact || alikeLine(s.buf[i:min(len(s.buf), next)], s.column) >= 0 {
				s.endDiscard(i, atBroken)
				return true
			}
		case d.quoted && c == '\\':
			if i++; i == len(s.buf) && !s.eof {
				s.settle(i-1, &s.stats.BrokenBytes)
				return false
			}
		case c == '"':
			d.quoted = !d.quoted
			if !d.quoted && d.depth == 0 {
				s.endDiscard(i+1, s.afterDiscard())
				return true
			}
		case d.quoted:
		case d.depth == 0 && (isSpace(c) || c == ',' || c == ']' || c == '}'):
			s.endDiscard(i, s.afterDiscard())
			return true
		case c == '{' || c == '[':
			d.depth++
		case c == '}' || c == ']':
			if d.depth--; d.depth == 0 {
				s.endDiscard(i+1, s.afterDiscard())
				return true
			}
		}
	}
	s.settle(len(s.buf), &s.stats.BrokenBytes)
	if s.eof {
		s.mode = atTop
	}
	return s.eof
}

func (s *Scanner) afterDiscard() mode {
	if s.tooBig.inList {
		return afterElement
	}
	return atTop
}

func (s *Scanner) endDiscard(to int, next mode) {
	s.settle(to, &s.stats.BrokenBytes)
	s.mode, s.inList = next, s.tooBig.inList
}
