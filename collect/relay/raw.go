package relay

import (
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/event"
)

// raw is a codec of gRPC that leaves messages as they are. It implements
// encoding.Codec.
type raw struct{}

// Marshal returns the message.
func (raw) Marshal(v any) ([]byte, error) {
	b, ok := v.(*[]byte)
	if !ok {
		return nil, fmt.Errorf("relay: %T is no message", v)
	}
	return *b, nil
}

// Unmarshal copies the message: gRPC uses its memory again.
func (raw) Unmarshal(b []byte, v any) error {
	into, ok := v.(*[]byte)
	if !ok {
		return fmt.Errorf("relay: %T is no message", v)
	}
	*into = append([]byte(nil), b...)
	return nil
}

// Name is that of the encoding on the wire.
func (raw) Name() string { return "proto" }

// note remembers how far each node has told, by events that are durable.
func (r *Reader) note(b *audit.Batch, now time.Time) {
	for i := range b.Len() {
		e := b.Event(i)
		node := event.K8sNode.Get(e)
		if _, known := r.marks.nodes[node]; !known {
			node = string([]byte(node)) // the batch's memory is used again
		}
		r.marks.note(node, time.Unix(0, event.Time.Get(e)), now)
	}
}
