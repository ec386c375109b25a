package spool

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// store is where the bytes of a segment are.
type store interface {
	io.ReaderAt
	// write appends at an offset, which is where the bytes so far end: all of b, or nothing.
	write(b []byte, at int64) error
	// rest gives back what is not needed while nobody reads or writes.
	rest()
	// remove removes the bytes. The store is not used after that.
	remove() error
}

// memory keeps bytes in memory.
type memory struct{ b []byte }

func (m *memory) ReadAt(b []byte, at int64) (int, error) {
	if at >= int64(len(m.b)) {
		return 0, io.EOF
	}
	n := copy(b, m.b[at:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (m *memory) write(b []byte, _ int64) error {
	m.b = append(m.b, b...)
	return nil
}

func (m *memory) rest() {}

func (m *memory) remove() error {
	m.b = nil
	return nil
}

// file keeps bytes in a file, which is open while it is read or written.
type file struct {
	path string
	f    *os.File
}

// fileMode keeps what programs did from other users of the node.
const fileMode = 0o600

// create makes a new file.
func create(path string) (*file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	return &file{path: path, f: f}, nil
}

// open opens the file unless it is.
func (f *file) open() error {
	if f.f != nil {
		return nil
	}
	opened, err := os.OpenFile(f.path, os.O_RDWR, 0)
	if errors.Is(err, syscall.EROFS) {
		opened, err = os.Open(f.path)
	}
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	f.f = opened
	return nil
}

func (f *file) ReadAt(b []byte, at int64) (int, error) {
	if err := f.open(); err != nil {
		return 0, err
	}
	n, err := f.f.ReadAt(b, at)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("spool: %w", err)
	}
	return n, err
}

func (f *file) write(b []byte, at int64) error {
	if err := f.open(); err != nil {
		return err
	}
	if _, err := f.f.WriteAt(b, at); err != nil {
		return errors.Join(fmt.Errorf("spool: %w", err), f.f.Truncate(at))
	}
	return nil
}

func (f *file) rest() {
	if f.f != nil {
		_ = f.f.Close() // what was written is checked when it is read
		f.f = nil
	}
}

func (f *file) remove() error {
	f.rest()
	if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}
