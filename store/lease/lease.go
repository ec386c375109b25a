package lease

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/store/state"
)

// Lease is one that this process holds, until Lost is closed.
type Lease struct {
	book  *Book
	key   string
	since time.Time
	token uint64

	mu       sync.Mutex
	revision uint64
	about    any
	renewed  time.Time // by the clock of this process
	ended    bool
	lost     chan struct{}
}

// Key is what is held.
func (l *Lease) Key() string { return l.key }

// Token is the lease's number: greater than those of all who held it before.
func (l *Lease) Token() uint64 { return l.token }

// Lost is closed when the lease is no longer held: it was handed back, somebody
// else has it, or it could not be renewed for as long as its TTL.
func (l *Lease) Lost() <-chan struct{} { return l.lost }

// Say sets what others read of the holder from the next renewal on. It is
// written as JSON.
func (l *Lease) Say(about any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.about = about
}

// Return hands the lease back, so that somebody else can have it at once. It
// is safe to call for one that is lost.
func (l *Lease) Return(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return nil
	}
	l.end()
	data, err := json.Marshal(record{Name: l.book.o.Name, Since: l.since, Token: l.token})
	if err == nil {
		_, err = l.book.bucket.Put(ctx, l.key, data, l.revision, l.book.o.Name)
	}
	if err != nil && !errors.Is(err, state.ErrConflict) {
		return fmt.Errorf("lease: hand %s back: %w", l.key, err)
	}
	return nil
}

// end says that the lease is no longer held. l.mu is held.
func (l *Lease) end() {
	if !l.ended {
		l.ended = true
		close(l.lost)
	}
}

// renew writes the lease again.
func (l *Lease) renew(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	began := time.Now()
	revision, err := l.put(ctx, l.revision)
	switch {
	case err == nil:
		l.revision, l.renewed = revision, began
	case errors.Is(err, state.ErrConflict), time.Since(l.renewed) > l.book.o.TTL:
		// A write of which the answer was lost looks like somebody else's: to
		// take the lease again is safe, to go on would not be.
		l.end()
	}
}

func (l *Lease) put(ctx context.Context, expect uint64) (uint64, error) {
	r := record{Holder: l.book.o.ID, Name: l.book.o.Name, Since: l.since, Token: l.token}
	var err error
	if l.about != nil {
		if r.About, err = json.Marshal(l.about); err != nil {
			return 0, fmt.Errorf("lease: what %s says of itself: %w", l.key, err)
		}
	}
	data, err := json.Marshal(r)
	if err != nil {
		return 0, fmt.Errorf("lease: %s: %w", l.key, err)
	}
	ctx, cancel := context.WithTimeout(ctx, l.book.o.TTL)
	defer cancel()
	return l.book.bucket.Put(ctx, l.key, data, expect, l.book.o.Name)
}
