package bus

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	requestTimeout = 30 * time.Second       // bounds one question to the server, whose disk may be busy
	clusterTimeout = 10 * time.Second       // the same to a cluster: a server that died answers none, and another is in its place within seconds
	idleTimeout    = 5 * time.Minute        // without a question the server forgets where a consumer was, which then tells it again
	reattachPause  = 100 * time.Millisecond // before that, so as not to spin while a server is away
)

// Consumer reads the batches of one partition in order. It is for one
// goroutine at a time. Of several of one name and partition, in all processes,
// the one that was made last can acknowledge.
type Consumer struct {
	bus       *Bus
	name      string
	partition *partition
	floor     uint64             // acknowledged
	revision  uint64             // of where that is kept
	mark      string             // by which it knows what it wrote there
	read      uint64             // returned by Pull
	next      uint64             // sequence to ask for next; a payload's first parts may lie between
	pull      jetstream.Consumer // the server's side; nil until it is needed
	delivered uint64             // how many messages it gave us
	parts     assembly
}

// Consumer returns the consumer of a name that Options lists, where it
// stopped: behind what it acknowledged last.
func (b *Bus) Consumer(ctx context.Context, name string, partition int) (*Consumer, error) {
	p, err := b.partition(partition)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(b.opts.Consumers, name) {
		return nil, fmt.Errorf("bus: consumer %q is not among those of the bus's options, which decide what is kept", name)
	}
	floor, err := b.floor(ctx, name, p)
	if err != nil {
		return nil, err
	}
	c := &Consumer{bus: b, name: name, partition: p, floor: floor, read: floor, next: floor + 1, mark: rand.Text()}
	// Written anew, the position is this consumer's: what an earlier one that
	// does not know of its end acknowledges is refused.
	c.revision, err = b.floors.Put(ctx, floorKey(name, p), c.position(floor))
	if err != nil {
		return nil, fmt.Errorf("bus: keep the position of consumer %s: %w", name, err)
	}
	return c, nil
}

// PullOptions bound one Pull. The zero value asks for 4 MiB and waits a second.
type PullOptions struct {
	MaxBytes    int           // of payloads; the first comes whatever its size
	MaxMessages int           // 0 means no limit but MaxBytes; payloads that were stored together come together
	Wait        time.Duration // for the first one
}

// Pull returns the next payloads as soon as there are any, none when Wait has
// passed without one. What it returned it does not return again; see Rewind.
func (c *Consumer) Pull(ctx context.Context, o PullOptions) ([]Message, error) {
	if o.MaxBytes <= 0 {
		o.MaxBytes = 4 << 20
	}
	if o.MaxMessages <= 0 {
		o.MaxMessages = o.MaxBytes
	}
	if o.Wait <= 0 {
		o.Wait = time.Second
	}
	var out []Message
	bytes := 0
	deadline := time.Now().Add(o.Wait)
	for len(out) < o.MaxMessages && bytes < o.MaxBytes {
		// So many messages cannot exceed what is left by more than one.
		n := min(max((o.MaxBytes-bytes)/maxBundleBytes, 1), o.MaxMessages-len(out))
		wait := time.Duration(0)
		if len(out) == 0 {
			wait = time.Until(deadline)
		}
		got, err := c.fetch(ctx, n, wait)
		if err != nil && len(out) > 0 {
			break // what came is not to be lost; the next one says it again
		}
		if err != nil {
			return nil, err
		}
		for _, m := range got {
			before := len(out)
			if out = c.parts.take(out, m.Headers().Get, m.Data(), m.seq, m.at); len(out) > before {
				bytes += lengthOf(out[before:])
				c.read = m.seq
			}
		}
		c.bus.incomplete.Add(c.parts.incomplete)
		c.parts.incomplete = 0
		if len(got) == 0 && (len(out) > 0 || time.Now().After(deadline)) {
			break
		}
	}
	return out, nil
}

// lengthOf is how many bytes payloads have.
func lengthOf(all []Message) (n int) {
	for i := range all {
		n += len(all[i].Data)
	}
	return n
}

// delivered is a message with its place in the stream.
type delivered struct {
	jetstream.Msg
	seq uint64
	at  time.Time
}

// fetch asks the server for the next n messages: at once, or waiting for the
// first one.
func (c *Consumer) fetch(ctx context.Context, n int, wait time.Duration) ([]delivered, error) {
	if err := c.bus.alive(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.pull == nil {
		if err := c.attach(ctx); err != nil {
			return nil, err
		}
	}
	batch, err := c.pull.FetchNoWait(n)
	got, err := c.collect(batch, err)
	if err != nil || len(got) > 0 || wait <= 0 {
		return got, err
	}
	if c.pull == nil {
		return nil, pause(ctx, min(wait, reattachPause))
	}
	until, whole := time.Now().Add(wait), ctx
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	batch, err = c.pull.Fetch(1, jetstream.FetchContext(ctx))
	if err != nil && !time.Now().Before(until) {
		return nil, nil // the time was over before the server was asked
	}
	got, err = c.collect(batch, err)
	if err == nil && len(got) == 0 {
		c.checkNothingLost(whole)
	}
	return got, err
}

// checkNothingLost compares what the server says it delivered with what came.
// A message that it sends while the question for it ends is in nobody's hands:
// it is asked for again.
func (c *Consumer) checkNothingLost(ctx context.Context) {
	if c.pull == nil || ctx.Err() != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, c.bus.patience())
	defer cancel()
	if info, err := c.pull.Info(ctx); err != nil || info.Delivered.Consumer > c.delivered {
		c.pull = nil
	}
}

