package file

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	// MaxData bounds the data of a field, in bytes: its name, an equals sign
	// and its value, decompressed. A longer one is left out.
	MaxData = 65 << 10
	// MaxFields bounds the fields of an entry, as journald does.
	MaxFields = 1024
)

// ErrEntry says that one entry cannot be read, while those after it may.
var ErrEntry = fmt.Errorf("%w: an entry", ErrFormat)

// A Stamp tells an entry from all others.
type Stamp struct {
	// Seqnum is its number among those of all files of the Header's SeqnumID.
	Seqnum uint64
	// Realtime is in microseconds since 1970, Monotonic since the machine
	// started as Boot.
	Realtime, Monotonic uint64
	Boot                ID
	// Hash is that of its data, each hashed alone and all joined by exclusive or.
	Hash uint64

	at uint64
}

// Cursor returns what journalctl calls the entry.
func (f *File) Cursor(s Stamp) string {
	return fmt.Sprintf("s=%s;i=%x;b=%s;m=%x;t=%x;x=%x", f.SeqnumID, s.Seqnum, s.Boot, s.Monotonic, s.Realtime, s.Hash)
}

// stampAt reads the stamp of an entry of the array.
func (f *File) stampAt(index uint64) (s Stamp, err error) {
	item := f.buffer[:f.width()]
	place := f.array + arrayHeader + index*f.width()
	if err := f.read(item, place); err != nil {
		return s, err
	}
	at := f.offset(item)
	b, size, err := f.object(at, typeEntry, entryHeader)
	switch {
	case err != nil && !errors.Is(err, ErrFormat):
		return s, err
	case err != nil:
		return s, fmt.Errorf("%w: %w", ErrEntry, err)
	case size < entryHeader:
		return s, fmt.Errorf("%w of %d bytes", ErrEntry, size)
	}
	number := func(at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }
	return Stamp{Seqnum: number(16), Realtime: number(24), Monotonic: number(32), Boot: ID(b[40:56]), Hash: number(56), at: at}, nil
}

// Unread counts the fields of entries that were left out.
type Unread struct {
	XZ     int // compressed with XZ, which is not read
	Long   int // of more than MaxData, or beyond MaxFields
	Broken int // whose data cannot be read
}

// Add adds those of another.
func (u *Unread) Add(o Unread) {
	u.XZ, u.Long, u.Broken = u.XZ+o.XZ, u.Long+o.Long, u.Broken+o.Broken
}

// Fields gives the fields of an entry in their order. Names and values are
// valid until each returns. The error is one of reading the file, not of what
// is in it.
func (f *File) Fields(s Stamp, each func(name, value []byte)) (u Unread, err error) {
	width := f.width()
	if !f.compact {
		width = 16 // the offset, and a hash
	}
	b, size, err := f.object(s.at, typeEntry, entryHeader+MaxFields*width)
	if errors.Is(err, ErrFormat) || err == nil && size < entryHeader {
		return Unread{Broken: 1}, nil // it was whole a moment ago
	}
	if err != nil {
		return u, err
	}
	if there := (size - entryHeader) / width; there > MaxFields {
		u.Long += int(min(there-MaxFields, 1<<30))
	}
	var offsets []uint64
	for items := b[entryHeader:]; uint64(len(items)) >= width; items = items[width:] {
		offsets = append(offsets, f.offset(items))
	}
	for _, at := range offsets {
		data, err := f.data(at)
		name, value, ok := bytes.Cut(data, []byte("="))
		switch {
		case errors.Is(err, errXZ):
			u.XZ++
		case errors.Is(err, errLong):
			u.Long++
		case err != nil && !errors.Is(err, ErrFormat):
			return u, err
		case err != nil || !ok || len(name) == 0:
			u.Broken++
		default:
			each(name, value)
		}
	}
	return u, nil
}
