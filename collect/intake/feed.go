package intake

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
)

// Waits after a failure, each twice the last.
const (
	FirstWait = 250 * time.Millisecond
	LastWait  = 30 * time.Second
)

// A Feed is what ways need that fetch events from a server. Sink and Ledger
// are needed.
type Feed struct {
	// Cluster is the identity of the cluster whose events they are.
	Cluster string
	Sink    Sink
	Ledger  *Ledger
	Live    audit.LiveOptions
	// Log is nil for none.
	Log *slog.Logger
}

// Open sets what was left out and returns what decodes.
func (f *Feed) Open() (*audit.Live, error) {
	if f.Sink == nil || f.Ledger == nil {
		return nil, errors.New("there is no sink or no ledger")
	}
	if f.Log == nil {
		f.Log = slog.New(slog.DiscardHandler)
	}
	if f.Live.Now == nil {
		f.Live.Now = time.Now
	}
	return audit.NewLive(f.Live)
}

// Deliver makes a batch durable, however long that takes. An error means that
// ctx ended.
func (f *Feed) Deliver(ctx context.Context, b *audit.Batch) error {
	for wait := FirstWait; ; wait = min(2*wait, LastWait) {
		err := f.Sink.Take(ctx, b)
		if err == nil {
			f.Ledger.Taken(b, f.Live.Now())
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f.Ledger.Failed(b.Origin().Source, err)
		Sleep(ctx, wait)
	}
}

// Sleep waits, or returns when ctx ends.
func Sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
