package tail

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// A file is one file of the system, as long as it is there.
type file struct {
	id      fileID
	path    string // where it is, or was last
	named   bool   // whether the path was given, not found in a directory
	size    int64
	changed time.Time // its modification time
	grew    time.Time // when its size was seen to change, by the local clock
	gone    time.Time // since when it is at no path; zero while it is
	found   int64     // number of the last look that found it

	handle *os.File
	r      io.ReaderAt // its text; nil when it is not open
	packed bool

	text    *text  // that is read from it; nil for none
	twin    *text  // that it seems to hold, too, while another file is read
	foreign bool   // it is no log
	scanned int64  // no line ends between the text's offset and here
	stuck   bool   // it cannot be read on until it changes
	recheck bool   // it changed, and may hold something else now
	tried   bool   // its last line, which has no end, was looked at
	said    string // the trouble that was logged last
}

// packings are the first bytes of compressed files: RFC 1952, RFC 8878.
var packings = [][]byte{{0x1f, 0x8b}, {0x28, 0xb5, 0x2f, 0xfd}}

// open makes the file's text readable.
func (f *file) open() error {
	if f.r != nil {
		return nil
	}
	handle, err := os.Open(f.path)
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	info, err := handle.Stat()
	if err == nil && idOf(f.path, info) != f.id {
		err = errors.New("open log: " + f.path + " was replaced meanwhile")
	}
	if err != nil {
		handle.Close()
		return err
	}
	head := make([]byte, 4)
	n, _ := handle.ReadAt(head, 0)
	f.handle, f.r, f.packed, f.size = handle, handle, false, info.Size()
	for _, p := range packings {
		if bytes.HasPrefix(head[:n], p) {
			f.r, f.packed = &unpacker{path: f.path}, true
		}
	}
	return nil
}

// close gives the handle back.
func (f *file) close() {
	if f.handle != nil {
		f.handle.Close()
	}
	if u, ok := f.r.(*unpacker); ok {
		u.close()
	}
	f.handle, f.r = nil, nil
}

// see notes what a look at the file found.
func (f *file) see(info os.FileInfo, now time.Time) {
	if info.Size() == f.size && info.ModTime().Equal(f.changed) {
		return
	}
	if info.Size() != f.size {
		f.grew = now
	}
	f.size, f.changed = info.Size(), info.ModTime()
	f.stuck, f.recheck = false, true
}

// readFrom reads up to n bytes at an offset; fewer only at the end, or before
// an error.
func (f *file) readFrom(offset int64, n int) ([]byte, error) {
	data := make([]byte, n)
	n, err := f.r.ReadAt(data, offset)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return data[:n], err
}

// unread reports whether there is text that was not looked at.
func (f *file) unread() bool {
	switch {
	case f.text == nil || f.stuck:
		return false
	case f.recheck:
		return true
	case f.packed:
		return !f.text.Complete
	}
	return f.size > max(f.text.Offset, f.scanned)
}
