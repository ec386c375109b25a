package lake

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/parquet-go/parquet-go/bloom"
)

// The file of filters of a segment: the filters one after another, then a
// directory that says where each is, then a tail of tailLen bytes: the
// directory's place and length, a CRC-32C of everything before it, and the
// magic number. All numbers are little endian.
const (
	filtersMagic = 0x314e594c // "LYN1"
	tailLen      = 8 + 4 + 4 + 4
)

// filterKind says what a filter tells about.
type filterKind byte

const (
	kindEqual filterKind = 1 // whole values, folded: a split block Bloom filter of their XXH64
	kindGrams filterKind = 2 // grams of the folded text: one bit each
)

var crcTable = crc32.MakeTable(crc32.Castagnoli)

// errFilters is what a file of filters that cannot be believed says.
var errFilters = errors.New("filters are damaged")

// filterRef is where the filter of one column and row group stands.
type filterRef struct {
	at, size uint64
	known    bool // false: nothing is known, the row group may hold anything
}

// filterWriter collects the filters of a segment while it is written.
type filterWriter struct {
	data    []byte
	entries []filterEntry
	groups  int
}

// filterEntry is a column's filters of one kind, one a row group.
type filterEntry struct {
	column string
	kind   filterKind
	refs   []filterRef
}

// put notes the filter that was just appended to w.data from offset at on.
func (w *filterWriter) put(entry int, at int, known bool) {
	e := &w.entries[entry]
	e.refs = append(e.refs, filterRef{uint64(at), uint64(len(w.data) - at), known})
}

// finish returns the file's bytes. They are valid until the next reset.
func (w *filterWriter) finish() []byte {
	at := len(w.data)
	b := binary.AppendUvarint(w.data, uint64(w.groups))
	b = binary.AppendUvarint(b, uint64(len(w.entries)))
	for _, e := range w.entries {
		b = binary.AppendUvarint(b, uint64(len(e.column)))
		b = append(b, e.column...)
		b = append(b, byte(e.kind))
		for _, r := range e.refs {
			if !r.known {
				b = binary.AppendUvarint(b, 0)
				continue
			}
			b = binary.AppendUvarint(b, r.size+1)
			b = binary.AppendUvarint(b, r.at)
		}
	}
	size := len(b) - at
	b = binary.LittleEndian.AppendUint64(b, uint64(at))
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, crcTable))
	b = binary.LittleEndian.AppendUint32(b, filtersMagic)
	w.data = b
	return b
}

func (w *filterWriter) reset() {
	w.data, w.groups = w.data[:0], 0
	for i := range w.entries {
		w.entries[i].refs = w.entries[i].refs[:0]
	}
}

// filterDir is the directory of a file of filters.
type filterDir struct {
	groups int
	refs   map[filterKey][]filterRef // one a row group
}

// filterKey is what a filter is about.
type filterKey struct {
	column string
	kind   filterKind
}

// cost is about how many bytes of memory the directory takes.
func (d *filterDir) cost() int { return len(d.refs) * (64 + 24*d.groups) }

// parseFilters checks a whole file of filters and returns its directory.
func parseFilters(data []byte) (*filterDir, error) {
	if len(data) < tailLen {
		return nil, fmt.Errorf("%w: %d bytes", errFilters, len(data))
	}
	tail := data[len(data)-tailLen:]
	at, size := binary.LittleEndian.Uint64(tail), uint64(binary.LittleEndian.Uint32(tail[8:]))
	if binary.LittleEndian.Uint32(tail[16:]) != filtersMagic {
		return nil, fmt.Errorf("%w: no magic number", errFilters)
	}
	if checksum(data[:len(data)-8]) != binary.LittleEndian.Uint32(tail[12:]) {
		return nil, fmt.Errorf("%w: checksum", errFilters)
	}
	if body := uint64(len(data) - tailLen); at > body || size != body-at {
		return nil, fmt.Errorf("%w: directory of %d bytes at %d", errFilters, size, at)
	}
	d, ok := parseDir(data[at:at+size], at)
	if !ok {
		return nil, fmt.Errorf("%w: directory", errFilters)
	}
	return d, nil
}

// parseDir reads a directory; filters end at end.
func parseDir(b []byte, end uint64) (*filterDir, bool) {
	number := func() (uint64, bool) {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return 0, false
		}
		b = b[n:]
		return v, true
	}
	groups, ok1 := number()
	count, ok2 := number()
	// Each entry and each of its row groups takes a byte at least.
	if !ok1 || !ok2 || groups > uint64(len(b)) || count > uint64(len(b)) {
		return nil, false
	}
	d := &filterDir{groups: int(groups), refs: make(map[filterKey][]filterRef, count)}
	for range count {
		size, ok := number()
		if !ok || size >= uint64(len(b)) || groups > uint64(len(b)) {
			return nil, false
		}
		key := filterKey{string(b[:size]), filterKind(b[size])}
		b = b[size+1:]
		refs := make([]filterRef, groups)
		for i := range refs {
			v, ok := number()
			if !ok {
				return nil, false
			}
			if v == 0 {
				continue
			}
			r := &refs[i]
			r.size, r.known = v-1, true
			if r.at, ok = number(); !ok || r.size > end || r.at > end-r.size {
				return nil, false
			}
		}
		d.refs[key] = refs
	}
	return d, true
}

// mayEqual reports whether the row group may hold a value of this hash.
func (r filterRef) mayEqual(file io.ReaderAt, hash uint64) (bool, error) {
	if !r.known {
		return true, nil
	}
	if r.size < bloom.BlockSize {
		return false, nil
	}
	return bloom.CheckSplitBlock(io.NewSectionReader(file, int64(r.at), int64(r.size)), int64(r.size), hash)
}

// mayContain reports whether the row group may hold a text with all grams.
// The first that is missing decides, which is why each is read alone.
func (r filterRef) mayContain(file io.ReaderAt, grams []uint32) (bool, error) {
	if !r.known {
		return true, nil
	}
	if r.size == 0 {
		return len(grams) == 0, nil
	}
	mask := uint32(r.size)*8 - 1
	var b [1]byte
	for _, h := range grams {
		h &= mask
		if _, err := file.ReadAt(b[:], int64(r.at)+int64(h>>3)); err != nil {
			return true, err
		}
		if b[0]&(1<<(h&7)) == 0 {
			return false, nil
		}
	}
	return true, nil
}

// checksum is the CRC-32C of data, as the manifest has it.
func checksum(data []byte) uint32 { return crc32.Checksum(data, crcTable) }
