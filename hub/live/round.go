package live

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/store/lake"
)

const (
	// gatherBytes and gatherTime bound what is written at once: a segment of
	// a few ten thousand events, or what came within that time, which with that
	// of writing it is then how old an event is when a query can find it.
	gatherBytes = 16 << 20
	gatherTime  = 400 * time.Millisecond
)

// round works on the messages, and on those that come meanwhile until there is
// enough to write or time has passed. It writes their events with their mark in
// one step, and then acknowledges them. What is stored already is only
// acknowledged.
func (c *Consumer) round(ctx context.Context, judge *Judge, messages []bus.Message) error {
	r := round{c: c, judge: judge, mark: c.Store.Mark(c.partition())}
	defer r.abort()
	until := time.Now().Add(gatherTime) // whatever happens to the clock
	for len(messages) > 0 {
		if err := r.take(ctx, messages); err != nil {
			return err
		}
		wait := time.Until(until)
		if r.bytes >= gatherBytes || wait <= 0 {
			break
		}
		var err error
		if messages, err = c.Source.Pull(ctx, bus.PullOptions{MaxBytes: gatherBytes - r.bytes, Wait: wait}); err != nil {
			break // the next pull says it again
		}
	}
	if err := r.commit(ctx); err != nil {
		return err
	}
	c.Flight.Settle(r.last.Number())
	maps.DeleteFunc(c.poisoned, func(number uint64, _ error) bool { return number <= r.last.Number() })
	if err := c.Source.Ack(ctx, r.last.Seq); err != nil {
		if lasting(err) || ctx.Err() != nil {
			return fmt.Errorf("acknowledge to the bus: %w", err)
		}
		// The store knows what it has, and the next one says so of this, too.
		c.Log.Warn("the bus does not hear what is stored; it is told with what comes next", "error", err)
	}
	return nil
}

// round is what is written at once.
type round struct {
	c     *Consumer
	judge *Judge
	mark  uint64 // what is stored already
	bytes int
	fresh int64       // messages that were not
	last  bus.Message // without its data
	a     Append      // nil before the first fresh one
}

// take judges messages, and adds their events to what is written.
func (r *round) take(ctx context.Context, messages []bus.Message) error {
	for _, m := range messages {
		r.bytes += len(m.Data)
		r.last = m
		r.last.Data = nil
		sent := r.c.Flight.Arrived(m.Number())
		if m.Seq <= r.mark {
			continue
		}
		if r.a == nil {
			r.a = r.c.Store.Begin(r.c.partition(), m.First, m.Seq)
			r.c.count()
		}
		r.a.Extend(m.Seq)
		r.fresh++
		if o, ok := m.Origin(); ok && !r.a.Note(lake.Origin(o)) {
			r.c.Counts.Resent.Add(1)
			continue
		}
		if err := r.c.batch(ctx, r.judge, r.a, m, sent); err != nil {
			return err
		}
	}
	return nil
}

// commit writes what was added.
func (r *round) commit(ctx context.Context) error {
	if r.a == nil {
		return nil
	}
	if err := r.judge.Secure(ctx); err != nil {
		return err
	}
	if err := r.a.Commit(ctx); err != nil {
		return fmt.Errorf("write to the store: %w", err)
	}
	r.c.counter.Commit()
	r.c.Counts.Full.Store(0)
	r.c.Counts.Future.Add(r.judge.TakeFuture())
	r.c.Counts.Batches.Add(r.fresh)
	return nil
}

// abort gives up what was not written.
func (r *round) abort() {
	if r.a != nil {
		_ = r.a.Abort() // nothing to do after Commit
	}
}

// count begins to count what is stored.
func (c *Consumer) count() {
	if c.counter == nil {
		c.counter = c.Tally.Counter()
	}
	c.counter.Begin(c.Now())
}
