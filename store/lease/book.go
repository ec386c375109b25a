package lease

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/store/state"
)

const (
	// DefaultTTL is how long a lease may go without a renewal: several times
	// what a busy machine or the election of a new leader in a cluster of NATS
	// takes, and little enough that what a dead holder left is taken over
	// within seconds.
	DefaultTTL = 6 * time.Second
	// renewals is how often a lease is renewed within its TTL.
	renewals = 5
	// forgetAfter is how many TTLs after its holder died a lease that nobody
	// takes is forgotten.
	forgetAfter = 60
)

// ErrHeld says that somebody else holds a lease, or that it is not known yet
// whether its holder lives.
var ErrHeld = errors.New("it is held by another process")

// Options of Open.
type Options struct {
	// Bucket holds the leases; all who compete for them use the same one.
	Bucket *state.Bucket
	// ID tells this process from all others, and Name is what people are told.
	// A process that knows that nobody else can have its ID, as by the lock of
	// a directory, takes at once what an earlier one of that ID held.
	ID, Name string
	// TTL is how long a lease may go without a renewal; 0 means DefaultTTL. It
	// is the same for all who share a bucket.
	TTL time.Duration
}

// Book is what a process knows of the leases of a bucket.
type Book struct {
	o      Options
	bucket *state.Bucket

	mu   sync.Mutex
	seen map[string]sighting
	mine map[string]*Lease
}

// sighting is when a lease was seen to change last, by this process's clock.
type sighting struct {
	entry state.Entry
	at    time.Time
}

// record is what a lease's key has.
type record struct {
	Holder string          `json:"holder,omitempty"` // "" when it was handed back
	Name   string          `json:"name"`
	Since  time.Time       `json:"since"`
	Token  uint64          `json:"token,omitempty"` // 0 until the first renewal: the revision is the token
	About  json.RawMessage `json:"about,omitempty"`
}

// Held is a lease as others see it.
type Held struct {
	Key   string
	Name  string // of the holder; "" for nobody
	Token uint64
	Since time.Time     // when it was taken, by the holder's clock
	Age   time.Duration // since it was renewed, as far as this process saw
	Alive bool          // the holder renews it
	Mine  bool
	About json.RawMessage // what the holder says; nil for nothing
}

// NewBook returns a book that knows nothing yet. Run keeps it.
func NewBook(o Options) *Book {
	o.TTL = cmp.Or(o.TTL, DefaultTTL)
	return &Book{o: o, bucket: o.Bucket, seen: map[string]sighting{}, mine: map[string]*Lease{}}
}

// TTL is how long a lease may go without a renewal.
func (b *Book) TTL() time.Duration { return b.o.TTL }

// Run looks at the leases and renews those of this process until ctx ends. It
// does not hand any back.
func (b *Book) Run(ctx context.Context) error {
	tick := time.NewTicker(b.o.TTL / renewals)
	defer tick.Stop()
	for {
		for _, l := range b.held() {
			l.renew(ctx)
		}
		// What cannot be read now is read the next time; what is held ends by
		// itself when it cannot be renewed.
		_ = b.Look(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// held returns the leases of this process, without those that are lost.
func (b *Book) held() (out []*Lease) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, l := range b.mine {
		select {
		case <-l.lost:
			delete(b.mine, key)
		default:
			out = append(out, l)
		}
	}
	return out
}

// Look reads the leases.
func (b *Book) Look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, b.o.TTL)
	defer cancel()
	entries, err := b.bucket.List(ctx, "")
	if err != nil {
		return fmt.Errorf("lease: %w", err)
	}
	now := time.Now()
	b.mu.Lock()
	there := make(map[string]bool, len(entries))
	var dead []state.Entry
	for _, e := range entries {
		there[e.Key] = true
		was, known := b.seen[e.Key]
		if !known || was.entry.Revision != e.Revision {
			b.seen[e.Key] = sighting{e, now}
		} else if now.Sub(was.at) > forgetAfter*b.o.TTL {
			dead = append(dead, e)
		}
	}
	for key := range b.seen {
		if !there[key] {
			delete(b.seen, key)
		}
	}
	b.mu.Unlock()
	for _, e := range dead {
		// Somebody else may have done it, or it is taken again.
		_ = b.bucket.Delete(ctx, e.Key, e.Revision, b.o.Name)
	}
	return nil
}

// Take takes a lease that nobody holds. The error wraps ErrHeld when somebody
// does, or may: a process that has just begun waits for a TTL before it takes
// what it did not see renewed.
func (b *Book) Take(ctx context.Context, key string, about any) (*Lease, error) {
	e, err := b.bucket.Get(ctx, key)
	expect := state.Absent
	switch {
	case errors.Is(err, state.ErrNotFound):
	case err != nil:
		return nil, fmt.Errorf("lease: take %s: %w", key, err)
	default:
		if by, held := b.holds(e); held {
			return nil, fmt.Errorf("lease: take %s: %w: %s", key, ErrHeld, by)
		}
		expect = e.Revision
	}
	l := &Lease{book: b, key: key, since: time.Now().UTC(), about: about, renewed: time.Now(), lost: make(chan struct{})}
	l.revision, err = l.put(ctx, expect)
	if errors.Is(err, state.ErrConflict) {
		return nil, fmt.Errorf("lease: take %s: %w", key, ErrHeld)
	}
	if err != nil {
		return nil, fmt.Errorf("lease: take %s: %w", key, err)
	}
	l.token = l.revision
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mine[key] = l
	return l, nil
}

// holds reports whether a lease has a holder that may live, and its name.
func (b *Book) holds(e state.Entry) (name string, held bool) {
	var r record
	if err := json.Unmarshal(e.Value, &r); err != nil || r.Holder == "" || r.Holder == b.o.ID {
		return r.Name, false // what cannot be read was written by nobody who renews it
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	was, known := b.seen[e.Key]
	if !known || was.entry.Revision != e.Revision {
		b.seen[e.Key] = sighting{e, time.Now()}
		return r.Name, true
	}
	return r.Name, time.Since(was.at) <= b.o.TTL
}

// All returns the leases as they were seen last, by key.
func (b *Book) All() []Held {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]Held, 0, len(b.seen))
	for key, s := range b.seen {
		var r record
		if err := json.Unmarshal(s.entry.Value, &r); err != nil {
			continue
		}
		h := Held{Key: key, Token: cmp.Or(r.Token, s.entry.Revision), Since: r.Since, Age: time.Since(s.at), About: r.About}
		if r.Holder != "" {
			h.Name, h.Alive, h.Mine = r.Name, h.Age <= b.o.TTL, r.Holder == b.o.ID
		}
		out = append(out, h)
	}
	slices.SortFunc(out, func(x, y Held) int { return cmp.Compare(x.Key, y.Key) })
	return out
}
