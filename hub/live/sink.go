package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// Publisher is the bus, as far as intake needs it.
type Publisher interface {
	// Partitions returns how many partitions there are; PartitionOf says which
	// is whose.
	Partitions() int
	Publish(ctx context.Context, partition int, payload []byte) (sequence uint64, err error)
}

// Sink puts what intake decoded on the bus, where it is durable. It implements
// intake.Sink. What is no event, or too large for the bus, becomes a row of
// the table health with the reason, and the rest goes on.
type Sink struct {
	publisher  Publisher
	clusterUID func(name string) string
	pool       sync.Pool // of *packer
	rejected   atomic.Int64
	flight     *coverage.Flight
}

// packer makes batches of one source.
type packer struct {
	wire.Builder
	health event.Event
	hasher *event.UIDHasher
}

// NewSink returns a sink for a bus. clusterUID returns the UID of the cluster
// with a name, "" where it is not known; nil knows none.
func NewSink(p Publisher, clusterUID func(name string) string) *Sink {
	if clusterUID == nil {
		clusterUID = func(string) string { return "" }
	}
	return &Sink{publisher: p, clusterUID: clusterUID, pool: sync.Pool{New: func() any { return &packer{hasher: event.NewUIDHasher()} }}}
}

// Track has a flight know of every batch from now on. It must be called before the first.
func (s *Sink) Track(f *coverage.Flight) { s.flight = f }

// Rejected is how many documents became rows of the table health.
func (s *Sink) Rejected() int64 { return s.rejected.Load() }

// Take publishes a batch. It returns when all of it is durable; when the bus
// is full it says so, and the source has to wait.
func (s *Sink) Take(ctx context.Context, b *audit.Batch) error {
	p := s.pool.Get().(*packer)
	defer s.pool.Put(p)
	p.Reset(b.Origin().Source, b.Received())
	uid := s.clusterUID(b.Origin().Cluster)
	for i := range b.Len() {
		e := b.Event(i)
		if uid != "" {
			event.K8sClusterUID.Set(e, uid)
		}
		err := s.add(ctx, p, b, e)
		if errors.Is(err, wire.ErrTooLarge) {
			err = s.add(ctx, p, b, p.reject(b, i, audit.Reject{Reason: err.Error(), Size: len(e.Raw)}))
			s.rejected.Add(1)
		}
		if err != nil {
			return fmt.Errorf("event %d of %s: %w", i+1, b.Origin().Source, err)
		}
	}
	for i, r := range b.Rejects() {
		if err := s.add(ctx, p, b, p.reject(b, i, r)); err != nil {
			return fmt.Errorf("document %d of %s: %w", i+1, b.Origin().Source, err)
		}
		s.rejected.Add(1)
	}
	return s.publish(ctx, p, b.Origin())
}

// add puts an event into the batch, publishing what is there when it is full.
func (s *Sink) add(ctx context.Context, p *packer, b *audit.Batch, e *event.Event) error {
	err := p.Add(e)
	if !errors.Is(err, wire.ErrFull) {
		return err
	}
	if err := s.publish(ctx, p, b.Origin()); err != nil {
		return err
	}
	p.Reset(b.Origin().Source, b.Received())
	return p.Add(e)
}

func (s *Sink) publish(ctx context.Context, p *packer, from audit.Origin) error {
	if p.Events() == 0 {
		return nil
	}
	number, err := s.publisher.Publish(ctx, PartitionOf(from.Cluster, s.publisher.Partitions()), p.AppendTo(nil))
	if errors.Is(err, bus.ErrFull) {
		return fmt.Errorf("%w: the store does not keep up, or the disk is full; intake waits", err)
	}
	if err == nil {
		s.flight.Sent(number, coverage.Sent{Key: coverage.Key{Cluster: from.Cluster, Source: from.Source}, Role: coverage.Audit, Events: p.Events()})
	}
	return err
}

// reject makes the row that says what could not be taken. The text of a
// document is masked already: nothing can be redacted in what cannot be read.
func (p *packer) reject(b *audit.Batch, i int, r audit.Reject) *event.Event {
	e := &p.health
	e.Reset(event.ClassHealth)
	if doc, err := json.Marshal(string(r.Text)); err == nil && len(r.Text) > 0 {
		e.Raw = doc
	}
	source := b.Origin().Source
	place := strconv.FormatInt(r.Line, 10) + ":" + strconv.FormatInt(r.Offset, 10)
	event.MetadataUID.Set(e, p.hasher.Sum("reject", source, place, strconv.Itoa(i), strconv.FormatInt(b.Received(), 10)).String())
	event.MetadataSource.Set(e, source)
	event.Time.Set(e, b.Received())
	event.ReceivedTime.Set(e, b.Received())
	event.K8sCluster.Set(e, b.Origin().Cluster)
	event.Status.Set(e, "Failure")
	event.Message.Set(e, "a document could not be read: "+r.Reason)
	event.StatusDetail.Set(e, fmt.Sprintf("line %d, offset %d, %d bytes", r.Line, r.Offset, r.Size))
	return e
}
