package ownrules

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/store/state"
)

// maxBytes bounds what is kept of all revisions; the latest are held in memory.
const maxBytes = 256 << 20

// Errors that callers tell apart with errors.Is, besides ErrInvalid and
// state.ErrConflict.
var (
	// ErrNotFound says that no rule of one's own has that id.
	ErrNotFound = errors.New("no rule that was written here has that id")
	// ErrTooMany says that there are MaxRules.
	ErrTooMany = fmt.Errorf("there are %d rules of your own, which is the most; remove those that are no longer needed", MaxRules)
)

// Book are the rules that were written here. It may be used by several
// goroutines.
type Book struct {
	kept *state.Mirror[Stored] // by id; without id where it was removed or cannot be read
	now  func() time.Time
}

// Options of Open.
type Options struct {
	Now func() time.Time // nil means time.Now
	// Damaged is told of a stored rule that cannot be read; it is not judged.
	// Nil ignores it.
	Damaged func(error)
	// Changed is told all rules, when one was changed here or elsewhere, and
	// first when the book is opened; never at the same time. It must not use
	// the book. May be nil.
	Changed func([]Stored)
}

// Open reads the rules that are kept.
func Open(ctx context.Context, s *state.Store, o Options) (*Book, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	b := &Book{now: o.Now}
	var err error
	b.kept, err = state.OpenMirror(ctx, s, state.MirrorOptions[Stored]{
		Bucket: state.BucketOptions{
			Name: "ownrules", About: "rules that were written here", History: state.MaxHistory, MaxBytes: maxBytes, KeepDeleted: true,
		},
		Read:    read,
		Damaged: o.Damaged,
		Changed: func(all iter.Seq[Stored]) {
			if o.Changed != nil {
				o.Changed(sorted(all))
			}
		},
	})
	return b, err
}

// Follow brings in what is changed, here or by other processes, until ctx
// ends.
func (b *Book) Follow(ctx context.Context) error { return b.kept.Follow(ctx) }

func read(e state.Entry) (Stored, error) {
	s := Stored{Revision: e.Revision}
	if e.Deleted {
		return s, nil
	}
	err := json.Unmarshal(e.Value, &s.Rule)
	if err == nil && s.ID != e.Key {
		err = errors.New("its id is another")
	}
	if err != nil {
		return Stored{Revision: e.Revision}, fmt.Errorf("rule %s, revision %d, is damaged or was made by a newer Lynceus; it is not judged: %w", e.Key, e.Revision, err)
	}
	return s, nil
}

func sorted(all iter.Seq[Stored]) []Stored {
	out := []Stored{}
	for s := range all {
		if s.ID != "" {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(x, y Stored) int { return cmp.Compare(x.ID, y.ID) })
	return out
}

// List returns all rules in order of their ids.
func (b *Book) List() []Stored { return sorted(slices.Values(b.kept.Values())) }

// Get returns a rule; the error wraps ErrNotFound when there is none.
func (b *Book) Get(ctx context.Context, id string) (Stored, error) {
	s, revision, err := b.get(ctx, id)
	if err == nil && s.ID == "" {
		err = fmt.Errorf("%.70q: %w", id, ErrNotFound)
	}
	s.Revision = revision
	return s, err
}

// get returns what is kept of an id, and the revision that a change must name.
func (b *Book) get(ctx context.Context, id string) (Stored, uint64, error) {
	if !validID.MatchString(id) {
		return Stored{}, state.Absent, nil
	}
	s, revision, err := b.kept.Get(ctx, id)
	switch {
	case errors.Is(err, state.ErrNotFound):
		return Stored{}, state.Absent, nil
	case err != nil && revision != 0: // it was told as damaged, and can be replaced
		return Stored{}, revision, nil
	}
	return s, revision, err
}

// Put keeps a rule, new or changed, in the name of by. revision must be that
// of the rule that is replaced, state.Absent for a new one; the error wraps
// state.ErrConflict when another change came first, ErrInvalid with everything
// that is wrong, or ErrTooMany. Author and time of making stay.
func (b *Book) Put(ctx context.Context, r Rule, revision uint64, by string) (Stored, error) {
	old, latest, err := b.get(ctx, r.ID)
	if err != nil {
		return Stored{}, err
	}
	now := b.now().UTC().Truncate(time.Second)
	r.Author, r.Created, r.ChangedBy, r.Changed = by, now, by, now
	if old.ID != "" {
		r.Author, r.Created = old.Author, old.Created
	}
	if err := r.validate(); err != nil {
		return Stored{}, err
	}
	if _, err := r.Compile(); err != nil {
		return Stored{}, err
	}
	if old.ID == "" {
		if len(b.List()) >= MaxRules {
			return Stored{}, ErrTooMany
		}
		if revision == state.Absent {
			revision = latest // of one that cannot be read
		}
	}
	next, err := b.kept.Put(ctx, r.ID, r, revision, by)
	return Stored{Rule: r, Revision: next}, err
}

// Remove ends a rule at once. Its history stays, so that it can be put again.
func (b *Book) Remove(ctx context.Context, id, by string) error {
	if by == "" {
		return fmt.Errorf("%w: say who removes it", ErrInvalid)
	}
	s, err := b.Get(ctx, id)
	if err != nil {
		return err
	}
	return b.kept.Delete(ctx, id, s.Revision, by)
}

// Change is one change of a rule.
type Change struct {
	Time time.Time `json:"time"`
	By   string    `json:"by"`
	// Rule is what it was from then on; nil where it was removed.
	Rule *Rule `json:"rule"`
}

// History returns the changes of a rule, oldest first, at most the latest 64;
// the error wraps ErrNotFound when there was none.
func (b *Book) History(ctx context.Context, id string) ([]Change, error) {
	if !validID.MatchString(id) {
		return nil, fmt.Errorf("%.70q: %w", id, ErrNotFound)
	}
	entries, err := b.kept.History(ctx, id)
	if errors.Is(err, state.ErrNotFound) {
		return nil, fmt.Errorf("%.70q: %w", id, ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	var out []Change
	for _, e := range entries {
		s, err := read(e)
		if err != nil {
			return nil, err
		}
		c := Change{Time: e.Time, By: e.By}
		if !e.Deleted {
			c.Rule = &s.Rule
		}
		out = append(out, c)
	}
	return out, nil
}
