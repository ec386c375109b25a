package live

import (
	"context"
	"errors"
	"fmt"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/store/lake"
)

// Mailer is the store for rows that a process without one makes of itself: what
// was done with it, what its sources did. They go by the bus as events do. It
// implements Store.
type Mailer struct{ To Publisher }

// Mark implements Store.
func (Mailer) Mark(string) uint64 { return 0 }

// Begin implements Store.
func (m Mailer) Begin(string, uint64, uint64) Append {
	l := &letter{to: m.To}
	l.builder.Reset("lynceus", 0)
	return l
}

// letter is rows on their way. It implements Append.
type letter struct {
	to      Publisher
	builder wire.Builder
	full    [][]byte
}

// Extend implements Append. Such rows have no numbers.
func (l *letter) Extend(uint64) {}

// Note implements Append. Such rows have no origin.
func (l *letter) Note(lake.Origin) bool { return true }

// Add implements Append.
func (l *letter) Add(e *event.Event) error {
	err := l.builder.Add(e)
	if !errors.Is(err, wire.ErrFull) {
		return err
	}
	l.full = append(l.full, l.builder.AppendTo(nil))
	l.builder.Reset("lynceus", 0)
	return l.builder.Add(e)
}

// Commit implements Append. Rows of more than one batch may be there in part
// when it fails.
func (l *letter) Commit(ctx context.Context) error {
	if l.builder.Events() > 0 {
		l.full = append(l.full, l.builder.AppendTo(nil))
	}
	for _, batch := range l.full {
		if _, err := l.to.Publish(ctx, PartitionOf("", l.to.Partitions()), batch); err != nil {
			return fmt.Errorf("put rows on the bus: %w", err)
		}
	}
	return nil
}

// Abort implements Append.
func (l *letter) Abort() error { return nil }
