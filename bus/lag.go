package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Lag is what a consumer has not acknowledged yet.
type Lag struct {
	Messages uint64
	Bytes    uint64    // as stored; reckoned from the mean where a slower consumer keeps older ones
	Oldest   time.Time // when the oldest of them was stored; zero when there is none
}

// Lag returns how far a consumer that Options lists is behind, read from what
// is stored.
func (b *Bus) Lag(ctx context.Context, consumer string, partition int) (Lag, error) {
	p, err := b.partition(partition)
	if err != nil {
		return Lag{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, b.patience())
	defer cancel()
	floor, err := b.floor(ctx, consumer, p)
	if err != nil {
		return Lag{}, err
	}
	info, err := p.stream.Info(ctx)
	if err != nil {
		return Lag{}, fmt.Errorf("bus: ask about partition %d: %w", partition, err)
	}
	s := info.State
	if s.Msgs == 0 || s.LastSeq <= floor {
		return Lag{}, nil
	}
	first := max(floor+1, s.FirstSeq)
	lag := Lag{Messages: s.LastSeq - first + 1, Oldest: s.FirstTime}
	lag.Bytes = uint64(float64(s.Bytes) * float64(lag.Messages) / float64(s.Msgs))
	if first > s.FirstSeq {
		m, err := p.stream.GetMsg(ctx, first)
		if err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
			return Lag{}, fmt.Errorf("bus: ask for the age of message %d: %w", first, err)
		}
		if err == nil {
			lag.Oldest = m.Time
		}
	}
	return lag, nil
}
