package bus

import (
	"encoding/binary"
	"strconv"

	"github.com/nats-io/nats.go"
)

// headerBundle is on a message that holds several payloads, with how many.
const headerBundle = "Lynceus-Bundle"

// bundleHead is how many bytes of a bundle a payload takes at most besides itself and its origin.
const bundleHead = 2 * binary.MaxVarintLen32

// maxBundle bounds the payloads of a bundle: a payload's number has so many places for each message.
const maxBundle = 1 << indexBits

// bundle makes one message of several payloads, in order. Of each stand the length of its origin, that, the length of the
// payload, and that; lengths are as binary.AppendUvarint writes them.
func bundle(all []*posting) *nats.Msg {
	size := 0
	for _, p := range all {
		size += p.size()
	}
	data := make([]byte, 0, size)
	for _, p := range all {
		data = append(binary.AppendUvarint(data, uint64(len(p.origin))), p.origin...)
		data = append(binary.AppendUvarint(data, uint64(len(p.payload))), p.payload...)
	}
	return &nats.Msg{Subject: all[0].subject, Header: nats.Header{headerBundle: {strconv.Itoa(len(all))}}, Data: data}
}

// unbundle appends the payloads of a message that holds n of them. A message that is not what its header says is one payload
// as it is, which nobody can read.
func unbundle(whole Message, n string, dst []Message) []Message {
	want, err := strconv.Atoi(n)
	if err != nil || want < 1 || want > maxBundle {
		return append(dst, whole)
	}
	out, rest := dst, whole.Data
	for i := range want {
		origin, after, ok := cutText(rest)
		payload, after, ok2 := cutText(after)
		if !ok || !ok2 {
			return append(dst, whole)
		}
		m := whole
		m.Data, m.origin, m.index = payload, string(origin), i
		out, rest = append(out, m), after
	}
	if len(rest) > 0 {
		return append(dst, whole)
	}
	return out
}

// cutText cuts off what stands behind its length.
func cutText(b []byte) (text, rest []byte, ok bool) {
	n, k := binary.Uvarint(b)
	if k <= 0 || n > uint64(len(b)-k) {
		return nil, nil, false
	}
	end := k + int(n)
	return b[k:end:end], b[end:], true
}
