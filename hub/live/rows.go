package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// fullPause is how long a batch waits before it is offered to a full bus again.
const fullPause = 250 * time.Millisecond

// Rows puts batches of events that are decoded already on the bus. It is for one goroutine.
type Rows struct {
	publisher Publisher
	decoder   wire.Decoder
	builder   wire.Builder
	event     event.Event
	flight    *coverage.Flight
	first     coverage.Sent // of the batch at hand
	partition int           // likewise
}

// NewRows returns Rows for a bus, which read no batch that has more than limit bytes before compression; 0 is no limit.
func NewRows(p Publisher, limit int) *Rows {
	return &Rows{publisher: p, decoder: wire.Decoder{Limit: limit, Reuse: true}}
}

// Track has a flight know of every batch from now on, by the source of its first event. It must be called before the
// first.
func (r *Rows) Track(f *coverage.Flight) { r.flight = f }

// Take publishes a batch, after fill has looked at each of its events and changed what it likes. It returns when all of
// it is durable, and waits while the bus is full, until ctx ends. An error that wraps a *wire.FormatError says that the
// batch cannot be read, and one of fill ends it: nothing of it was published.
func (r *Rows) Take(ctx context.Context, batch []byte, fill func(*event.Event) error) (events int, err error) {
	payload, err := r.encode(batch, fill, nil)
	if err != nil || payload == nil {
		return 0, err
	}
	for {
		number, err := r.publisher.Publish(ctx, r.partition, payload)
		if err == nil {
			r.sent(number)
		}
		if !errors.Is(err, bus.ErrFull) {
			return r.builder.Events(), err
		}
		select {
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		case <-time.After(fullPause):
		}
	}
}

// Originator is the bus, as far as who takes batches of peers needs it.
type Originator interface {
	Publisher
	PublishFrom(ctx context.Context, partition int, o bus.Origin, payload []byte) (sequence uint64, err error)
}

// payloads are memory for batches on their way to the bus, which has copied a payload when it is published or was refused.
var payloads sync.Pool

// keptPayload bounds the memory that is kept for each.
const keptPayload = 64 << 10

// Ready is a batch that can be put on the bus.
type Ready struct {
	Events  int
	payload []byte // nil without events
	room    *[]byte
	to      Originator
	flight  *coverage.Flight
	sent    coverage.Sent
	of      int // partition
}

// Filler says what is to be done with the events of somebody's batch.
type Filler interface {
	// Stamp is what is set on each event.
	Stamp() *wire.Stamp
	// Check returns why the batch of an event is refused. own says that Fill has to change the event.
	Check(e *event.Event) (own bool, err error)
	// Fill changes an event, which Check let pass, for good: it does what the stamp does, too.
	Fill(e *event.Event) error
}

// Prepare reads a batch as Take does, and leaves it to the answer to publish it, so that others can be prepared meanwhile.
// A batch goes on as it is, under a stamp, unless one of its events has to be changed otherwise.
// It needs Rows of an Originator.
func (r *Rows) Prepare(batch []byte, f Filler) (*Ready, error) {
	to, ok := r.publisher.(Originator)
	if !ok {
		return nil, errors.New("prepare a batch: the bus takes none that have an origin")
	}
	room, _ := payloads.Get().(*[]byte)
	if room == nil {
		room = &[]byte{}
	}
	events, own, err := r.check(batch, f)
	if err != nil {
		return nil, err
	}
	p := &Ready{room: room, to: to, flight: r.flight, Events: events}
	switch {
	case own:
		if p.payload, err = r.encode(batch, f.Fill, (*room)[:0]); err != nil {
			return nil, err
		}
	case events > 0:
		p.payload = wire.AppendStamped((*room)[:0], f.Stamp(), batch)
	}
	p.of = r.partition
	p.sent = coverage.Sent{Key: r.first.Key.Clone(), Role: r.first.Role, Events: events}
	return p, nil
}

// check reads all events of a batch, so that whoever reads it later can, and returns how many there are. own says that
// one has to be changed.
func (r *Rows) check(batch []byte, f Filler) (events int, own bool, err error) {
	header, err := r.decoder.Open(batch)
	if err != nil {
		return 0, false, err
	}
	for i := range header.Events {
		if err := r.decoder.Next(&r.event); err != nil {
			return 0, false, err
		}
		changed, err := f.Check(&r.event)
		if err != nil {
			return 0, false, err
		}
		own = own || changed
		if i == 0 {
			f.Stamp().Apply(&r.event)
			r.begin()
		}
	}
	return header.Events, own, nil
}

// begin notes by the first event of a batch where it came from and goes to.
func (r *Rows) begin() {
	r.first.Key, r.first.Role = coverage.SourceOf(&r.event)
	r.partition = PartitionOf(event.K8sCluster.Get(&r.event), r.publisher.Partitions())
}

// Offer publishes the batch and returns when it is durable. It does not wait: the error wraps bus.ErrFull when the bus is full.
// The batch is gone then, whatever comes of it.
func (p *Ready) Offer(ctx context.Context, o bus.Origin) error {
	defer p.release()
	if p.payload == nil {
		return nil
	}
	number, err := p.to.PublishFrom(ctx, p.of, o, p.payload)
	if err == nil {
		p.flight.Sent(number, p.sent)
	}
	return err
}

// release gives memory back.
func (p *Ready) release() {
	if *p.room = p.payload; p.payload != nil && cap(p.payload) <= keptPayload {
		payloads.Put(p.room)
	}
	p.payload = nil
}

// sent has the flight know of the batch that was published.
func (r *Rows) sent(number uint64) {
	r.first.Key, r.first.Events = r.first.Key.Clone(), r.builder.Events()
	r.flight.Sent(number, r.first)
}

// encode reads a batch and writes it anew, into room where it fits; nil for one without events.
func (r *Rows) encode(batch []byte, fill func(*event.Event) error, room []byte) ([]byte, error) {
	header, err := r.decoder.Open(batch)
	if err != nil {
		return nil, err
	}
	r.builder.Limit = header.Size + header.Size/2 + wire.DefaultBody
	r.builder.Reset(header.Source, header.Received)
	for {
		err := r.decoder.Next(&r.event)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := fill(&r.event); err != nil {
			return nil, err
		}
		if r.builder.Events() == 0 {
			r.begin()
		}
		if err := r.builder.Add(&r.event); err != nil {
			return nil, fmt.Errorf("event %d of %s: %w", r.builder.Events()+1, header.Source, err)
		}
	}
	if r.builder.Events() == 0 {
		return nil, nil
	}
	return r.builder.AppendTo(room), nil
}
