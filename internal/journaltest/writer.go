// Package journaltest writes files of systemd's journal for tests, as
// journald does where a reader can tell: objects first, then what leads to
// them, in arrays that grow. Tables of hashes, which only searches need, are
// left out; journalctl reads such files nevertheless.
package journaltest

import (
	"encoding/binary"
	"os"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// Options of New.
type Options struct {
	// Compact is the mode of offsets in 32 bits.
	Compact bool
	// Pack is how values of more than 64 bytes are compressed: "lz4", "zstd",
	// "xz", which is only said and not done, or "" for not.
	Pack string
	// ID tells the file from others of the test, SeqnumID is whose Seqnum it counts.
	ID, SeqnumID byte
	Seqnum       *uint64
}

// A Writer writes one file.
type Writer struct {
	t     testing.TB
	o     Options
	f     *os.File
	flags byte // of compressed data

	end, tail, objects uint64
	entries            uint64
	head, last, time   uint64
	first              uint64 // array of entries
	array, items, used uint64 // the last one
}

const headerSize = 208

// New makes a file.
func New(t testing.TB, path string, o Options) *Writer {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	w := &Writer{t: t, o: o, f: f, end: headerSize}
	if w.o.Seqnum == nil {
		w.o.Seqnum = new(uint64)
	}
	w.flags = map[string]byte{"xz": 1, "lz4": 2, "zstd": 4}[o.Pack]
	w.header(1)
	return w
}

func (w *Writer) write(at uint64, b []byte) {
	w.t.Helper()
	if _, err := w.f.WriteAt(b, int64(at)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *Writer) header(state byte) {
	w.t.Helper()
	b := make([]byte, headerSize)
	copy(b, "LPKSHHRH")
	incompatible := uint32(map[string]int{"xz": 1, "lz4": 2, "zstd": 8}[w.o.Pack])
	if w.o.Compact {
		incompatible |= 16
	}
	binary.LittleEndian.PutUint32(b[12:], incompatible)
	b[16], b[24], b[40], b[56], b[72] = state, w.o.ID, 1, 1, w.o.SeqnumID
	for at, v := range map[int]uint64{
		88: headerSize, 96: w.end - headerSize, 136: w.tail, 144: w.objects, 152: w.entries, 160: w.last, 168: w.head, 176: w.first,
		184: w.time, 192: w.time, 200: w.time,
	} {
		binary.LittleEndian.PutUint64(b[at:], v)
	}
	w.write(0, b)
}

// object writes an object at the end and returns where.
func (w *Writer) object(kind, flags byte, body []byte) uint64 {
	w.t.Helper()
	b := make([]byte, 16, 16+len(body)+7)
	b[0], b[1] = kind, flags
	binary.LittleEndian.PutUint64(b[8:], uint64(16+len(body)))
	b = append(b, body...)
	for len(b)%8 != 0 {
		b = append(b, 0)
	}
	at := w.end
	w.write(at, b)
	w.end, w.tail, w.objects = at+uint64(len(b)), at, w.objects+1
	return at
}

func (w *Writer) data(text string) uint64 {
	w.t.Helper()
	body := make([]byte, 48)
	if w.o.Compact {
		body = make([]byte, 56)
	}
	packed, flags := []byte(text), byte(0)
	if len(text) > 64 && w.flags != 0 {
		flags = w.flags
		switch w.o.Pack {
		case "lz4":
			block := make([]byte, lz4.CompressBlockBound(len(text)))
			n, err := lz4.CompressBlock([]byte(text), block, nil)
			if err != nil || n == 0 {
				w.t.Fatal("lz4:", n, err)
			}
			packed = append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), block[:n]...)
		case "zstd":
			z, err := zstd.NewWriter(nil, zstd.WithSingleSegment(true)) // as journald needs it: the frame says its length
			if err != nil {
				w.t.Fatal(err)
			}
			packed = z.EncodeAll([]byte(text), nil)
		}
	}
	return w.object(1, flags, append(body, packed...))
}

func (w *Writer) offset(b []byte, v uint64) []byte {
	if w.o.Compact {
		return binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return binary.LittleEndian.AppendUint64(b, v)
}

// Append writes an entry of a time in microseconds since 1970, with fields
// that are each NAME=VALUE.
func (w *Writer) Append(realtime uint64, fields ...string) {
	w.t.Helper()
	*w.o.Seqnum++
	body := make([]byte, 48)
	for i, v := range []uint64{*w.o.Seqnum, realtime, realtime} {
		binary.LittleEndian.PutUint64(body[8*i:], v)
	}
	body[24] = 1 // the boot
	binary.LittleEndian.PutUint64(body[40:], *w.o.Seqnum)
	for _, text := range fields {
		body = w.offset(body, w.data(text))
		if !w.o.Compact {
			body = append(body, 0, 0, 0, 0, 0, 0, 0, 0)
		}
	}
	entry := w.object(3, 0, body)
	width := uint64(len(w.offset(nil, 0)))
	if w.used == w.items {
		items := max(4, 2*w.items)
		array := w.object(6, 0, make([]byte, 8+items*width))
		if w.first == 0 {
			w.first = array
		} else {
			w.write(w.array+16, binary.LittleEndian.AppendUint64(nil, array))
		}
		w.array, w.items, w.used = array, items, 0
	}
	w.write(w.array+24+w.used*width, w.offset(nil, entry))
	w.used++
	w.entries++
	w.last, w.time = *w.o.Seqnum, realtime
	if w.head == 0 {
		w.head = w.last
	}
	w.header(1)
}

// Archive renames the file as a rotation does, and closes it.
func (w *Writer) Archive(path string) {
	w.t.Helper()
	if err := os.Rename(w.f.Name(), path); err != nil {
		w.t.Fatal(err)
	}
	w.header(2)
	if err := w.f.Close(); err != nil {
		w.t.Fatal(err)
	}
}

// Fields returns fields of an ordinary entry with a message.
func Fields(message string) []string {
	return strings.Split("_HOSTNAME=node-1|_SYSTEMD_UNIT=kubelet.service|PRIORITY=6|MESSAGE="+message, "|")
}