// pause waits, or ends with ctx.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// collect takes the messages of an answer as far as none is missing, and
// forgets the server's side when one is, or when that side is gone.
func (c *Consumer) collect(batch jetstream.MessageBatch, err error) ([]delivered, error) {
	var got []delivered
	if err == nil {
		for m := range batch.Messages() {
			meta, err := m.Metadata()
			if err != nil {
				return nil, fmt.Errorf("bus: a message without its position: %w", err)
			}
			if c.delivered++; meta.Sequence.Consumer != c.delivered {
				c.pull = nil // one before it was lost on its way: begin there again
				return got, nil
			}
			if meta.Sequence.Stream < c.next {
				continue
			}
			c.next = meta.Sequence.Stream + 1
			got = append(got, delivered{m, meta.Sequence.Stream, meta.Timestamp})
		}
		err = batch.Error()
	}
	switch {
	case err == nil, len(got) > 0,
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.Is(err, nats.ErrTimeout), errors.Is(err, jetstream.ErrNoMessages):
		return got, nil
	case errors.Is(err, jetstream.ErrConsumerDeleted), errors.Is(err, jetstream.ErrConsumerNotFound), errors.Is(err, jetstream.ErrConsumerLeadershipChanged),
		errors.Is(err, nats.ErrNoResponders), errors.Is(err, jetstream.ErrNoHeartbeat):
		c.pull = nil
		return nil, nil
	}
	return nil, fmt.Errorf("bus: pull for consumer %s: %w", c.name, err)
}

// attach tells the server where to begin.
func (c *Consumer) attach(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.bus.patience())
	defer cancel()
	var err error
	c.delivered = 0
	c.pull, err = c.partition.stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		Description: c.name, AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true, Replicas: 1,
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: max(c.next, 1), InactiveThreshold: idleTimeout,
	})
	if err != nil {
		c.pull = nil
		return fmt.Errorf("bus: attach consumer %s: %w", c.name, err)
	}
	return nil
}

// Ack says that everything up to a sequence is durable on the consumer's side
// and need not come again. When it returns, that is durable here.
func (c *Consumer) Ack(ctx context.Context, sequence uint64) error {
	if err := c.bus.alive(); err != nil {
		return err
	}
	if sequence <= c.floor {
		return nil
	}
	if sequence > c.read {
		return fmt.Errorf("bus: consumer %s acknowledges %d, but has read up to %d only", c.name, sequence, c.read)
	}
	revision, err := c.keep(ctx, sequence)
	if errors.Is(err, ErrOvertaken) && c.wrote(ctx) {
		revision, err = c.keep(ctx, sequence)
	}
	if err != nil {
		return fmt.Errorf("bus: keep the position of consumer %s: %w", c.name, err)
	}
	c.floor, c.revision = sequence, revision
	if !c.partition.trimDue() {
		return nil
	}
	return c.bus.trim(ctx, c.partition)
}

// position is what is kept of where a consumer is: a number, and whose it is.
func (c *Consumer) position(sequence uint64) []byte {
	return fmt.Appendf(nil, "%d %s", sequence, c.mark)
}

// keep writes a position over that which the consumer wrote last.
func (c *Consumer) keep(ctx context.Context, sequence uint64) (revision uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.bus.patience())
	defer cancel()
	revision, err = c.bus.floors.Update(ctx, floorKey(c.name, c.partition), c.position(sequence), c.revision)
	if errors.Is(err, jetstream.ErrKeyRevisionMismatch) || errors.Is(err, jetstream.ErrKeyExists) {
		err = ErrOvertaken
	}
	return revision, err
}

// wrote reports whether what is kept is the consumer's own: the server took it, and its answer was lost.
func (c *Consumer) wrote(ctx context.Context) bool {
	entry, err := c.bus.floors.Get(ctx, floorKey(c.name, c.partition))
	if err != nil {
		return false
	}
	if _, mark, _ := strings.Cut(string(entry.Value()), " "); mark != c.mark {
		return false
	}
	c.revision = entry.Revision()
	return true
}

// Sequence names what the sequence numbers of messages belong to: the
// partition, and when its stream was made. Where it differs numbers do not
// compare: whoever remembers a number must remember the name with it, or it
// would take batches of a new stream for old ones. It is made of letters,
// digits and -.
func (c *Consumer) Sequence() string {
	return fmt.Sprintf("%d-%s", c.partition.number, c.partition.epoch)
}

// Acked returns up to which sequence is acknowledged.
func (c *Consumer) Acked() uint64 { return c.floor }

// Read returns up to which sequence Pull has returned payloads.
func (c *Consumer) Read() uint64 { return c.read }

// Rewind makes the next Pull begin behind what is acknowledged.
func (c *Consumer) Rewind() {
	c.read, c.next, c.pull, c.parts = c.floor, c.floor+1, nil, assembly{}
}
