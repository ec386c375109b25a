package live

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// Publisher is the bus, as far as intake needs it.
type Publisher interface {
	Publish(ctx context.Context, partition int, payload []byte) (sequence uint64, err error)
}

// Sink puts what intake decoded on the bus, where it is durable. It implements
// intake.Sink.
type Sink struct {
	publisher Publisher
	pool      sync.Pool // of *wire.Builder
}

// NewSink returns a sink for a bus.
func NewSink(p Publisher) *Sink {
	return &Sink{publisher: p, pool: sync.Pool{New: func() any { return new(wire.Builder) }}}
}

// Take publishes a batch. It returns when all of it is durable; when the bus
// is full it says so, and the source has to wait.
func (s *Sink) Take(ctx context.Context, b *audit.Batch) error {
	w := s.pool.Get().(*wire.Builder)
	defer s.pool.Put(w)
	w.Reset(b.Origin().Source, b.Received())
	for i := range b.Len() {
		e := b.Event(i)
		event.MetadataUID.Set(e, b.UID(i).String())
		event.MetadataSource.Set(e, b.Origin().Source)
		event.ReceivedTime.Set(e, b.Received())
		err := w.Add(e)
		if errors.Is(err, wire.ErrFull) {
			if err = s.publish(ctx, w); err != nil {
				return err
			}
			w.Reset(b.Origin().Source, b.Received())
			err = w.Add(e)
		}
		if err != nil {
			return fmt.Errorf("event %d of %s: %w", i+1, b.Origin().Source, err)
		}
	}
	return s.publish(ctx, w)
}

func (s *Sink) publish(ctx context.Context, w *wire.Builder) error {
	if w.Events() == 0 {
		return nil
	}
	_, err := s.publisher.Publish(ctx, 0, w.AppendTo(nil))
	if errors.Is(err, bus.ErrFull) {
		return fmt.Errorf("%w: the store does not keep up, or the disk is full; intake waits", err)
	}
	return err
}
