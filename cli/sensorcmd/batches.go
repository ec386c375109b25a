//go:build linux

package sensorcmd

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/queue"
	"github.com/lynceus-io/lynceus/collect/sensor/stream"
	"github.com/lynceus-io/lynceus/event/wire"
)

// streamSource is the source that batches name.
const streamSource = "sensor"

// batches sends events in batches, each when the one before is durable. It is an outlet for events in the form of
// wire.AppendEvent.
type batches struct {
	sender  *stream.Sender
	builder wire.Builder
	now     func() time.Time
	begun   bool
	large   atomic.Uint64 // events that fit into no message
}

func newBatches(s *stream.Sender, now func() time.Time) *batches {
	return &batches{sender: s, builder: wire.Builder{Limit: stream.MaxBody}, now: now}
}

func (b *batches) put(it queue.Item, data []byte) error {
	if len(data) > stream.MaxBody {
		b.large.Add(1)
		return nil
	}
	if !b.begun {
		b.builder.Reset(streamSource, b.now().UnixNano())
		b.begun = true
	}
	err := b.builder.AddEncoded(data)
	if !errors.Is(err, wire.ErrFull) {
		return err
	}
	if err := b.flush(); err != nil {
		return err
	}
	return b.put(it, data)
}

func (b *batches) flush() error {
	if !b.begun || b.builder.Events() == 0 {
		return nil
	}
	if err := b.sender.Send(b.builder.AppendTo); err != nil {
		return fmt.Errorf("hand over %d events: %w", b.builder.Events(), err)
	}
	b.begun = false
	return nil
}
