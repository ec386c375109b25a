package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/klauspost/compress/s2"

	"github.com/lynceus-io/lynceus/event"
)

// ErrFull is the answer to an event for which a started batch has no room:
// take the batch, reset the Builder, and add the event again.
var ErrFull = errors.New("wire: the batch is full")

// ErrTooLarge is the answer to an event that no batch can carry.
var ErrTooLarge = errors.New("wire: the event is too large")

// Builder makes batches, one after another, in memory that it keeps. The zero
// value makes batches of DefaultBody without a source.
type Builder struct {
	// Limit is the size in bytes, before compression, beyond which no event
	// is added to a batch that has one; 0 means DefaultBody. A single event
	// may be as large as MaxBody.
	Limit int

	header Header
	body   []byte
}

// Reset begins a batch of a source, received at a time in nanoseconds since
// 1970 UTC. A source longer than MaxSource is cut.
func (b *Builder) Reset(source string, received int64) {
	b.header = Header{Source: source[:min(len(source), MaxSource)], Received: received}
	if cap(b.body) > 4*max(b.Limit, DefaultBody) {
		b.body = nil // one giant event is no reason to keep its memory
	}
	b.body = b.body[:0]
}

// Add appends an event. The answer wraps ErrFull or ErrTooLarge when it was
// not added; the batch is as before then.
func (b *Builder) Add(e *event.Event) error {
	start := b.begin()
	b.body = AppendEvent(b.body, e)
	return b.end(start)
}

// AddEncoded is Add for an event that AppendEvent has written already.
func (b *Builder) AddEncoded(data []byte) error {
	start := b.begin()
	b.body = append(b.body, data...)
	return b.end(start)
}

// begin makes room for the head of an event, and returns where it stands.
func (b *Builder) begin() (start int) {
	start = len(b.body)
	b.body = append(b.body, numberEvent<<3|typeLen, 0, 0, 0, 0)
	return start
}

// end completes the event that begins at start, or takes it back.
func (b *Builder) end(start int) error {
	limit := b.Limit
	if limit <= 0 {
		limit = DefaultBody
	}
	n := len(b.body) - start - eventHead
	if len(b.body)-start > MaxBody {
		b.body = b.body[:start]
		return fmt.Errorf("%w: %d bytes, at most %d can be carried; record less in the audit policy (level Request or Metadata)", ErrTooLarge, n, MaxBody-eventHead)
	}
	if start > 0 && len(b.body) > limit {
		b.body = b.body[:start]
		return fmt.Errorf("%w: %d events in %d bytes", ErrFull, b.header.Events, start)
	}
	b.body[start+1] = byte(n) | 0x80
	b.body[start+2] = byte(n>>7) | 0x80
	b.body[start+3] = byte(n>>14) | 0x80
	b.body[start+4] = byte(n >> 21)
	b.header.Events++
	return nil
}

// Events returns how many events the batch has.
func (b *Builder) Events() int { return b.header.Events }

// Size returns the bytes of the batch's events before compression.
func (b *Builder) Size() int { return len(b.body) }

// AppendTo appends the finished batch to dst and returns it. The batch is
// still there until Reset.
func (b *Builder) AppendTo(dst []byte) []byte {
	start := len(dst)
	dst = binary.AppendUvarint(append(dst, numberVersion<<3|typeVarint), Version)
	if b.header.Source != "" {
		dst = binary.AppendUvarint(append(dst, numberSource<<3|typeLen), uint64(len(b.header.Source)))
		dst = append(dst, b.header.Source...)
	}
	dst = binary.LittleEndian.AppendUint64(append(dst, numberReceived<<3|typeI64), uint64(b.header.Received))
	dst = binary.AppendUvarint(append(dst, numberCodec<<3|typeVarint), uint64(CodecS2))
	dst = binary.AppendUvarint(append(dst, numberCount<<3|typeVarint), uint64(b.header.Events))
	dst = binary.AppendUvarint(append(dst, numberSize<<3|typeVarint), uint64(len(b.body)))

	// The length is written in five bytes before it is known.
	head := len(dst)
	dst = append(dst, numberBody<<3|typeLen, 0, 0, 0, 0, 0)
	bodyAt := len(dst)
	if room := s2.MaxEncodedLen(len(b.body)); cap(dst)-bodyAt < room+checksumLen {
		dst = append(make([]byte, 0, bodyAt+room+checksumLen), dst...)
	}
	n := len(s2.Encode(dst[bodyAt:cap(dst)], b.body))
	dst = dst[:bodyAt+n]
	for i := range 4 {
		dst[head+1+i] = byte(n>>(7*i)) | 0x80
	}
	dst[head+5] = byte(n >> 28)

	sum := crc32.Checksum(dst[start:], castagnoli)
	return binary.LittleEndian.AppendUint32(append(dst, checksumTag), sum)
}
