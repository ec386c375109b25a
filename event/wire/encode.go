package wire

import (
	"encoding/binary"

	"github.com/lynceus-io/lynceus/event"
)

// AppendEvent appends the message of e to dst and returns it. It allocates
// only where dst is too small.
func AppendEvent(dst []byte, e *event.Event) []byte {
	dst = appendTag(dst, NumberClass, typeVarint)
	dst = binary.AppendUvarint(dst, uint64(e.Class))
	var empty [8]event.FieldID // lists that are present without a word; there are few
	empties := empty[:0]
	for id, ok := e.Next(0); ok; id, ok = e.Next(id) {
		switch kinds[id] {
		case kindText:
			v, _ := e.Text(id)
			dst = appendText(dst, id, v)
		case kindVarint:
			n, _ := e.Number(id)
			dst = binary.AppendUvarint(appendTag(dst, id, typeVarint), uint64(n))
		case kindFixed:
			n, _ := e.Number(id)
			dst = binary.LittleEndian.AppendUint64(appendTag(dst, id, typeI64), uint64(n))
		case kindList:
			words, _ := e.List(id)
			for _, w := range words {
				dst = appendText(dst, id, w)
			}
			if len(words) == 0 {
				empties = append(empties, id)
			}
		}
	}
	if len(empties) > 0 {
		var packed [3 * len(empty)]byte
		p := packed[:0]
		for _, id := range empties {
			p = binary.AppendUvarint(p, uint64(id))
		}
		dst = append(binary.AppendUvarint(appendTag(dst, NumberEmptyLists, typeLen), uint64(len(p))), p...)
	}
	if !sameDocument(e) {
		dst = append(binary.AppendUvarint(appendTag(dst, NumberDocument, typeLen), uint64(len(e.Raw))), e.Raw...)
	}
	return dst
}

// sameDocument reports whether raw_data alone says what Raw is: the decoder
// takes one for the other.
func sameDocument(e *event.Event) bool {
	v, _ := e.Text(event.RawData.ID())
	return v == string(e.Raw)
}

func appendTag(dst []byte, id event.FieldID, wireType byte) []byte {
	return binary.AppendUvarint(dst, uint64(id)<<3|uint64(wireType))
}

func appendText(dst []byte, id event.FieldID, v string) []byte {
	dst = binary.AppendUvarint(appendTag(dst, id, typeLen), uint64(len(v)))
	return append(dst, v...)
}
