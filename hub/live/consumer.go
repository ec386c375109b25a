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
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

const (
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

// Consumer moves events from the bus into a store.
type Consumer struct {
	Source Source
	Store  Store
	// NewJudge makes a judge that knows what the store holds.
	NewJudge func(ctx context.Context) (*Judge, error)
	// Outdated reports whether the judge made last is to be replaced, as its rules were changed: it writes what was found
	// and learned, and a new one takes up the past as after a restart. Nil means never.
	Outdated func() bool
	// Tally counts what was stored, by source; nil for nobody. Flight is told which batches came; nil for none.
	Tally  *coverage.Tally
	Flight *coverage.Flight
	// Counts are added to; several consumers may share them.
	Counts *Counts
	Log    *slog.Logger
	Now    func() time.Time

	decoder wire.Decoder // of stamped batches, too: see Rows.Prepare
	event   event.Event
	counter *coverage.Counter
	ready   atomic.Bool
	muted   atomic.Pointer[map[string]int64]
	// poisoned are messages that are to be put aside unread, with the reasons, by their numbers.
	poisoned map[uint64]error
	aside    uint64 // the highest number that was put aside and counted
}

// Counts are what consumers did since they began. They may be read at any time.
type Counts struct {
	Events, Repeated, Batches, Quarantined atomic.Int64
	// Resent are batches that a peer sent again after they were stored.
	Resent atomic.Int64
	// Future are events that were more than five minutes ahead of their
	// receipt.
	Future atomic.Int64
	// Amended are requests to which what was learned late was added, Shed
	// those that waited for it and did not fit.
	Amended, Shed atomic.Int64
	// Full is 1 while the disk is full and nothing can be written.
	Full atomic.Int64
}

// Muted returns how many matches of each rule were only counted since the rule made too many findings; nil for none. The
// map is not to be changed.
func (c *Consumer) Muted() map[string]int64 {
	if m := c.muted.Load(); m != nil {
		return *m
	}
	return nil
}

// Ready reports whether the past was taken up, and events are worked on.
func (c *Consumer) Ready() bool { return c.ready.Load() }

// Run works until ctx ends. An error means that the store is broken, or the
// bus for good. When the disk is full, the bus does not answer, or an event
// makes this program fail, it begins again where the store stands, as after a
// restart: when there is room, when the bus answers, without that event.
func (c *Consumer) Run(ctx context.Context) error {
	c.decoder.Stamped = true
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
		if errors.Is(err, errOutdated) {
			if err = judge.Finish(ctx); err == nil {
				continue
			}
		}
		if !c.recovers(ctx, err) {
			if ctx.Err() != nil {
				return nil
			}
			return err
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

// errOutdated ends the work of a judge that is to be replaced.
var errOutdated = errors.New("the rules were changed")

// work moves events until something fails, or the judge is outdated.
func (c *Consumer) work(ctx context.Context, judge *Judge) error {
	for {
		messages, err := c.Source.Pull(ctx, bus.PullOptions{MaxBytes: gatherBytes, Wait: idle})
		if err != nil {
			err = &busError{fmt.Errorf("read the bus: %w", err)}
			if !c.recovers(ctx, err) { // nothing was judged that is not stored: no need to begin again
				return err
			}
			continue
		}
		if len(messages) > 0 {
			if err := c.round(ctx, judge, messages); err != nil {
				return err
			}
		}
		if err := judge.Tell(ctx, len(messages) == 0); err != nil {
			return err
		}
		if m := judge.o.State.Muted(); m != nil {
			c.muted.Store(&m)
		}
		late := judge.TakeLate()
		c.Counts.Amended.Add(late.Amended)
		c.Counts.Shed.Add(late.Shed)
		if c.Outdated != nil && c.Outdated() {
			return errOutdated
		}
	}
}

func (c *Consumer) partition() string { return Events + "-" + c.Source.Sequence() }

// batch judges and adds the events of one message, of which the flight knew
// what was sent. One that cannot be read is put aside, from the first event on
// that cannot; one that made this program fail is, whole.
func (c *Consumer) batch(ctx context.Context, judge *Judge, a Append, m bus.Message, sent coverage.Sent) (err error) {
	header, err := c.decoder.Open(m.Data)
	if err != nil {
		c.counter.Lose(sent.Key, sent.Role, coverage.Bus, int64(max(sent.Events, 1)))
		return c.quarantine(ctx, m, err)
	}
	if reason := c.poisoned[m.Number()]; reason != nil {
		c.counter.Lose(sent.Key, sent.Role, coverage.Bus, int64(header.Events))
		return c.quarantine(ctx, m, reason)
	}
	defer c.guard(m.Number(), &err)
	for read := 0; ; read++ {
		err := c.decoder.Next(&c.event)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			c.counter.Lose(sent.Key, sent.Role, coverage.Bus, int64(header.Events-read))
			return c.quarantine(ctx, m, err)
		}
		fresh := judge.Take(&c.event)
		if c.event.Class == event.ClassFinding {
			continue // sources account for what happened, not for what was found in it
		}
		c.counter.Count(&c.event, fresh)
		if !fresh {
			c.Counts.Repeated.Add(1)
			continue
		}
		c.Counts.Events.Add(1)
		if err := a.Add(&c.event); err != nil {
			return fmt.Errorf("write to the store: %w", err)
		}
	}
}

func (c *Consumer) quarantine(ctx context.Context, m bus.Message, reason error) error {
	if err := c.Source.Quarantine(ctx, m, reason); err != nil {
		return &busError{fmt.Errorf("put a batch aside: %w", err)}
	}
	if m.Number() > c.aside { // not one that comes again
		c.aside = m.Number()
		c.Counts.Quarantined.Add(1)
		c.Log.Error("a batch on the bus cannot be taken and was put aside", "sequence", m.Seq, "reason", reason)
	}
	return nil
}
