package outbox

import (
	"errors"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/bus/spool"
	"github.com/lynceus-io/lynceus/collect/sensor/queue"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// MaxEvent bounds an event in its encoded form, and the events of a batch before compression: 500 of usual size.
const MaxEvent = 160 << 10

// batch is one that is being filled.
type batch struct {
	owner   string // the container whose it is alone, "" for one of many
	builder wire.Builder
	begun   time.Time
	shares  map[shareKey]*share
	last    *share // what the last event counted to
	lastKey shareKey
}

type shareKey struct {
	container, pod string
	class          event.Class
}

// share is what one container has of one table in a batch.
type share struct {
	events uint64
	bytes  int
}

func newBatch(owner string) *batch {
	return &batch{owner: owner, builder: wire.Builder{Limit: MaxEvent}, shares: map[shareKey]*share{}}
}

// empty reports whether there is no event.
func (b *batch) empty() bool { return b.builder.Events() == 0 }

// add adds an event, and reports false when there is no room.
func (b *batch) add(source string, it *queue.Item, data []byte, now func() time.Time) (bool, error) {
	if b.empty() {
		b.begun = now()
		b.builder.Reset(source, b.begun.UnixNano())
		b.last = nil
	}
	if err := b.builder.AddEncoded(data); err != nil {
		if errors.Is(err, wire.ErrFull) {
			return false, nil
		}
		return false, fmt.Errorf("outbox: %w", err)
	}
	key := shareKey{it.Container, it.Pod, it.Class}
	if b.last == nil || key != b.lastKey {
		if b.last = b.shares[key]; b.last == nil {
			b.last = &share{}
			b.shares[key] = b.last
		}
		b.lastKey = key
	}
	b.last.events++
	b.last.bytes += len(data)
	return true, nil
}

// reset empties the batch.
func (b *batch) reset() {
	b.builder.Reset("", 0)
	clear(b.shares)
	b.last = nil
}

// spooled is the batch as the spool takes it. It is valid until the next.
func (b *batch) spooled(lane spool.Lane, dst []byte) spool.Input {
	in := spool.Input{Lane: lane, Owner: b.owner, Payload: b.builder.AppendTo(dst[:0])}
	for k, s := range b.shares {
		in.Shares = append(in.Shares, spool.Share{Pod: k.pod, Container: k.container, Class: k.class, Events: s.events})
	}
	return in
}

// floodPart is which part of a full batch makes a container one who floods.
const floodPart = 4

// floods returns the containers of which a good part of the batch is.
func (b *batch) floods() (out []string) {
	bytes := map[string]int{}
	for k, s := range b.shares {
		bytes[k.container] += s.bytes
	}
	for container, n := range bytes {
		if n >= b.builder.Size()/floodPart {
			out = append(out, container)
		}
	}
	return out
}
