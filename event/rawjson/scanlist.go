package rawjson

// element deals with the next element of a list, or the list's end.
func (s *Scanner) element() bool {
	if !s.settleSpace() {
		return s.listEnd()
	}
	if s.buf[s.pos] == ']' {
		s.closeList()
		return true
	}
	s.column = s.ownColumn()
	end, msg := check(s.view(), s.pos, s.maxDepth)
	if s.outgrown(end, 0) {
		return true
	}
	if end == len(s.buf) && !s.eof { // a number could go on
		return false
	}
	if msg != "" {
		return s.brokenElement(end, msg)
	}
	s.yield(end)
	s.mode = afterElement
	return true
}

// separator deals with what follows an element.
func (s *Scanner) separator() bool {
	s.settle(space(s.buf, s.pos), &s.stats.FramingBytes)
	if s.pos == len(s.buf) {
		return s.listEnd()
	}
	switch s.buf[s.pos] {
	case ',':
		s.settle(s.pos+1, &s.stats.FramingBytes)
		s.mode = atElement
	case ']':
		s.closeList()
	case '{', '[':
		s.report(s.pos, msgSeparator)
		s.mode = atElement
		if s.ownColumn() == 0 {
			s.leaveList()
		}
	default:
		s.column = s.ownColumn()
		return s.brokenElement(s.pos, msgElement)
	}
	return true
}

// listEnd deals with the end of buf between elements.
func (s *Scanner) listEnd() bool {
	if s.eof {
		s.report(s.pos, msgListEnd)
		s.mode = atTop
	}
	return s.eof
}

func (s *Scanner) closeList() {
	s.settle(s.pos+1, &s.stats.FramingBytes)
	s.mode = atTop
	if s.enveloped {
		s.mode = afterMember
	}
}

// leaveList gives the list up: what follows is read as if it were at the top,
// and so are elements of the list that follow after all.
func (s *Scanner) leaveList() {
	s.mode, s.lost = atTop, true
}

// member deals with what follows a list in its object.
func (s *Scanner) member() bool {
	i := space(s.buf, s.pos)
	switch {
	case i == len(s.buf):
		s.settle(i, &s.stats.FramingBytes)
		if s.eof {
			s.report(i, msgEnd)
			s.mode = atTop
		}
		return s.eof
	case s.buf[i] == '}':
		s.settle(i+1, &s.stats.FramingBytes)
		s.mode = atTop
		return true
	case s.buf[i] != ',':
		s.settle(i, &s.stats.FramingBytes)
		s.brokenTop(i, msgMember)
		return true
	}
	s.column = 0
	s.noted = noted{}
	end, list, msg := s.nextMember(s.buf, space(s.buf, i+1))
	switch {
	case s.outgrown(end, 1):
	case end == len(s.buf) && !s.eof:
		return false
	case msg != "":
		s.settle(i, &s.stats.FramingBytes)
		s.brokenTop(end, msg)
	case list:
		s.settle(end, &s.stats.FramingBytes)
		s.mode = atElement
	default:
		s.surround(false)
		s.settle(end, &s.stats.FramingBytes)
	}
	return true
}
