package exclusions

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/store/state"
)

// Add keeps a new exclusion from now on, in the name of its author, and
// returns it with its id. Created is now; Expires is DefaultLife from now
// where it is zero. The error wraps exclude.ErrInvalid, with everything that
// is wrong, or ErrTooMany.
func (b *Book) Add(ctx context.Context, e exclude.Exclusion, by string) (Stored, error) {
	now := b.now().UTC().Truncate(time.Second)
	e.ID, e.Author, e.Created = newID(), by, now
	if e.Expires.IsZero() {
		e.Expires = now.Add(exclude.DefaultLife)
	}
	if err := e.Validate(now); err != nil {
		return Stored{}, err
	}
	if len(b.list(slices.Values(b.kept.Values()), true)) >= MaxExclusions {
		return Stored{}, fmt.Errorf("%w: %d are in force", ErrTooMany, MaxExclusions)
	}
	return b.put(ctx, e, state.Absent, by)
}

// newID is a short id that nobody had before: 50 random bits in base 32.
func newID() string { return "x-" + strings.ToLower(rand.Text()[:10]) }

// Change replaces an exclusion, to renew, narrow or explain it, if its
// revision is still the given one; the error wraps state.ErrConflict when
// another change came first. Id, author and time of making stay.
func (b *Book) Change(ctx context.Context, e exclude.Exclusion, revision uint64, by string) (Stored, error) {
	old, err := b.Get(ctx, e.ID)
	if err != nil {
		return Stored{}, err
	}
	e.Author, e.Created = old.Author, old.Created
	if err := e.Validate(b.now()); err != nil {
		return Stored{}, err
	}
	if by == "" {
		return Stored{}, fmt.Errorf("%w: say who changes it", exclude.ErrInvalid)
	}
	return b.put(ctx, e, revision, by)
}

func (b *Book) put(ctx context.Context, e exclude.Exclusion, expect uint64, by string) (Stored, error) {
	e.Expires = e.Expires.UTC()
	revision, err := b.kept.Put(ctx, e.ID, e, expect, by)
	return Stored{Exclusion: e, Revision: revision}, err
}

// Remove ends an exclusion at once. Its history stays.
func (b *Book) Remove(ctx context.Context, id, by string) error {
	if by == "" {
		return fmt.Errorf("%w: say who removes it", exclude.ErrInvalid)
	}
	s, err := b.Get(ctx, id)
	if err != nil {
		return err
	}
	return b.kept.Delete(ctx, id, s.Revision, by)
}

// Change is one change of an exclusion.
type Change struct {
	Time   time.Time          `json:"time"`
	By     string             `json:"by"`
	Before *exclude.Exclusion `json:"before"` // nil where it was made, or where what was before is no longer kept
	After  *exclude.Exclusion `json:"after"`  // nil where it was removed
}

// History returns the changes of an exclusion, oldest first, at most the
// latest 64; the error wraps ErrNotFound when there was none.
func (b *Book) History(ctx context.Context, id string) ([]Change, error) {
	entries, err := b.kept.History(ctx, id)
	if err != nil {
		return nil, notFound(id, err)
	}
	var out []Change
	var before *exclude.Exclusion
	for _, e := range entries {
		s, err := read(e)
		if err != nil {
			return nil, err
		}
		c := Change{Time: e.Time, By: e.By, Before: before}
		if !e.Deleted {
			after := s.Exclusion
			c.After = &after
		}
		out = append(out, c)
		before = c.After
	}
	return out, nil
}
