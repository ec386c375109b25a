package rawjson

import "bytes"

// top deals with what stands at the top: a document, a list, or an object
// with a list in it.
func (s *Scanner) top() bool {
	if !s.settleSpace() {
		return false
	}
	if s.lines() {
		return true
	}
	switch c := s.buf[s.pos]; {
	case c == '{':
		return s.document()
	case c == '[':
		s.settle(s.pos+1, &s.stats.FramingBytes)
		s.mode, s.enveloped = atElement, false
		s.stats.Lists++
	case s.lost && (c == ']' || c == '}'):
		s.lost = (c == '}') != s.enveloped
		s.settle(s.pos+1, &s.stats.FramingBytes)
	case c == ']' || c == '}':
		s.brokenTop(s.pos, msgCloser)
	default:
		s.brokenTop(s.pos, msgTopLevel)
	}
	return true
}

// lines hands out lines that are as those before which held one document.
func (s *Scanner) lines() bool {
	if len(s.like) == 0 || s.offset(s.pos) != s.lineStart {
		return false
	}
	start := s.pos
	for {
		rest := s.buf[s.pos:]
		n := bytes.IndexByte(rest, '\n')
		if n < 0 || !bytes.HasPrefix(rest, s.like) {
			break
		}
		end := n
		for end > 0 && (isSpace(rest[end-1]) || rest[end-1] == ',') {
			end--
		}
		if end == 0 || rest[end-1] != '}' || end > s.maxValue {
			break
		}
		s.chunk.Docs = append(s.chunk.Docs, Doc{s.pos, s.pos + end, s.line})
		s.stats.Documents++
		s.stats.DocumentBytes += int64(end)
		s.stats.FramingBytes += int64(n + 1 - end)
		s.pos += n + 1
		s.line++
	}
	if s.pos == start {
		return false
	}
	s.stats.Bytes += int64(s.pos - start)
	s.lineStart = s.offset(s.pos)
	return true
}

// document deals with the object at pos.
func (s *Scanner) document() bool {
	s.column = s.ownColumn()
	view := s.view()
	s.noted = noted{}
	end, list, msg := s.object(view, s.pos)
	switch {
	case s.outgrown(end, 0):
	case msg == "" && list:
		s.settle(end, &s.stats.FramingBytes)
		s.mode, s.enveloped = atElement, true
		s.stats.Lists++
		s.surround(true)
	case msg == "":
		s.learn(end)
		s.yield(end)
	case end == len(s.buf) && !s.eof:
		return false
	default:
		s.brokenTop(end, msg)
	}
	return true
}

// object reads the object at i up to its end, or up to the first element of a
// list it has.
func (s *Scanner) object(buf []byte, i int) (end int, list bool, msg string) {
	i = space(buf, i+1)
	if i < len(buf) && buf[i] == '}' {
		return i + 1, false, ""
	}
	for {
		if i, list, msg = s.nextMember(buf, i); list || msg != "" {
			return i, list, msg
		}
		if i = space(buf, i); i >= len(buf) {
			return len(buf), false, msgEnd
		}
		if buf[i] == '}' {
			return i + 1, false, ""
		}
		if buf[i] != ',' {
			return i, false, msgMember
		}
		i = space(buf, i+1)
	}
}

// nextMember reads the member at i up to its end, or up to the first element
// of a list it has.
func (s *Scanner) nextMember(buf []byte, i int) (end int, list bool, msg string) {
	name := i
	if i, msg = checkName(buf, i); msg != "" {
		return i, false, msg
	}
	i = space(buf, i)
	if i < len(buf) && buf[i] == '[' && s.isList(buf[name:]) {
		return i + 1, true, ""
	}
	value := i
	if i, msg = check(buf, i, s.maxDepth-1); msg == "" {
		s.noted.note(buf[name:], buf[value:i])
	}
	return i, false, msg
}

// isList reports whether a member that begins with its quote is named as one
// with a list.
func (s *Scanner) isList(member []byte) bool {
	for _, name := range s.lists {
		if bytes.HasPrefix(member, name) {
			return true
		}
	}
	return false
}

// likeLength is how much of a line is compared with those before. It reaches
// over the kind and apiVersion of audit events.
const likeLength = 32

// learn notes whether the document from pos to end has a line of its own, and
// how it begins.
func (s *Scanner) learn(end int) {
	after := end
	for after < len(s.buf) && s.buf[after] != '\n' && (isSpace(s.buf[after]) || s.buf[after] == ',') {
		after++
	}
	if after == len(s.buf) {
		return
	}
	line := s.buf[s.pos:end]
	if s.column != 0 || s.buf[after] != '\n' || bytes.IndexByte(line, '\n') >= 0 || s.isList(line[1:]) {
		s.like = s.like[:0]
		return
	}
	n := 0
	for n < len(s.like) && n < len(line) && s.like[n] == line[n] {
		n++
	}
	if name := bytes.IndexByte(line[2:], '"'); name >= 0 && n >= name+3 {
		s.like = s.like[:n]
	} else {
		s.like = append(s.like[:0], line[:min(likeLength, len(line))]...)
	}
}
