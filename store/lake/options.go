package lake

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// Options say where a lake is and how long it keeps what.
type Options struct {
	// Dir is the lake's directory; it is made when it does not exist, unless
	// ReadOnly is set.
	Dir string
	// ReadOnly opens a lake beside a process that writes it, or one that
	// nobody writes. Nothing is changed, cleaned or repaired.
	ReadOnly bool
	// Log hears of what goes wrong without ending anything; nil for silence.
	Log *slog.Logger
	// Now is the clock; nil for time.Now.
	Now func() time.Time
	// Retention is how long a table's events are kept after they were
	// received; a table that is not in it is kept for ever. Whole hours go,
	// once the last event of the hour is old enough.
	Retention map[event.Class]time.Duration
	// MaxBytes bounds the size of all segments: the oldest hours of all
	// tables go first. 0 means no bound.
	MaxBytes int64
	// Grace is how long the files of a dropped segment stay for readers in
	// other processes, who know them already; 0 means DefaultGrace. It must be
	// longer than any query may take.
	Grace time.Duration
	// Outbox keeps each append's segments until they were shipped elsewhere,
	// from now on: what the store held before is not in it. Nil keeps none;
	// what an earlier run left in the outbox stays there.
	Outbox *OutboxOptions
	// Verify reads every segment at the start and compares checksums.
	// Without it, sizes and footers are looked at.
	Verify bool
}

// DefaultGrace is Options.Grace when it is 0.
const DefaultGrace = 10 * time.Minute

// Errors that callers tell apart.
var (
	// ErrFull means that the disk is full. What was appended is not stored;
	// the same append can be tried again once there is room.
	ErrFull = errors.New("the disk is full")
	// ErrLocked means that another process writes the lake.
	ErrLocked = errors.New("the store is in use by another process")
	// ErrReadOnly means that the lake was opened for reading.
	ErrReadOnly = errors.New("the store was opened for reading only")
	// ErrCovered means that numbers of an append are at or below the
	// partition's high-water mark: they are stored already.
	ErrCovered = errors.New("already stored")
	// ErrNewer means that a newer release wrote the lake.
	ErrNewer = errors.New("the store was written by a newer release")
	// ErrClosed means that the lake was closed.
	ErrClosed = errors.New("the store is closed")
)

func (o Options) withDefaults() (Options, error) {
	if o.Dir == "" {
		return o, errors.New("lake: no directory was given")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Grace == 0 {
		o.Grace = DefaultGrace
	}
	if o.Outbox != nil && o.Outbox.MaxBytes < 0 {
		return o, errors.New("lake: the outbox's MaxBytes cannot be negative")
	}
	if o.Grace < 0 || o.MaxBytes < 0 {
		return o, errors.New("lake: Grace and MaxBytes cannot be negative")
	}
	for c, d := range o.Retention {
		if d <= 0 {
			return o, fmt.Errorf("lake: the retention of table %s is %v; give a positive time, or leave the table out to keep it for ever", c, d)
		}
	}
	return o, nil
}
