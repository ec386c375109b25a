package exclusions

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/store/state"
)

// MaxExclusions is how many exclusions can be in force at a time: what a
// person can still answer for.
const MaxExclusions = 5000

// Errors that callers tell apart with errors.Is, besides exclude.ErrInvalid
// and state.ErrConflict.
var (
	// ErrNotFound says that no exclusion has that id.
	ErrNotFound = errors.New("no exclusion has that id; list them with their ids")
	// ErrTooMany says that MaxExclusions are in force.
	ErrTooMany = errors.New("there are too many exclusions; remove those that are no longer needed, or change the rule")
)

// Stored is an exclusion and its revision, which a change must name.
type Stored struct {
	exclude.Exclusion
	Revision uint64 `json:"revision"`
}

// Book are the exclusions of an installation. It may be used by several
// goroutines.
type Book struct {
	bucket *state.Bucket
	now    func() time.Time

	mu     sync.Mutex
	byID   map[string]Stored // the latest revision of each; without id where it was removed or cannot be read
	inUse  atomic.Pointer[exclude.Set]
	damage func(error)
}

// Options of Open.
type Options struct {
	Now func() time.Time // nil means time.Now
	// Damaged is told of a stored exclusion that cannot be read; its findings
	// are told then. Nil ignores it.
	Damaged func(error)
}

// Open reads the exclusions that are kept.
func Open(ctx context.Context, s *state.Store, o Options) (*Book, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Damaged == nil {
		o.Damaged = func(error) {}
	}
	bucket, err := s.Bucket(ctx, state.BucketOptions{
		Name: "exclusions", About: "findings that need not be told", History: state.MaxHistory, KeepDeleted: true,
	})
	if err != nil {
		return nil, err
	}
	b := &Book{bucket: bucket, now: o.Now, damage: o.Damaged, byID: map[string]Stored{}}
	entries, err := bucket.List(ctx, "")
	if err != nil {
		return nil, err
	}
	b.take(entries...)
	return b, nil
}

// Follow brings in what is changed, here or by other processes, until ctx
// ends.
func (b *Book) Follow(ctx context.Context) error {
	return b.bucket.Watch(ctx, "", func() {}, func(e state.Entry) error {
		b.take(e)
		return nil
	})
}

// take brings in revisions of exclusions, in any order, and makes the set anew.
func (b *Book) take(entries ...state.Entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range entries {
		if known, ok := b.byID[e.Key]; ok && known.Revision >= e.Revision {
			continue
		}
		s, err := read(e)
		if err != nil {
			b.damage(err)
			s = Stored{Revision: e.Revision}
		}
		b.byID[e.Key] = s
	}
	b.inUse.Store(exclude.NewSet(b.list(true)))
}

// read makes an exclusion of an entry; without an id where it was removed.
func read(e state.Entry) (Stored, error) {
	s := Stored{Revision: e.Revision}
	if e.Deleted {
		return s, nil
	}
	// A condition that this program does not know must not be left out: the
	// exclusion would cover more than its author meant.
	d := json.NewDecoder(bytes.NewReader(e.Value))
	d.DisallowUnknownFields()
	err := d.Decode(&s.Exclusion)
	if err == nil && s.ID != e.Key {
		err = errors.New("its id is another")
	}
	if err != nil {
		return Stored{}, fmt.Errorf("exclusion %s, revision %d, is damaged or was made by a newer Lynceus; it covers nothing: %w", e.Key, e.Revision, err)
	}
	return s, nil
}

// list returns the exclusions, or those in force, in order of their making.
// b.mu is held.
func (b *Book) list(active bool) []exclude.Exclusion {
	now := b.now()
	var out []exclude.Exclusion
	for _, s := range b.byID {
		if s.ID != "" && (!active || s.Active(now)) {
			out = append(out, s.Exclusion)
		}
	}
	slices.SortFunc(out, func(x, y exclude.Exclusion) int {
		return cmp.Or(x.Created.Compare(y.Created), cmp.Compare(x.ID, y.ID))
	})
	return out
}

// Match returns the id of an exclusion that covers a finding now.
func (b *Book) Match(f *detect.Finding) (id string, ok bool) {
	return b.inUse.Load().Match(f, b.now())
}

// List returns all exclusions in order of their making, those that ended too
// until they are removed.
func (b *Book) List() []exclude.Exclusion {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.list(false)
}

// Get returns an exclusion; the error wraps ErrNotFound when there is none.
func (b *Book) Get(ctx context.Context, id string) (Stored, error) {
	e, err := b.bucket.Get(ctx, id)
	if errors.Is(err, state.ErrNotFound) || errors.Is(err, state.ErrKey) {
		return Stored{}, fmt.Errorf("exclusion %.60q: %w", id, ErrNotFound)
	}
	if err != nil {
		return Stored{}, err
	}
	b.take(e)
	return read(e)
}
