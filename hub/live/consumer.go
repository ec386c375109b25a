package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/store/lake"
)

const (
	// gatherBytes and gatherTime bound what is written at once: a segment of
	// a few ten thousand events, or what came within half a second, which is
	// then how old an event is when a query can find it.
	gatherBytes = 16 << 20
	gatherTime  = 500 * time.Millisecond
	// idle is how long a pull waits, and so how often time passes for the
	// judge while nothing comes.
	idle = 500 * time.Millisecond
	// finishTime bounds what is written when the server stops.
	finishTime = 10 * time.Second
	// retryFull is how long a full disk is left alone.
	retryFull = 5 * time.Second
)

// Events begins the partition under which the lake knows what came by the
// bus; the rest names the sequence that its numbers belong to, so that a mark
// of a stream that is gone covers nothing of one that was made anew.
const Events = "events"

// Source is a partition of the bus.
type Source interface {
	Pull(ctx context.Context, o bus.PullOptions) ([]bus.Message, error)
	Ack(ctx context.Context, sequence uint64) error
	Quarantine(ctx context.Context, m bus.Message, reason error) error
	Rewind()
	Sequence() string
}

// Consumer moves events from the bus into the lake.
type Consumer struct {
	Source Source
	Lake   *lake.Lake
	// NewJudge makes a judge that knows what the lake holds.
	NewJudge func(ctx context.Context) (*Judge, error)
	Log      *slog.Logger
	Now      func() time.Time

	decoder wire.Decoder
	event   event.Event
	counts  Counts
	ready   atomic.Bool
}

// Counts are what a consumer did since it began. They may be read at any time.
type Counts struct {
	Events, Repeated, Batches, Quarantined atomic.Int64
	// Future are events that were more than five minutes ahead of their
	// receipt.
	Future atomic.Int64
	// Amended are requests to which what was learned late was added, Shed
	// those that waited for it and did not fit.
	Amended, Shed atomic.Int64
	// Full is 1 while the disk is full and nothing can be written.
	Full atomic.Int64
}

// Counts returns what the consumer did.
func (c *Consumer) Counts() *Counts { return &c.counts }

// Ready reports whether the past was taken up, and events are worked on.
func (c *Consumer) Ready() bool { return c.ready.Load() }

// Run works until ctx ends. An error means that the store or the bus is
// broken. When the disk is full it waits for room, and begins again where the
// store stands, as after a restart.
func (c *Consumer) Run(ctx context.Context) error {
	for {
		judge, err := c.NewJudge(ctx)
		if err == nil {
			c.ready.Store(true)
			err = c.work(ctx, judge)
		}
		if ctx.Err() != nil {
			c.finish(ctx, judge)
			return nil
		}
		if !errors.Is(err, lake.ErrFull) {
			return err
		}
		if c.counts.Full.Swap(1) == 0 {
			c.Log.Error("the disk is full: intake waits until there is room", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(retryFull):
		}
		c.Source.Rewind()
	}
}

// finish writes what was found and learned when the server stops.
func (c *Consumer) finish(ctx context.Context, judge *Judge) {
	if judge == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTime)
	defer cancel()
	if err := judge.Finish(ctx); err != nil {
		c.Log.Error("what was found last could not be written; it is found again at the next start", "error", err)
	}
}

// work moves events until something fails.
func (c *Consumer) work(ctx context.Context, judge *Judge) error {
	for {
		messages, err := c.gather(ctx)
		if err != nil {
			return fmt.Errorf("read the bus: %w", err)
		}
		if err := c.store(ctx, judge, messages); err != nil {
			return err
		}
		if err := judge.Tell(ctx, len(messages) == 0); err != nil {
			return err
		}
		late := judge.TakeLate()
		c.counts.Amended.Add(late.Amended)
		c.counts.Shed.Add(late.Shed)
	}
}

// gather pulls until there is enough to write, or some and time has passed.
func (c *Consumer) gather(ctx context.Context) ([]bus.Message, error) {
	var out []bus.Message
	size, until := 0, time.Time{}
	for size < gatherBytes {
		wait := idle
		if len(out) > 0 {
			if wait = until.Sub(c.Now()); wait <= 0 {
				break
			}
		}
		got, err := c.Source.Pull(ctx, bus.PullOptions{MaxBytes: gatherBytes - size, Wait: wait})
		if err != nil {
			return nil, err
		}
		if len(got) == 0 {
			break
		}
		if len(out) == 0 {
			until = c.Now().Add(gatherTime)
		}
		for _, m := range got {
			size += len(m.Data)
		}
		out = append(out, got...)
	}
	return out, nil
}

func (c *Consumer) partition() string { return Events + "-" + c.Source.Sequence() }

// store writes the events of messages with their mark in one step, and then
// acknowledges them. What is stored already is only acknowledged.
func (c *Consumer) store(ctx context.Context, judge *Judge, messages []bus.Message) error {
	mark := c.Lake.Mark(c.partition())
	fresh := messages[:0:0]
	for _, m := range messages {
		if m.Seq > mark {
			fresh = append(fresh, m)
		}
	}
	if len(fresh) > 0 {
		if err := c.append(ctx, judge, fresh); err != nil {
			return err
		}
	}
	if len(messages) == 0 {
		return nil
	}
	if err := c.Source.Ack(ctx, messages[len(messages)-1].Seq); err != nil {
		return fmt.Errorf("acknowledge to the bus: %w", err)
	}
	return nil
}

func (c *Consumer) append(ctx context.Context, judge *Judge, messages []bus.Message) error {
	a := c.Lake.Begin(c.partition(), messages[0].First, messages[len(messages)-1].Seq)
	defer func() { _ = a.Abort() }() // nothing to do after Commit
	for _, m := range messages {
		if err := c.batch(ctx, judge, a, m); err != nil {
			return err
		}
	}
	if err := a.Commit(ctx); err != nil {
		return fmt.Errorf("write to the store: %w", err)
	}
	c.counts.Full.Store(0)
	c.counts.Future.Add(judge.TakeFuture())
	c.counts.Batches.Add(int64(len(messages)))
	return nil
}

// batch judges and adds the events of one message. One that cannot be read is
// put aside, whole.
func (c *Consumer) batch(ctx context.Context, judge *Judge, a *lake.Append, m bus.Message) error {
	if _, err := c.decoder.Open(m.Data); err != nil {
		return c.quarantine(ctx, m, err)
	}
	for {
		err := c.decoder.Next(&c.event)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return c.quarantine(ctx, m, err)
		}
		if !judge.Take(&c.event) {
			c.counts.Repeated.Add(1)
			continue
		}
		c.counts.Events.Add(1)
		if err := a.Add(&c.event); err != nil {
			return fmt.Errorf("write to the store: %w", err)
		}
	}
}

func (c *Consumer) quarantine(ctx context.Context, m bus.Message, reason error) error {
	c.counts.Quarantined.Add(1)
	c.Log.Error("a batch on the bus cannot be read and was put aside", "sequence", m.Seq, "reason", reason)
	if err := c.Source.Quarantine(ctx, m, reason); err != nil {
		return fmt.Errorf("put a batch aside: %w", err)
	}
	return nil
}
