package file

import (
	"errors"
	"fmt"
	"io"
	"strings"
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
		return leftOut{l.unread}
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

// leftOut is the error at the end of a file that was read to its end, but for
// some of its data.
type leftOut struct{ Unread }

// Error implements error.
func (l leftOut) Error() string {
	var why []string
	for _, w := range [...]struct {
		n    int
		what string
	}{
		{l.XZ, "that XZ compressed, which is not read"}, {l.Long, "that are too long or too many"}, {l.Broken, "that are broken"},
	} {
		if w.n > 0 {
			why = append(why, fmt.Sprintf("%d %s", w.n, w.what))
		}
	}
	return "fields of the journal's entries were left out: " + strings.Join(why, ", ")
}

// ReadToEnd says that nothing else is missing.
func (l leftOut) ReadToEnd() bool { return true }
