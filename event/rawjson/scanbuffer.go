package rawjson

import (
	"bytes"
	"io"
)

// use begins a chunk with a copy of what the last one left over.
func (s *Scanner) use(left []byte, offset int64) {
	c, ok := s.pool.Get().(*Chunk)
	if !ok {
		c = &Chunk{Data: make([]byte, 0, s.chunkSize), pool: s.pool, keep: 4 * s.chunkSize}
	}
	c.reset(offset)
	s.chunk = c
	s.buf = append(c.Data, left...)
	s.pos = 0
}

// fill reads more: what has been dealt with makes room for it, or the buffer
// doubles. It must not be called while the chunk has documents.
func (s *Scanner) fill() {
	if s.pos > 0 {
		s.chunk.Offset += int64(s.pos)
		s.buf = s.buf[:copy(s.buf, s.buf[s.pos:])]
		s.pos = 0
	}
	if len(s.buf) == cap(s.buf) {
		most := max(s.maxValue+s.chunkSize, 2*recoveryWindow)
		grown := make([]byte, len(s.buf), max(len(s.buf)+1, min(2*cap(s.buf), most)))
		copy(grown, s.buf)
		s.buf = grown
	}
	for idle := 0; len(s.buf) < cap(s.buf); idle++ {
		n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		if n > 0 {
			idle = 0
		} else if err == nil && idle == 100 {
			err = io.ErrNoProgress
		}
		if err != nil {
			s.eof, s.readErr = true, err
			return
		}
	}
}

// start looks at the first bytes of the stream.
func (s *Scanner) start() error {
	if bytes.HasPrefix(s.buf, []byte("\xef\xbb\xbf")) {
		s.settle(3, &s.stats.FramingBytes)
		s.lineStart, s.blank = 3, true
	}
	if isUTF16(s.buf) {
		return &SyntaxError{Line: 1, Msg: msgUTF16}
	}
	return nil
}

// isUTF16 reports whether a stream begins with a byte order mark of UTF-16 or
// with two ASCII characters in it.
func isUTF16(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	mark := [2]byte(b) == [2]byte{0xff, 0xfe} || [2]byte(b) == [2]byte{0xfe, 0xff}
	little := b[0] != 0 && b[1] == 0 && b[2] != 0 && b[3] == 0
	big := b[0] == 0 && b[1] != 0 && b[2] == 0 && b[3] != 0
	return mark || little || big
}

// offset turns an offset in buf into one in the stream.
func (s *Scanner) offset(i int) int64 { return s.chunk.Offset + int64(i) }

// settle moves pos to an offset in buf and counts the bytes up to it.
func (s *Scanner) settle(to int, counter *int64) {
	part := s.buf[s.pos:to]
	*counter += int64(len(part))
	s.stats.Bytes += int64(len(part))
	if last := bytes.LastIndexByte(part, '\n'); last >= 0 {
		s.line += int64(bytes.Count(part, newline))
		s.lineStart = s.offset(s.pos + last + 1)
		s.blank = true
		part = part[last+1:]
	}
	s.blank = s.blank && space(part, 0) == len(part)
	s.pos = to
}

// settleSpace moves pos past white space and commas, which separate documents
// and may stand where none is needed. It returns false at the end of buf.
func (s *Scanner) settleSpace() bool {
	i := s.pos
	for i < len(s.buf) && (isSpace(s.buf[i]) || s.buf[i] == ',') {
		i++
	}
	if i > s.pos {
		s.settle(i, &s.stats.FramingBytes)
	}
	return i < len(s.buf)
}

// maxColumn is how far a value can be indented to be known by it.
const maxColumn = 256

// ownColumn is how far the value at pos is indented, -1 where something else
// is before it in its line.
func (s *Scanner) ownColumn() int {
	column := s.offset(s.pos) - s.lineStart
	if !s.blank || column > maxColumn {
		return -1
	}
	return int(column)
}

// yield hands out the bytes from pos to end as a document.
func (s *Scanner) yield(end int) {
	s.chunk.Docs = append(s.chunk.Docs, Doc{s.pos, end, s.line})
	s.stats.Documents++
	s.settle(end, &s.stats.DocumentBytes)
}

// report counts an error in what begins at pos. Its place is the fault, or
// where the value begins that turned out broken only in a later line.
func (s *Scanner) report(fault int, msg string) {
	s.stats.Errors++
	s.chunk.Broken++
	if len(s.chunk.Errors) == maxChunkErrors {
		return
	}
	if end := spaceBefore(s.buf, fault); end > s.pos && bytes.IndexByte(s.buf[end:fault], '\n') >= 0 {
		fault = end
	}
	if bytes.IndexByte(s.buf[s.pos:fault], '\n') >= 0 {
		fault = s.pos
		msg = "value is broken in a later line: " + msg
	}
	s.chunk.Errors = append(s.chunk.Errors, &SyntaxError{Line: s.line, Offset: s.offset(fault), Msg: msg})
	s.chunk.Faulty = append(s.chunk.Faulty, Doc{s.pos, s.faultEnd(fault), s.line})
}

// faultEnd returns where the broken value at pos ends as far as can be told:
// at the end of the line that its fault is in, or of what was read.
func (s *Scanner) faultEnd(fault int) int {
	from := min(max(s.pos, fault), len(s.buf))
	if n := bytes.IndexByte(s.buf[from:], '\n'); n >= 0 {
		return from + n
	}
	return len(s.buf)
}

// spaceBefore returns where the white space begins that ends before i.
func spaceBefore(b []byte, i int) int {
	for i > 0 && isSpace(b[i-1]) {
		i--
	}
	return i
}
