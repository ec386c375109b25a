package cases

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/store/state"
)

// Change changes the case of an incident in the name of by, if its revision is
// still the given one: that of Get, 0 where nothing was decided. The error
// wraps ErrInvalid, or state.ErrConflict when another change came first.
func (b *Book) Change(ctx context.Context, incident string, e Edit, revision uint64, by string) (Stored, error) {
	if by == "" {
		return Stored{}, fmt.Errorf("%w: say who changes it", ErrInvalid)
	}
	e.Comment = strings.TrimSpace(e.Comment)
	if err := checkText("the comment", e.Comment, maxComment, true); err != nil {
		return Stored{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	old, err := b.Get(ctx, incident)
	if err != nil {
		return Stored{}, err
	}
	c, err := old.apply(e)
	if err != nil {
		return Stored{}, err
	}
	c.Changed, c.By = b.now().UTC().Truncate(time.Second), by
	s := Stored{Case: c}
	if s.Revision, err = b.kept.Put(ctx, state.Key(incident), c, revision, by); err != nil {
		return Stored{}, err
	}
	if e.Comment == "" {
		return s, nil
	}
	if _, err := b.Comment(ctx, incident, e.Comment, by); err != nil {
		return s, fmt.Errorf("the case was changed, but the comment was not kept: %w", err)
	}
	return s, nil
}

// Change is one change of a case.
type Change struct {
	Time   time.Time `json:"time"`
	By     string    `json:"by"`
	Before *Case     `json:"before"` // nil for the first, or where what was before is no longer kept
	After  *Case     `json:"after"`
}

// History returns the changes of a case, oldest first, at most the latest 64;
// none where nothing was decided.
func (b *Book) History(ctx context.Context, incident string) ([]Change, error) {
	entries, err := b.kept.History(ctx, state.Key(incident))
	if errors.Is(err, state.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Change
	var before *Case
	for _, e := range entries {
		s, err := read(e)
		if err != nil {
			return nil, err
		}
		out = append(out, Change{Time: e.Time, By: e.By, Before: before, After: &s.Case})
		before = &s.Case
	}
	return out, nil
}
