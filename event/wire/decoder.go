package wire

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/s2"

	"github.com/lynceus-io/lynceus/event"
)

// Decoder reads batches, one after another. It keeps the memory of the
// uncompressed events; see Next for how long they live.
type Decoder struct {
	header Header
	raw    []byte         // the uncompressed events
	body   reader[string] // over the same as text
	event  int            // number of the last event that was read
}

// Open begins a batch. It checks everything that can be wrong with the batch
// as a whole (length, checksum, compression, the number of events), so that a
// batch that was cut off or changed yields no event. An error is a
// *FormatError. Of data nothing is kept.
func (d *Decoder) Open(data []byte) (Header, error) {
	d.header, d.event, d.body = Header{}, 0, reader[string]{}
	if cap(d.raw) > 4*DefaultBody {
		d.raw = nil // one giant batch is no reason to keep its memory
	}
	if len(data) < checksumLen || data[len(data)-checksumLen] != checksumTag {
		return Header{}, &FormatError{Offset: max(0, len(data)-checksumLen), Reason: "no checksum at the end: this is no batch, or it was cut off"}
	}
	end := len(data) - checksumLen
	if crc32.Checksum(data[:end], castagnoli) != binary.LittleEndian.Uint32(data[end+1:]) {
		return Header{}, &FormatError{Offset: end, Reason: "the checksum does not fit: the batch was changed or cut off"}
	}
	o, err := openHeader(data[:end])
	if err != nil {
		return Header{}, err
	}
	if d.raw, err = decompress(d.raw[:0], &o); err != nil {
		return Header{}, err
	}
	body := reader[string]{data: string(d.raw)}
	if err := countEvents(body, o.Events); err != nil {
		return Header{}, err
	}
	d.header, d.body = o.Header, body
	return d.header, nil
}

// Next makes e the next event of the batch, io.EOF after the last. Text of e
// stays valid as long as somebody holds it and keeps all text of its batch in
// memory; Raw is valid until the next Open. An error other than io.EOF is a
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
