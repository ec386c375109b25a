package file

import (
	"errors"
	"fmt"
	"io"
)

// lines is a file as text.
type lines struct {
	f      *File
	doc    Document
	rest   []byte // of the line that is being read
	line   []byte
	unread Unread
}

// Lines returns the entries of a file as JSON, a document a line, up to the last
// that is there. What could not be read is said by the error at the end.
func Lines(r io.ReaderAt) (io.Reader, error) {
	f, err := Open(r)
	if err != nil {
		return nil, err
	}
	return &lines{f: f}, nil
}

// Read implements io.Reader.
func (l *lines) Read(p []byte) (int, error) {
	for len(l.rest) == 0 {
		if err := l.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// next goes to the next line.
func (l *lines) next() error {
	s, err := l.f.Next()
	switch {
	case errors.Is(err, ErrEntry):
		l.unread.Broken++
		l.f.Skip()
		return nil
	case errors.Is(err, io.EOF) && l.unread != Unread{}:
		return fmt.Errorf("fields of the journal's entries were left out: %d that XZ compressed, %d that are too long, %d that are broken", l.unread.XZ, l.unread.Long, l.unread.Broken)
	case err != nil:
		return err
	}
	l.f.Skip()
	unread, err := l.f.Document(s, &l.doc)
	if err != nil {
		return err
	}
	l.unread.Add(unread)
	l.line = append(append(l.line[:0], l.doc.JSON()...), '\n')
	l.rest = l.line
	return nil
}
