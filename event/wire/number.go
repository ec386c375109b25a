package wire

import "github.com/lynceus-io/lynceus/event"

// Numbers of an event message that are no field of the registry, whose own
// numbers end below them. They have two-byte tags.
const (
	NumberEmptyLists event.FieldID = 2045 // numbers of the lists that are present and empty, packed
	NumberDocument   event.FieldID = 2046 // Event.Raw where raw_data does not say the same
	NumberClass      event.FieldID = 2047 // Event.Class
)

// Wire types of https://protobuf.dev/programming-guides/encoding/.
const (
	typeVarint = 0
	typeI64    = 1
	typeLen    = 2
	typeI32    = 5
)

// kind is how the value of a field is written.
type kind uint8

const (
	kindNone   kind = iota
	kindText        // length and bytes
	kindVarint      // two's complement as a varint: int64, bool
	kindFixed       // eight bytes, little-endian: nanoseconds
	kindList        // one length and bytes for each word
)

// kinds is indexed by field number. Derived fields are not stored, so they
// are not sent.
var kinds = fieldKinds()

func fieldKinds() (out [NumberEmptyLists]kind) {
	fields := event.Fields()
	for i := range fields {
		if fields[i].Origin != event.Derived {
			out[fields[i].ID] = kindOf(fields[i].Type)
		}
	}
	return out
}

func kindOf(t event.Type) kind {
	switch t {
	case event.TypeInt, event.TypeBool:
		return kindVarint
	case event.TypeTime:
		return kindFixed
	case event.TypeStrings:
		return kindList
	default:
		return kindText
	}
}
