package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// partition is one sequence of batches: a stream.
type partition struct {
	number  int
	subject string
	stream  jetstream.Stream
	epoch   string // of its sequence numbers
	group   group

	mu      sync.Mutex
	trimmed uint64    // what lies at or below is deleted
	last    time.Time // when that was done
}

// trimEvery is how often acknowledgements delete what they free. Deleting
// takes some milliseconds; a full stream does it at once.
const trimEvery = time.Second

// trimDue reports whether it is time to delete what is acknowledged.
func (p *partition) trimDue() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Since(p.last) >= trimEvery
}

func (b *Bus) openPartition(ctx context.Context, number int) (*partition, error) {
	p := &partition{number: number, subject: fmt.Sprintf("%s.events.%d", b.opts.Name, number)}
	var err error
	p.stream, err = b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: fmt.Sprintf("%s_events_%d", b.opts.Name, number), Subjects: []string{p.subject},
		Description: "batches of events that not every consumer has acknowledged", Replicas: b.opts.Replicas,
		MaxBytes: b.opts.MaxBytes, Discard: jetstream.DiscardNew, AllowAtomicPublish: true,
	})
	if err != nil {
		return nil, fmt.Errorf("bus: make the stream of partition %d: %w", number, err)
	}
	p.epoch = strconv.FormatInt(p.stream.CachedInfo().Created.UnixNano(), 36)
	return p, b.trim(ctx, p)
}

// trim deletes what every consumer has acknowledged.
func (b *Bus) trim(ctx context.Context, p *partition) error {
	ctx, cancel := context.WithTimeout(ctx, b.patience())
	defer cancel()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = time.Now()
	var least uint64
	for i, name := range b.opts.Consumers {
		floor, err := b.floor(ctx, name, p)
		if err != nil {
			return err
		}
		if i == 0 || floor < least {
			least = floor
		}
	}
	if b.opts.KeepLast && least > p.trimmed {
		info, err := p.stream.Info(ctx)
		if err != nil {
			return fmt.Errorf("bus: ask about partition %d: %w", p.number, err)
		}
		least = min(least, max(info.State.LastSeq, 1)-1)
	}
	if least <= p.trimmed {
		return nil
	}
	if err := p.stream.Purge(ctx, jetstream.WithPurgeSequence(least+1)); err != nil {
		return fmt.Errorf("bus: delete what partition %d no longer needs: %w", p.number, err)
	}
	p.trimmed = least
	return nil
}

// floorKey is where the position of a consumer is kept. A stream that was
// made anew counts from 1 again: positions in the old one mean nothing there.
func floorKey(consumer string, p *partition) string {
	return fmt.Sprintf("%s.%d.%s", consumer, p.number, p.epoch)
}

// floor returns up to which sequence a consumer has acknowledged, 0 for none.
func (b *Bus) floor(ctx context.Context, consumer string, p *partition) (uint64, error) {
	entry, err := b.floors.Get(ctx, floorKey(consumer, p))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("bus: read the position of consumer %s: %w", consumer, err)
	}
	number, _, _ := strings.Cut(string(entry.Value()), " ")
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("bus: the position of consumer %s is no number: %w", consumer, err)
	}
	return n, nil
}

// partition returns partition number n.
func (b *Bus) partition(n int) (*partition, error) {
	if err := b.alive(); err != nil {
		return nil, err
	}
	if n < 0 || n >= len(b.partitions) {
		return nil, fmt.Errorf("bus: there is no partition %d, only 0 to %d", n, len(b.partitions)-1)
	}
	return b.partitions[n], nil
}
