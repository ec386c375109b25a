package wire

import "fmt"

// Header is what a batch says of all its events.
type Header struct {
	Source   string // where they came from: a file's name, a webhook, a sensor
	Received int64  // when the first of them was received, nanoseconds since 1970 UTC
	Events   int    // how many
	Codec    Codec
	Size     int // bytes of the events before compression
}

// opened is a batch message without its checksum.
type opened struct {
	Header
	version uint64
	stamp   []byte // of a stamped batch, a part of the message
	stampAt int    // where it begins
	body    []byte // the compressed events, a part of the message
	bodyAt  int    // where they begin
}

// openHeader reads the fields of a batch message.
func openHeader(data []byte) (opened, error) {
	r := reader[[]byte]{data: data}
	var o opened
	for r.at < len(data) {
		start := r.at
		number, wireType, err := r.tag()
		if err != nil {
			return o, err
		}
		if o.version == 0 && number != numberVersion {
			return o, r.fail(start, "this is no batch: it does not begin with a version")
		}
		problem := ""
		switch wireType {
		case typeVarint:
			var v uint64
			if v, err = r.varint(); err == nil {
				problem = o.setNumber(number, v)
			}
		case typeI64:
			var v uint64
			if v, err = r.fixed(8); err == nil && number == numberReceived {
				o.Received = int64(v)
			}
		case typeLen:
			var v []byte
			if v, err = r.text(); err == nil {
				problem = o.setBytes(number, v, r.at-len(v))
			}
		default:
			err = r.skip(wireType)
		}
		if err != nil {
			return o, err
		}
		if problem != "" {
			return o, r.fail(start, "%s", problem)
		}
	}
	if o.body == nil {
		return o, r.fail(len(data), "the batch has no events' field")
	}
	return o, nil
}

// setNumber takes a field of the header that is a number and returns what is
// wrong with it.
func (o *opened) setNumber(number, v uint64) (problem string) {
	switch number {
	case numberVersion:
		if o.version = v; v != Version && v != VersionStamped {
			return fmt.Sprintf("version %d of the format is not known: the sender is newer; upgrade this side first", v)
		}
	case numberCodec:
		if v > uint64(CodecS2) {
			return fmt.Sprintf("compression %d is not known: the sender is newer; upgrade this side first", v)
		}
		o.Codec = Codec(v)
	case numberCount, numberSize:
		if v > MaxBody {
			return fmt.Sprintf("%d is more than the limit of %d", v, MaxBody)
		}
		if number == numberCount {
			o.Events = int(v)
		} else {
			o.Size = int(v)
		}
	}
	return ""
}

// setBytes takes a field of the header that is text or bytes and stands at
// an offset, and returns what is wrong with it.
func (o *opened) setBytes(number uint64, v []byte, at int) (problem string) {
	switch number {
	case numberSource:
		if len(v) > MaxSource {
			return fmt.Sprintf("the source has %d bytes, more than %d", len(v), MaxSource)
		}
		o.Source = string(v)
	case numberBody:
		o.body, o.bodyAt = v, at
	case numberStamp:
		if o.version == VersionStamped {
			o.stamp, o.stampAt = v, at
		}
	}
	return ""
}
