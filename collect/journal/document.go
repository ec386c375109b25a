package journal

import (
	"bytes"
	"slices"

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

// document makes of an entry's fields the JSON that journalctl --output json
// writes of it.
type document struct {
	doc    []byte
	fields []field
	size   int
}

type field struct{ name, value []byte }

// isName reports whether a field may be called so.
func isName(name []byte) bool {
	return len(name) > 0 && len(name) <= maxName && !bytes.ContainsFunc(name, func(c rune) bool {
		return (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_'
	})
}

// begin makes ready for the next entry.
func (d *document) begin() { d.fields, d.size = d.fields[:0], 0 }

// add notes a field; of several of one name the first counts.
func (d *document) add(name, value []byte) {
	if len(value) > MaxField || d.size+len(name)+len(value) > MaxEntry || slices.ContainsFunc(d.fields, func(f field) bool { return bytes.Equal(f.name, name) }) {
		return
	}
	d.size += len(name) + len(value)
	d.fields = append(d.fields, field{bytes.Clone(name), bytes.Clone(value)})
}

// json returns the document, which is valid until json is called again.
func (d *document) json() []byte {
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
