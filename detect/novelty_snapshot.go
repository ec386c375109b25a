package detect

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
)

// noveltyMagic begins a snapshot; its last byte is the version of the format.
const noveltyMagic = "LYNNOV\x00\x01"

// ErrNoveltySnapshot is wrapped by every error of DecodeNovelty.
var ErrNoveltySnapshot = errors.New("novelty snapshot")

// Encode returns a snapshot of everything remembered. Equal memories give
// equal bytes, in whatever order they were learned. The format is a magic of
// 8 bytes, the number of memories and of combinations (uint32), each memory
// (hash uint64, first and last time int64, count uint32) and each combination
// (hash uint64, hour uint32) in order of hash, and the CRC-32 (IEEE) of all
// that; little endian.
func (n *Novelty) Encode() []byte {
	memories := slices.DeleteFunc(slices.Clone(n.memories.slots), func(m memory) bool { return m.hash == 0 })
	slices.SortFunc(memories, func(a, b memory) int { return cmp.Compare(a.hash, b.hash) })
	keys := slices.DeleteFunc(slices.Clone(n.keys.slots), func(s seen) bool { return s.hash == 0 })
	slices.SortFunc(keys, func(a, b seen) int { return cmp.Compare(a.hash, b.hash) })

	le := binary.LittleEndian
	out := make([]byte, 0, len(noveltyMagic)+12+28*len(memories)+12*len(keys))
	out = append(out, noveltyMagic...)
	out = le.AppendUint32(out, uint32(len(memories)))
	out = le.AppendUint32(out, uint32(len(keys)))
	for _, m := range memories {
		out = le.AppendUint64(out, m.hash)
		out = le.AppendUint64(out, uint64(m.first))
		out = le.AppendUint64(out, uint64(m.last))
		out = le.AppendUint32(out, m.count)
	}
	for _, s := range keys {
		out = le.AppendUint64(out, s.hash)
		out = le.AppendUint32(out, s.hour)
	}
	return le.AppendUint32(out, crc32.ChecksumIEEE(out))
}

// DecodeNovelty reads a snapshot. What does not fit opts.Bytes is forgotten
// and counted. Errors wrap [ErrNoveltySnapshot].
func DecodeNovelty(data []byte, opts NoveltyOptions) (*Novelty, error) {
	bad := func(format string, args ...any) (*Novelty, error) {
		return nil, fmt.Errorf("%w: %s", ErrNoveltySnapshot, fmt.Sprintf(format, args...))
	}
	head := len(noveltyMagic)
	if len(data) < head+12 || string(data[:head-1]) != noveltyMagic[:head-1] {
		return bad("it does not begin like one")
	}
	if v := data[head-1]; v != noveltyMagic[head-1] {
		return bad("it has version %d; this program reads version %d", v, noveltyMagic[head-1])
	}
	le := binary.LittleEndian
	body, sum := data[:len(data)-4], le.Uint32(data[len(data)-4:])
	if crc32.ChecksumIEEE(body) != sum {
		return bad("its checksum is wrong: it was cut off or changed")
	}
	memories, keys := le.Uint32(body[head:]), le.Uint32(body[head+4:])
	body = body[head+8:]
	if uint64(len(body)) != 28*uint64(memories)+12*uint64(keys) {
		return bad("it has %d bytes for %d memories and %d combinations", len(body), memories, keys)
	}
	n := NewNovelty(opts)
	for ; memories > 0; memories, body = memories-1, body[28:] {
		m := memory{le.Uint64(body), int64(le.Uint64(body[8:])), int64(le.Uint64(body[16:])), le.Uint32(body[24:])}
		if m.hash == 0 || m.first > m.last {
			return bad("a memory in it cannot be")
		}
		at := n.memories.slot(m.hash)
		if at.hash == 0 {
			n.memories.used++
		}
		*at = m
	}
	for ; keys > 0; keys, body = keys-1, body[12:] {
		h, at := le.Uint64(body), le.Uint32(body[8:])
		if h == 0 || int64(at) > math.MaxInt64/hour {
			return bad("a combination in it cannot be")
		}
		n.keys.put(h, at)
	}
	return n, nil
}
