package bus

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
)

// Origin says where a payload came from: a place in the sequence of whoever
// sends it again until it is known to be durable. A payload may be published
// more than once; consumers tell by its origin.
type Origin struct {
	// Source is who, and Epoch what Sequence counts in. Neither has spaces.
	Source, Epoch string
	Sequence      uint64
}

// headerOrigin is on the messages of a payload that has an origin: its
// sequence, epoch and source.
const headerOrigin = "Lynceus-Origin"

// PublishFrom is Publish for a payload of which the origin is known.
func (b *Bus) PublishFrom(ctx context.Context, partition int, o Origin, payload []byte) (number uint64, err error) {
	if strings.ContainsAny(o.Source+o.Epoch, " \r\n") {
		return 0, fmt.Errorf("bus: %q and %q cannot be an origin", o.Source, o.Epoch)
	}
	return b.publish(ctx, partition, fmt.Sprintf("%d %s %s", o.Sequence, o.Epoch, o.Source), payload)
}

// originHeader is the header of a message that has an origin; "" is none.
func originHeader(origin string) nats.Header {
	if origin == "" {
		return nats.Header{}
	}
	return nats.Header{headerOrigin: {origin}}
}

// Origin returns where the payload came from; ok is false where that was not
// said.
func (m *Message) Origin() (o Origin, ok bool) {
	words := strings.Split(m.origin, " ")
	if len(words) != 3 {
		return o, false
	}
	n, err := strconv.ParseUint(words[0], 10, 64)
	return Origin{Source: words[2], Epoch: words[1], Sequence: n}, err == nil
}
