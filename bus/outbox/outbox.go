package outbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/spool"
	"github.com/lynceus-io/lynceus/collect/sensor/queue"
	"github.com/lynceus-io/lynceus/event"
)

// Linger is how long an event that is neither finding nor report of health waits for others at most: what a batch costs the
// hub is shared by more events so, and a query still finds them within two seconds.
const Linger = 750 * time.Millisecond

// maxFloods bounds the containers that have batches of their own.
const maxFloods = 4

// nodeOwner owns what the node's own processes do, where they flood.
const nodeOwner = "node"

// Road is the way to the hub, a *link.Link.
type Road interface {
	// Send returns when a batch is durable at the hub; its errors are those of package bus/link.
	Send(ctx context.Context, lane peer.Lane, epoch string, sequence uint64, payload []byte) error
	// Wait returns when there is a connection.
	Wait(ctx context.Context) error
}

// Options say what is needed; all but Spool's bounds.
type Options struct {
	Spool spool.Options
	// Source is what batches name as their source.
	Source string
	Now    func() time.Time
}

// Outbox is the sensor's side. Its methods may be called by several goroutines, but for Run.
type Outbox struct {
	source string
	now    func() time.Time
	spool  *spool.Spool

	mu     sync.Mutex
	mixed  map[spool.Lane]*batch
	floods []*batch // of lane Events, each of one owner
	timer  *time.Timer
	closed bool
	large  uint64
	buf    []byte
	broken error
}

// Open opens the spool and says what was found in it. Close must be called.
func Open(o Options) (*Outbox, spool.Found, error) {
	o.Spool.Now = o.Now
	kept, found, err := spool.Open(o.Spool)
	if err != nil {
		return nil, found, err
	}
	b := &Outbox{source: o.Source, now: o.Now, spool: kept, mixed: map[spool.Lane]*batch{}}
	for _, lane := range spool.Lanes() {
		b.mixed[lane] = newBatch("")
	}
	return b, found, nil
}

// laneOf returns where events of a table go.
func laneOf(c event.Class) spool.Lane {
	switch c {
	case event.ClassFinding:
		return spool.Findings
	case event.ClassHealth:
		return spool.Health
	}
	return spool.Events
}

// Put takes an event in the form of wire.AppendEvent, of which it keeps a copy. An event larger than MaxEvent is counted and
// passed over.
func (b *Outbox) Put(it queue.Item, data []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return spool.ErrClosed
	}
	if len(data) > MaxEvent {
		b.large++
		return nil
	}
	lane := laneOf(it.Class)
	for {
		t := b.batchOf(lane, &it)
		first := t.empty()
		ok, err := t.add(b.source, &it, data, b.now)
		switch {
		case err != nil:
			return err
		case ok:
			if first && b.timer == nil {
				b.timer = time.AfterFunc(Linger, b.ripe)
			}
			return nil
		}
		if err := b.seal(lane, t, true); err != nil {
			return err
		}
	}
}

// batchOf returns the batch to which an event is added.
func (b *Outbox) batchOf(lane spool.Lane, it *queue.Item) *batch {
	if lane == spool.Events && len(b.floods) > 0 {
		owner := ownerOf(it.Container)
		for _, f := range b.floods {
			if f.owner == owner {
				return f
			}
		}
	}
	return b.mixed[lane]
}

func ownerOf(container string) string {
	if container == "" {
		return nodeOwner
	}
	return container
}

// seal hands a batch to the spool. A full one of many shows who floods; one of an owner that is not full shows that it does
// not any more.
func (b *Outbox) seal(lane spool.Lane, t *batch, full bool) error {
	if t.empty() {
		return nil
	}
	in := t.spooled(lane, b.buf)
	b.buf = in.Payload
	if full && lane == spool.Events && t.owner == "" {
		for _, container := range t.floods() {
			if len(b.floods) < maxFloods {
				b.floods = append(b.floods, newBatch(ownerOf(container)))
			}
		}
	}
	t.reset()
	err := b.spool.Put(in)
	if err != nil && !errors.Is(err, spool.ErrShed) {
		b.broken = err
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}

// Flush seals findings and reports of health, and other events that have waited long enough.
func (b *Outbox) Flush() error { return b.sealAll(Linger) }

// ripe seals what has waited long enough.
func (b *Outbox) ripe() {
	b.mu.Lock()
	b.timer = nil
	b.mu.Unlock()
	_ = b.Flush() // the next Put fails for the same reason
}

// sealAll seals findings, reports of health, and other events that are as old as that.
func (b *Outbox) sealAll(age time.Duration) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil
	}
	return b.sealOlder(age)
}

// sealOlder is sealAll for who holds the lock.
func (b *Outbox) sealOlder(age time.Duration) error {
	errs := []error{b.broken}
	for _, lane := range []spool.Lane{spool.Findings, spool.Health} {
		errs = append(errs, b.seal(lane, b.mixed[lane], false))
	}
	young := false
	now := b.now()
	old := func(t *batch) bool {
		waited := now.Sub(t.begun)
		if t.empty() || waited >= age || waited < 0 {
			return true
		}
		young = true
		return false
	}
	if t := b.mixed[spool.Events]; old(t) {
		errs = append(errs, b.seal(spool.Events, t, false))
	}
	kept := b.floods[:0]
	for _, f := range b.floods {
		if old(f) {
			errs = append(errs, b.seal(spool.Events, f, false))
			continue
		}
		kept = append(kept, f)
	}
	clear(b.floods[len(kept):])
	b.floods = kept
	if young && b.timer == nil {
		b.timer = time.AfterFunc(Linger/2, b.ripe)
	}
	return errors.Join(errs...)
}

// Drain seals everything and waits until all of it is at the hub or ctx ends. Run must be running.
func (b *Outbox) Drain(ctx context.Context) error {
	if err := b.sealAll(0); err != nil {
		return err
	}
	for {
		if b.spool.Stats().Batches == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("outbox: %w", ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Close seals everything and closes the spool. What is in it is sent by the next outbox of its directory.
func (b *Outbox) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil
	}
	err := b.sealOlder(0)
	b.closed = true
	if b.timer != nil {
		b.timer.Stop()
	}
	return errors.Join(err, b.spool.Close())
}
