package triage

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/store/state"
)

// Make makes a step about findings in the name of by. The error wraps
// ErrInvalid or ErrFull.
func (b *Book) Make(ctx context.Context, ids []string, e Edit, by string) (Step, error) {
	e, err := e.check()
	if err != nil {
		return Step{}, err
	}
	list, err := parseIDs(ids)
	switch {
	case err != nil:
		return Step{}, err
	case by == "":
		return Step{}, fmt.Errorf("%w: say who decides", ErrInvalid)
	case len(list) == 0:
		return Step{}, fmt.Errorf("%w: there is no finding to decide about", ErrInvalid)
	case len(list) > MaxFindings:
		return Step{}, fmt.Errorf("%w: at most %d at a time, not %d", ErrInvalid, MaxFindings, len(list))
	}
	if err := b.room(ctx, len(list), by); err != nil {
		return Step{}, err
	}
	s := Step{ID: b.o.NewID(), Edit: e, Findings: len(list), Time: b.o.Now().UTC(), By: by}
	// The first part is written last: without it the others do not count.
	chunks := slices.Collect(slices.Chunk(list, perPart))
	for n, ids := range slices.Backward(chunks) {
		p := part{IDs: pack(ids)}
		if n == 0 {
			p.Step = &s
		}
		if _, err := b.kept.Put(ctx, key(s.ID, n), p, state.Absent, by); err != nil {
			return Step{}, err
		}
	}
	return s, nil
}

func pack(ids []event.UID) []byte {
	out := make([]byte, 0, len(ids)*len(event.UID{}))
	for _, id := range ids {
		out = append(out, id[:]...)
	}
	return out
}

// Undo takes a step back in the name of by: what it changed is as if it had
// never been made, unless a later step changed it again. mine is asked with
// the ids of its findings; where it reports false there is no such step. The
// error wraps ErrNotFound or ErrUndone.
func (b *Book) Undo(ctx context.Context, id, by string, mine func(ids []string) bool) (Step, error) {
	b.mu.Lock()
	b.settle()
	at := slices.IndexFunc(b.steps, func(s *whole) bool { return s.ID == id })
	var s *whole
	if at >= 0 {
		s = b.steps[at]
	}
	b.mu.Unlock()
	switch {
	case s == nil || !mine(s.texts()):
		return Step{}, fmt.Errorf("%w as %.80q", ErrNotFound, id)
	case !s.Undone.IsZero():
		return s.Step, ErrUndone
	}
	step, p := s.Step, s.first
	step.Undone, step.UndoneBy = b.o.Now().UTC(), by
	p.Step = &step
	_, err := b.kept.Put(ctx, key(id, 0), p, s.revision, by)
	if errors.Is(err, state.ErrConflict) {
		return step, ErrUndone
	}
	return step, err
}

// room makes room for so many findings: steps that were undone go, and those
// whose findings were all decided about later.
func (b *Book) room(ctx context.Context, n int, by string) error {
	b.mu.Lock()
	b.settle()
	steps, sum := b.steps, n
	b.mu.Unlock()
	for _, s := range steps {
		sum += len(s.ids)
	}
	if sum <= maxKept && len(steps) < maxSteps {
		return nil
	}
	left := len(steps)
	later := map[event.UID]bool{}
	for _, s := range slices.Backward(steps) {
		idle := !s.Undone.IsZero() || !slices.ContainsFunc(s.ids, func(id event.UID) bool { return !later[id] })
		if idle {
			if err := b.forget(ctx, s, by); err != nil {
				return err
			}
			sum, left = sum-len(s.ids), left-1
			continue
		}
		if s.Status != nil && s.Assignee != nil {
			for _, id := range s.ids {
				later[id] = true
			}
		}
	}
	if sum > maxKept || left >= maxSteps {
		return fmt.Errorf("%w: undo some steps, or exclude what is expected", ErrFull)
	}
	return nil
}

// forget takes a step away, its first part first.
func (b *Book) forget(ctx context.Context, s *whole, by string) error {
	for n := range (len(s.ids) + perPart - 1) / perPart {
		if err := b.kept.Delete(ctx, key(s.ID, n), state.Any, by); err != nil {
			return err
		}
	}
	return nil
}

func randomID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
