package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"unsafe"

	"github.com/klauspost/compress/s2"

	"github.com/lynceus-io/lynceus/event"
)

// Decoder reads batches, one after another. It keeps the memory of the
// uncompressed events; see Next for how long they live.
type Decoder struct {
	// Limit is the greatest size of a batch's events before compression that is
	// read, in bytes: a batch says its own, and may come from anybody. 0 means
	// MaxBody.
	Limit int
	// Reuse has texts of events, too, be valid until the next Open alone: no
	// memory is taken for them then.
	Reuse bool
	// Stamped has stamped batches be read, whose events say what the stamp says
	// when Next returns them. It is for who reads what the hub itself wrote:
	// from anybody else a stamp would be a forgery, and is an error.
	Stamped bool

	header Header
	stamp  Stamp
	marked bool           // the batch has a stamp
	raw    []byte         // the uncompressed events
	body   reader[string] // over the same as text
	event  int            // number of the last event that was read
}

// Open begins a batch. It checks everything that can be wrong with the batch
// as a whole (length, checksum, compression, the number of events), so that a
// batch that was cut off or changed yields no event. An error is a
// *FormatError. Of data nothing is kept.
func (d *Decoder) Open(data []byte) (Header, error) {
	d.header, d.event, d.body, d.marked = Header{}, 0, reader[string]{}, false
	if cap(d.raw) > 4*DefaultBody {
		d.raw = nil // one giant batch is no reason to keep its memory
	}
	o, err := unseal(data)
	if err == nil && o.version == VersionStamped {
		o, err = d.unstamp(&o)
	}
	if err != nil {
		return Header{}, err
	}
	if d.Limit > 0 && o.Size > d.Limit {
		return Header{}, &FormatError{Offset: 0, Reason: fmt.Sprintf("the events have %d bytes, and at most %d are read", o.Size, d.Limit)}
	}
	if d.raw, err = decompress(d.raw[:0], &o); err != nil {
		return Header{}, err
	}
	body := reader[string]{data: d.text()}
	if err := countEvents(body, o.Events); err != nil {
		return Header{}, err
	}
	d.header, d.body = o.Header, body
	return d.header, nil
}

// unseal reads the message that a batch is, and checks that it is whole.
func unseal(data []byte) (opened, error) {
	if len(data) < checksumLen || data[len(data)-checksumLen] != checksumTag {
		return opened{}, &FormatError{Offset: max(0, len(data)-checksumLen), Reason: "no checksum at the end: this is no batch, or it was cut off"}
	}
	end := len(data) - checksumLen
	if crc32.Checksum(data[:end], castagnoli) != binary.LittleEndian.Uint32(data[end+1:]) {
		return opened{}, &FormatError{Offset: end, Reason: "the checksum does not fit: the batch was changed or cut off"}
	}
	return openHeader(data[:end])
}

// unstamp reads the stamp of a batch, and the batch that stands in it.
func (d *Decoder) unstamp(whole *opened) (o opened, err error) {
	if !d.Stamped {
		return o, &FormatError{Offset: 0, Reason: "the batch has a stamp, which the hub alone may give"}
	}
	if whole.stamp == nil {
		return o, &FormatError{Offset: 0, Reason: "the batch says that it is stamped, and has no stamp"}
	}
	if d.stamp, err = readStamp(string(whole.stamp), whole.stampAt); err != nil {
		return o, err
	}
	if o, err = unseal(whole.body); err != nil {
		return o, err
	}
	if o.version == VersionStamped {
		return o, &FormatError{Offset: whole.bodyAt, Reason: "the batch is stamped twice"}
	}
	d.marked = true
	return o, nil
}

// text returns the uncompressed events as text.
func (d *Decoder) text() string {
	if d.Reuse {
		return unsafe.String(unsafe.SliceData(d.raw), len(d.raw))
	}
	return string(d.raw)
}

// Next makes e the next event of the batch, io.EOF after the last. Text of e
// stays valid as long as somebody holds it and keeps all text of its batch in
// memory, unless the Decoder is told to Reuse it; Raw is valid until the next Open. An error other than io.EOF is a
// *FormatError: the events of the batch read so far must not be used either.
func (d *Decoder) Next(e *event.Event) error {
	if d.event >= d.header.Events {
		return io.EOF
	}
	v, err := nextEvent(&d.body)
	if err != nil {
		return err
	}
	d.event++
	start := d.body.at - len(v)
	if err := decodeEvent(reader[string]{data: v, base: start}, d.raw[start:d.body.at], e); err != nil {
		var format *FormatError
		if errors.As(err, &format) {
			format.Event = d.event
		}
		return err
	}
	if d.marked {
		d.stamp.Apply(e)
	}
	return nil
}

// decompress returns the events of a batch, in the memory of dst where they
// fit.
func decompress(dst []byte, o *opened) ([]byte, error) {
	if o.Codec == CodecNone {
		if len(o.body) != o.Size {
			return dst, &FormatError{Offset: o.bodyAt, Reason: "the events are not as long as the header says"}
		}
		return append(dst, o.body...), nil
	}
	n, err := s2.DecodedLen(o.body)
	if err != nil || n != o.Size {
		return dst, &FormatError{Offset: o.bodyAt, Reason: "the compressed events are not as long as the header says"}
	}
	if cap(dst) < n {
		dst = make([]byte, 0, n+n/4)
	}
	out, err := s2.Decode(dst[:n], o.body)
	if err != nil {
		return dst, &FormatError{Offset: o.bodyAt, Reason: "the events cannot be decompressed: " + err.Error()}
	}
	return out, nil
}

// countEvents walks the events of a body and compares their number.
func countEvents(r reader[string], want int) error {
	n := 0
	for {
		_, err := nextEvent(&r)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		n++
	}
	if n != want {
		return r.fail(len(r.data), "%d events, the header says %d", n, want)
	}
	return nil
}

// nextEvent returns the message of the next event, passing over what else a
// newer sender wrote; io.EOF when there is none.
func nextEvent(r *reader[string]) (string, error) {
	for r.at < len(r.data) {
		number, wireType, err := r.tag()
		if err != nil {
			return "", err
		}
		if number == numberEvent && wireType == typeLen {
			return r.text()
		}
		if err := r.skip(wireType); err != nil {
			return "", err
		}
	}
	return "", io.EOF
}
