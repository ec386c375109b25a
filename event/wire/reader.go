package wire

import (
	"encoding/binary"
	"fmt"
)

// FormatError says where a batch or an event is not what this package writes.
// Nothing of a batch that it concerns may be used.
type FormatError struct {
	Offset int    // bytes from the start of what was given to the decoder, or of the uncompressed events when Event is set
	Event  int    // number of the event in its batch, from 1; 0 outside the events
	Reason string // what is wrong there
}

// Error says what is wrong and where.
func (e *FormatError) Error() string {
	if e.Event > 0 {
		return fmt.Sprintf("wire: event %d of the batch, offset %d of its events: %s", e.Event, e.Offset, e.Reason)
	}
	return fmt.Sprintf("wire: offset %d: %s", e.Offset, e.Reason)
}

// reader walks the fields of one protobuf message that starts at offset base
// of something larger.
type reader[T string | []byte] struct {
	data T
	at   int
	base int
}

func (r *reader[T]) fail(at int, format string, args ...any) error {
	return &FormatError{Offset: r.base + at, Reason: fmt.Sprintf(format, args...)}
}

// varint reads up to ten bytes, as protobuf does.
func (r *reader[T]) varint() (uint64, error) {
	if r.at < len(r.data) && r.data[r.at] < 0x80 {
		r.at++
		return uint64(r.data[r.at-1]), nil
	}
	if r.at+1 < len(r.data) && r.data[r.at+1] < 0x80 { // tags above 15, most lengths
		r.at += 2
		return uint64(r.data[r.at-2]&0x7f) | uint64(r.data[r.at-1])<<7, nil
	}
	var v uint64
	for i := 0; i < binary.MaxVarintLen64; i++ {
		if r.at+i >= len(r.data) {
			return 0, r.fail(r.at, "a number is cut off")
		}
		b := r.data[r.at+i]
		if i == binary.MaxVarintLen64-1 && b > 1 {
			break
		}
		v |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			r.at += i + 1
			return v, nil
		}
	}
	return 0, r.fail(r.at, "a number has more than 64 bits")
}

// tag reads the number and the wire type of the next field.
func (r *reader[T]) tag() (number uint64, wireType byte, err error) {
	start := r.at
	v, err := r.varint()
	if err != nil {
		return 0, 0, err
	}
	if v>>3 == 0 || v>>3 > 1<<29-1 { // the largest number that protobuf allows
		return 0, 0, r.fail(start, "%d is no field number", v>>3)
	}
	return v >> 3, byte(v & 7), nil
}

// text reads a length and that many bytes.
func (r *reader[T]) text() (v T, err error) {
	start := r.at
	n, err := r.varint()
	if err != nil {
		return v, err
	}
	if n > uint64(len(r.data)-r.at) {
		return v, r.fail(start, "%d bytes are announced, %d follow", n, len(r.data)-r.at)
	}
	v = r.data[r.at : r.at+int(n)]
	r.at += int(n)
	return v, nil
}

// fixed reads size bytes, little-endian.
func (r *reader[T]) fixed(size int) (uint64, error) {
	if len(r.data)-r.at < size {
		return 0, r.fail(r.at, "a number of %d bytes is cut off", size)
	}
	var v uint64
	for i := size - 1; i >= 0; i-- {
		v = v<<8 | uint64(r.data[r.at+i])
	}
	r.at += size
	return v, nil
}

// skip passes over the value of a field that is not known.
func (r *reader[T]) skip(wireType byte) error {
	var err error
	switch wireType {
	case typeVarint:
		_, err = r.varint()
	case typeI64:
		_, err = r.fixed(8)
	case typeLen:
		_, err = r.text()
	case typeI32:
		_, err = r.fixed(4)
	default:
		err = r.fail(r.at, "wire type %d is not in use", wireType)
	}
	return err
}
