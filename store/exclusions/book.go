package exclusions

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
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
	kept  *state.Mirror[Stored] // by id; without id where it was removed or cannot be read
	now   func() time.Time
	inUse atomic.Pointer[exclude.Set]
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
	b := &Book{now: o.Now}
	var err error
	b.kept, err = state.OpenMirror(ctx, s, state.MirrorOptions[Stored]{
		Bucket: state.BucketOptions{
			Name: "exclusions", About: "findings that need not be told", History: state.MaxHistory, KeepDeleted: true,
		},
		Read:    read,
		Damaged: o.Damaged,
		Changed: func(all iter.Seq[Stored]) { b.inUse.Store(exclude.NewSet(b.list(all, true))) },
	})
	return b, err
}

// Follow brings in what is changed, here or by other processes, until ctx
// ends.
func (b *Book) Follow(ctx context.Context) error { return b.kept.Follow(ctx) }

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
		return Stored{Revision: e.Revision}, fmt.Errorf("exclusion %s, revision %d, is damaged or was made by a newer Lynceus; it covers nothing: %w", e.Key, e.Revision, err)
	}
	return s, nil
}

// list returns those that are there, or in force, in order of their making.
func (b *Book) list(all iter.Seq[Stored], active bool) []exclude.Exclusion {
	now := b.now()
	var out []exclude.Exclusion
	for s := range all {
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
func (b *Book) List() []exclude.Exclusion { return b.list(slices.Values(b.kept.Values()), false) }

// Get returns an exclusion; the error wraps ErrNotFound when there is none.
func (b *Book) Get(ctx context.Context, id string) (Stored, error) {
	s, _, err := b.kept.Get(ctx, id)
	return s, notFound(id, err)
}

// notFound says of a key that is not there that no exclusion has that id.
func notFound(id string, err error) error {
	if errors.Is(err, state.ErrNotFound) || errors.Is(err, state.ErrKey) {
		return fmt.Errorf("exclusion %.60q: %w", id, ErrNotFound)
	}
	return err
}
