package protobuf

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/lynceus-io/lynceus/event/rawjson"
)

// MaxDepth bounds how deeply messages nest.
const MaxDepth = 64

// AppendJSON writes a message as an object. Members come in the order of m, and
// elements of a list in that of the message; of a field that is there more than
// once and is no list the last counts. The error says why b is no such message.
func (m *Message) AppendJSON(dst, b []byte) ([]byte, error) { return m.append(dst, b, 0) }

// field is a field of a message as it stands there.
type field struct {
	wire protowire.Type
	text []byte
}

// split returns the fields of a message that m has.
func (m *Message) split(b []byte) ([][]field, error) {
	found := make([][]field, len(m.Fields))
	for len(b) > 0 {
		number, wire, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		b = b[n:]
		size := protowire.ConsumeFieldValue(number, wire, b)
		if size < 0 {
			return nil, protowire.ParseError(size)
		}
		for i := range m.Fields {
			if m.Fields[i].Number == number {
				found[i] = append(found[i], field{wire, b[:size]})
			}
		}
		b = b[size:]
	}
	return found, nil
}

func (m *Message) append(dst, b []byte, depth int) ([]byte, error) {
	if depth > MaxDepth {
		return nil, errors.New("too deep")
	}
	found, err := m.split(b)
	if err != nil {
		return nil, err
	}
	dst = append(dst, '{')
	more := false
	for i := range m.Fields {
		s := &m.Fields[i]
		if len(found[i]) == 0 {
			continue
		}
		if more {
			dst = append(dst, ',')
		}
		more = true
		dst = append(rawjson.AppendQuoted(dst, []byte(s.Name)), ':')
		switch {
		case s.Kind == Entries:
			dst, err = appendEntries(dst, found[i])
		case s.List:
			dst, err = s.appendList(dst, found[i], depth)
		default:
			dst, err = s.append(dst, found[i][len(found[i])-1], depth)
		}
		if err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// appendList writes the elements of a list, of which numbers may be packed
// together.
func (s *Field) appendList(dst []byte, list []field, depth int) ([]byte, error) {
	dst = append(dst, '[')
	more := false
	add := func(f field) (err error) {
		if more {
			dst = append(dst, ',')
		}
		more = true
		dst, err = s.append(dst, f, depth)
		return err
	}
	for _, f := range list {
		if f.wire != protowire.BytesType || s.Kind <= Entries {
			if err := add(f); err != nil {
				return nil, err
			}
			continue
		}
		packed, _ := protowire.ConsumeBytes(f.text)
		for len(packed) > 0 {
			_, n := protowire.ConsumeVarint(packed)
			if n < 0 {
				return nil, protowire.ParseError(n)
			}
			if err := add(field{protowire.VarintType, packed[:n]}); err != nil {
				return nil, err
			}
			packed = packed[n:]
		}
	}
	return append(dst, ']'), nil
}

// append writes the value of a field.
func (s *Field) append(dst []byte, f field, depth int) ([]byte, error) {
	switch {
	case f.wire == protowire.BytesType && s.Kind < Time:
		b, _ := protowire.ConsumeBytes(f.text)
		return s.appendBytes(dst, b, depth)
	case f.wire == protowire.Fixed64Type && s.Kind == Time:
		n, _ := protowire.ConsumeFixed64(f.text)
		return rawjson.AppendQuoted(dst, strconv.AppendUint(nil, n, 10)), nil
	case f.wire == protowire.Fixed64Type && s.Kind == Double:
		n, _ := protowire.ConsumeFixed64(f.text)
		if v := math.Float64frombits(n); !math.IsNaN(v) && !math.IsInf(v, 0) {
			return strconv.AppendFloat(dst, v, 'g', -1, 64), nil
		}
		return append(dst, `"NaN"`...), nil
	case f.wire == protowire.VarintType && s.Kind >= Int:
		n, _ := protowire.ConsumeVarint(f.text)
		return s.appendNumber(dst, n), nil
	}
	return nil, fmt.Errorf("%s has wire type %d", s.Name, f.wire)
}

// appendBytes writes the value of a field that has a length.
func (s *Field) appendBytes(dst, b []byte, depth int) ([]byte, error) {
	switch s.Kind {
	case Nested:
		return s.Of().append(dst, b, depth+1)
	case Text:
		return rawjson.AppendQuoted(dst, b), nil
	case Bytes:
		return rawjson.AppendQuoted(dst, base64.StdEncoding.AppendEncode(nil, b)), nil
	case Hex:
		return rawjson.AppendQuoted(dst, hex.AppendEncode(nil, b)), nil
	case Timestamp:
		return appendTime(dst, b)
	}
	of := s.Of()
	found, err := of.split(b)
	if err != nil {
		return nil, err
	}
	if n := len(found[0]); n > 0 {
		return of.Fields[0].append(dst, found[0][n-1], depth+1)
	}
	return of.Fields[0].appendNumber(dst, 0), nil
}

// appendNumber writes the value of a field that is a varint.
func (s *Field) appendNumber(dst []byte, n uint64) []byte {
	switch s.Kind {
	case Int:
		return rawjson.AppendQuoted(dst, strconv.AppendInt(nil, int64(n), 10))
	case Uint:
		return rawjson.AppendQuoted(dst, strconv.AppendUint(nil, n, 10))
	case Small:
		// uint32 is below 1<<32 on the wire, a negative int32 is sign-extended
		// to 64 bits.
		return strconv.AppendInt(dst, int64(n), 10)
	case Bool:
		return strconv.AppendBool(dst, n != 0)
	}
	if name := s.Names[int32(n)]; name != "" {
		return rawjson.AppendQuoted(dst, []byte(name))
	}
	return strconv.AppendInt(dst, int64(int32(n)), 10)
}

// appendTime writes a Timestamp: seconds and nanoseconds since 1970.
func appendTime(dst, b []byte) ([]byte, error) {
	var parts [3]uint64
	for len(b) > 0 {
		number, wire, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		b = b[n:]
		size := protowire.ConsumeFieldValue(number, wire, b)
		if size < 0 {
			return nil, protowire.ParseError(size)
		}
		if wire == protowire.VarintType && number < 3 {
			parts[number], _ = protowire.ConsumeVarint(b)
		}
		b = b[size:]
	}
	t := time.Unix(int64(parts[1]), int64(int32(parts[2]))).UTC()
	if y := t.Year(); y < 1 || y > 9999 {
		return nil, errors.New("a time that no calendar has")
	}
	return append(t.AppendFormat(append(dst, '"'), time.RFC3339Nano), '"'), nil
}

// entry is an element of a map.
var entry = New(F(1, "key", Text), F(2, "value", Text))

// appendEntries writes a map as an object.
func appendEntries(dst []byte, list []field) ([]byte, error) {
	dst = append(dst, '{')
	for i, f := range list {
		if f.wire != protowire.BytesType {
			return nil, fmt.Errorf("an entry of a map has wire type %d", f.wire)
		}
		b, _ := protowire.ConsumeBytes(f.text)
		found, err := entry.split(b)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		for j := range entry.Fields {
			if j > 0 {
				dst = append(dst, ':')
			}
			var text []byte
			if n := len(found[j]); n > 0 && found[j][n-1].wire == protowire.BytesType {
				text, _ = protowire.ConsumeBytes(found[j][n-1].text)
			}
			dst = rawjson.AppendQuoted(dst, text)
		}
	}
	return append(dst, '}'), nil
}
