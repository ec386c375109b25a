package file

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/lynceus-io/lynceus/event/rawjson"
)

const (
	// MaxField bounds a field's value, in bytes: what is longer is left out, as
	// journalctl leaves it out of JSON above 4 KiB.
	MaxField = 64 << 10
	// MaxEntry bounds an entry, in bytes; fields beyond it are left out.
	MaxEntry = 512 << 10
	// maxName bounds a field's name; systemd allows 64.
	maxName = 256
)

// A Document makes of an entry's fields the JSON that journalctl --output json
// writes of it.
type Document struct {
	doc    []byte
	fields []field
	size   int
}

type field struct{ name, value []byte }

// IsName reports whether a field may be called so.
func IsName(name []byte) bool {
	return len(name) > 0 && len(name) <= maxName && !bytes.ContainsFunc(name, func(c rune) bool {
		return (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_'
	})
}

// Begin makes ready for the next entry.
func (d *Document) Begin() { d.fields, d.size = d.fields[:0], 0 }

// Add notes a field; of several of one name the first counts.
func (d *Document) Add(name, value []byte) {
	if len(value) > MaxField || d.size+len(name)+len(value) > MaxEntry || slices.ContainsFunc(d.fields, func(f field) bool { return bytes.Equal(f.name, name) }) {
		return
	}
	d.size += len(name) + len(value)
	d.fields = append(d.fields, field{bytes.Clone(name), bytes.Clone(value)})
}

// Empty reports whether there is no field.
func (d *Document) Empty() bool { return len(d.fields) == 0 }

// Fits reports whether a field of a value of n bytes may be added.
func (d *Document) Fits(n uint64) bool { return n <= MaxField && d.size+int(n) <= MaxEntry }

// JSON returns the document, which is valid until JSON is called again.
func (d *Document) JSON() []byte {
	d.doc = append(d.doc[:0], '{')
	for i, f := range d.fields {
		if i > 0 {
			d.doc = append(d.doc, ',')
		}
		d.doc = rawjson.AppendQuoted(d.doc, f.name)
		d.doc = append(d.doc, ':')
		d.doc = rawjson.AppendQuoted(d.doc, f.value)
	}
	d.doc = append(d.doc, '}')
	return d.doc
}

// Document makes the document of an entry, as journalctl exports it.
func (f *File) Document(s Stamp, d *Document) (Unread, error) {
	d.Begin()
	d.Add([]byte("__CURSOR"), []byte(f.Cursor(s)))
	d.Add([]byte("__REALTIME_TIMESTAMP"), strconv.AppendUint(nil, s.Realtime, 10))
	d.Add([]byte("__MONOTONIC_TIMESTAMP"), strconv.AppendUint(nil, s.Monotonic, 10))
	d.Add([]byte("_BOOT_ID"), []byte(s.Boot.String()))
	return f.Fields(s, func(name, value []byte) {
		if IsName(name) {
			d.Add(name, value)
		}
	})
}
