package switches

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/store/state"
)

// ErrOn says that a rule is on already.
var ErrOn = errors.New("the rule is on; rules list shows those that are off")

// SwitchOff keeps a rule from making findings from now on, until s.Until where
// that is set, in the name of by. A switch of the same rule and cluster is
// replaced, but for the time since when it holds. The error wraps ErrInvalid,
// or state.ErrConflict when somebody else switched the rule at the same time.
func (b *Book) SwitchOff(ctx context.Context, s Switch, by string) (Stored, error) {
	now := b.now().UTC().Truncate(time.Millisecond)
	s.Author, s.Since, s.Until, s.EndedBy = by, now, s.Until.UTC(), ""
	if err := s.validate(); err != nil {
		return Stored{}, err
	}
	old, err := b.get(ctx, s.Rule, s.Cluster)
	if err != nil {
		return Stored{}, err
	}
	if old.Rule != "" && old.Active(now) {
		s.Since = old.Since
	}
	return b.put(ctx, s, old.Revision, by)
}

// SwitchOn ends the switch of a rule in the name of by; its history stays. The
// error wraps ErrOn when there is none in force for that cluster.
func (b *Book) SwitchOn(ctx context.Context, rule, cluster, by string) (Stored, error) {
	now := b.now().UTC()
	if by == "" {
		return Stored{}, fmt.Errorf("%w: say who switches it on", ErrInvalid)
	}
	old, err := b.get(ctx, rule, cluster)
	if err != nil {
		return Stored{}, err
	}
	if old.Rule == "" || !old.Active(now) {
		return Stored{}, fmt.Errorf("rule %.60q: %w", rule, ErrOn)
	}
	// What ended stays, so that the past that is judged again after a restart
	// is judged as it was.
	old.Until, old.EndedBy = now, by
	return b.put(ctx, old.Switch, old.Revision, by)
}

// get returns the switch of a rule and cluster; without rule where there is
// none, or one that cannot be read.
func (b *Book) get(ctx context.Context, rule, cluster string) (Stored, error) {
	s, revision, err := b.kept.Get(ctx, key(rule, cluster))
	switch {
	case errors.Is(err, state.ErrNotFound):
		return Stored{Revision: state.Absent}, nil
	case err != nil && revision != 0: // it was told as damaged
		return Stored{Revision: revision}, nil
	}
	return s, err
}

func (b *Book) put(ctx context.Context, s Switch, expect uint64, by string) (Stored, error) {
	revision, err := b.kept.Put(ctx, key(s.Rule, s.Cluster), s, expect, by)
	return Stored{Switch: s, Revision: revision}, err
}

// Change is one change of a switch.
type Change struct {
	Time time.Time `json:"time"`
	By   string    `json:"by"`
	// Off is false where the rule was switched on.
	Off    bool   `json:"off"`
	Switch Switch `json:"switch"`
}

// History returns the changes of a rule's switch for a cluster ("" for that of
// all clusters), the oldest first, at most the latest 64; none where it was
// never switched.
func (b *Book) History(ctx context.Context, rule, cluster string) ([]Change, error) {
	entries, err := b.kept.History(ctx, key(rule, cluster))
	if errors.Is(err, state.ErrNotFound) {
		return nil, nil
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
		out = append(out, Change{Time: e.Time, By: e.By, Off: s.EndedBy == "", Switch: s.Switch})
	}
	return out, nil
}
