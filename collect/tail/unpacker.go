package tail

import (
	"errors"
	"fmt"
	"io"

	"github.com/lynceus-io/lynceus/collect/input"
)

// An unpacker reads the text of a compressed file. It goes forward: what lies
// before the text that was read last is read again from the file's beginning.
type unpacker struct {
	path   string
	stream *input.Stream
	next   int64  // offset of what the stream gives next
	last   []byte // the text before it that was returned last
	err    error  // of the stream, after what it gave
}

// ReadAt reads text at an offset. At the end of it the error is io.EOF.
func (u *unpacker) ReadAt(p []byte, offset int64) (n int, err error) {
	if start := u.next - int64(len(u.last)); u.stream == nil || offset < start {
		if err := u.rewind(); err != nil {
			return 0, err
		}
	}
	if at := offset - (u.next - int64(len(u.last))); at < int64(len(u.last)) {
		n = copy(p, u.last[at:])
	}
	if n == 0 && offset > u.next {
		if err := u.skip(offset - u.next); err != nil {
			return 0, err
		}
	}
	for n < len(p) && u.err == nil {
		var got int
		got, u.err = u.stream.Read(p[n:])
		n += got
		u.next += int64(got)
	}
	if offset+int64(n) == u.next {
		u.last = append(u.last[:0], p[:n]...)
	}
	if n < len(p) {
		return n, u.err
	}
	return n, nil
}

// rewind begins anew.
func (u *unpacker) rewind() error {
	u.close()
	s, err := input.Open(input.File{Name: u.path}, nil, nil)
	if err != nil {
		return err
	}
	u.stream = s
	return nil
}

// skip passes over text.
func (u *unpacker) skip(n int64) error {
	passed, err := io.CopyN(io.Discard, u.stream, n)
	u.next, u.last = u.next+passed, u.last[:0]
	if errors.Is(err, io.EOF) {
		u.err = io.EOF
		return io.EOF
	}
	if err != nil {
		u.err = fmt.Errorf("read compressed log: %w", err)
	}
	return u.err
}

// close ends the reading.
func (u *unpacker) close() {
	if u.stream != nil {
		u.stream.Close()
	}
	u.stream, u.next, u.last, u.err = nil, 0, u.last[:0], nil
}
