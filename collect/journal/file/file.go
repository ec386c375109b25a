package file

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// Types of objects.
const (
	typeData       = 1
	typeEntry      = 3
	typeEntryArray = 6
)

// Lengths of objects without what differs, in bytes.
const (
	objectHeader = 16
	arrayHeader  = 24
	entryHeader  = 64
)

// window is how much of an object is read at once, in bytes: most are shorter.
const window = 1 << 10

// A File is open for reading its entries in order. It is for one goroutine.
type File struct {
	Header
	r      io.ReaderAt
	buffer []byte
	plain  []byte        // decompressed
	unzstd *zstd.Decoder // nil until it is needed

	array uint64 // the array that holds the next entry; 0 before the first
	items uint64 // of the array
	index uint64 // of the next entry in it
	base  uint64 // entries before the array
}

// Open reads the header of a file. The file stays the caller's.
func Open(r io.ReaderAt) (*File, error) {
	f := &File{r: r, buffer: make([]byte, window)}
	return f, f.Refresh()
}

// Refresh reads the header again, which tells of new entries. After an error
// all is as it was.
func (f *File) Refresh() error {
	b := f.buffer[:headerSize]
	if err := f.read(b, 0); err != nil {
		return err
	}
	h, err := parseHeader(b)
	if err != nil {
		return err
	}
	if f.array != 0 && (h.ID != f.ID || h.compact != f.compact) {
		return fmt.Errorf("%w: it became another file", ErrFormat)
	}
	f.Header = h
	return nil
}

// read fills b with what is at an offset.
func (f *File) read(b []byte, at uint64) error {
	n, err := f.r.ReadAt(b, int64(at))
	if n == len(b) {
		return nil
	}
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: it ends before byte %d", ErrFormat, at+uint64(len(b)))
	}
	return err
}

// object reads the beginning of an object of a type, as much as there is up to
// length bytes, and returns the object's size, too. The bytes are valid until
// the next read.
func (f *File) object(at uint64, kind byte, length uint64) (b []byte, size uint64, err error) {
	if at%8 != 0 || at < f.start || at > f.end || f.end-at < objectHeader {
		return nil, 0, fmt.Errorf("%w: an object at %d", ErrFormat, at)
	}
	if length > uint64(len(f.buffer)) {
		f.buffer = make([]byte, length)
	}
	b = f.buffer[:min(length, f.end-at)]
	if err := f.read(b, at); err != nil {
		return nil, 0, err
	}
	size = binary.LittleEndian.Uint64(b[8:])
	if b[0] != kind || size < objectHeader || size > f.end-at {
		return nil, 0, fmt.Errorf("%w: an object at %d of type %d and %d bytes", ErrFormat, at, b[0], size)
	}
	return b[:min(uint64(len(b)), size)], size, nil
}

// width is how long an offset in an array is, in bytes.
func (f *File) width() uint64 {
	if f.compact {
		return 4
	}
	return 8
}

// offset reads an offset of an array's.
func (f *File) offset(b []byte) uint64 {
	if f.compact {
		return uint64(binary.LittleEndian.Uint32(b))
	}
	return binary.LittleEndian.Uint64(b)
}

// forward goes to the next array of entries, io.EOF where there is none yet.
func (f *File) forward() error {
	next := f.first
	if f.array != 0 {
		b, _, err := f.object(f.array, typeEntryArray, arrayHeader)
		if err != nil {
			return err
		}
		if next = binary.LittleEndian.Uint64(b[objectHeader:]); next != 0 && next <= f.array {
			return fmt.Errorf("%w: the array at %d leads back to %d", ErrFormat, f.array, next)
		}
	}
	if next == 0 {
		return io.EOF
	}
	_, size, err := f.object(next, typeEntryArray, arrayHeader)
	if err != nil {
		return err
	}
	if size < arrayHeader {
		return fmt.Errorf("%w: an array of %d bytes", ErrFormat, size)
	}
	f.base += f.items
	f.array, f.items, f.index = next, (size-arrayHeader)/f.width(), 0
	return nil
}

// Rewind goes to the first entry.
func (f *File) Rewind() { f.array, f.items, f.index, f.base = 0, 0, 0, 0 }

// Next returns the next entry without going beyond it, which Skip does. The
// error is io.EOF where there is none yet; with ErrEntry, Skip goes on. Any
// other may last.
func (f *File) Next() (s Stamp, err error) {
	for {
		switch {
		case f.base+f.index >= f.Entries:
			return s, io.EOF
		case f.index < f.items:
			return f.stampAt(f.index)
		}
		if err := f.forward(); err != nil {
			return s, err
		}
	}
}

// Skip goes beyond the entry that Next returned.
func (f *File) Skip() { f.index++ }

// Seek goes to the first entry that is wanted, where after that all are. An
// entry that cannot be read is not.
func (f *File) Seek(wanted func(Stamp) bool) error {
	f.Rewind()
	for {
		switch err := f.forward(); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		used := min(f.items, f.Entries-min(f.base, f.Entries))
		if used == 0 {
			return nil
		}
		if last, err := f.stampAt(used - 1); err == nil && !wanted(last) {
			f.index = used
			continue
		}
		for ; f.index < used; f.index++ {
			s, err := f.stampAt(f.index)
			if err == nil && wanted(s) {
				return nil
			}
			if err != nil && !errors.Is(err, ErrEntry) {
				return err
			}
		}
	}
}
