package cases

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/store/state"
)

// Bounds of what is kept, in bytes of all revisions. The cases are held in
// memory too, the comments are not.
const (
	maxCaseBytes    = 32 << 20
	maxCommentBytes = 128 << 20
)

// Book are the cases of an installation. It may be used by several
// goroutines.
type Book struct {
	kept     *state.Mirror[Stored] // by incident
	comments *state.Bucket
	now      func() time.Time
	damage   func(error)
}

// Options of Open.
type Options struct {
	Now func() time.Time // nil means time.Now
	// Damaged is told of a stored case that cannot be read; its incident is
	// taken for open. Nil ignores it.
	Damaged func(error)
}

// Open reads the cases that are kept.
func Open(ctx context.Context, s *state.Store, o Options) (*Book, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Damaged == nil {
		o.Damaged = func(error) {}
	}
	b := &Book{now: o.Now, damage: o.Damaged}
	var err error
	b.kept, err = state.OpenMirror(ctx, s, state.MirrorOptions[Stored]{
		Bucket: state.BucketOptions{
			Name: "cases", About: "what was decided about incidents", History: state.MaxHistory, MaxBytes: maxCaseBytes, KeepDeleted: true,
		},
		Read:    read,
		Damaged: o.Damaged,
	})
	if err != nil {
		return nil, err
	}
	b.comments, err = s.Bucket(ctx, state.BucketOptions{Name: "comments", About: "comments on incidents", MaxBytes: maxCommentBytes})
	return b, err
}

// Follow brings in what is changed, here or by other processes, until ctx
// ends.
func (b *Book) Follow(ctx context.Context) error { return b.kept.Follow(ctx) }

// incidentOf returns the incident that a key is of.
func incidentOf(key string) (string, error) {
	words, err := state.SplitKey(key)
	if err != nil {
		return "", err
	}
	return words[0], nil
}

// untouched is the case of an incident that nothing was decided about.
func untouched(incident string) Case { return Case{Incident: incident, Status: StatusOpen} }

func read(e state.Entry) (Stored, error) {
	id, err := incidentOf(e.Key)
	if err != nil {
		return Stored{}, err
	}
	s := Stored{Case: untouched(id), Revision: e.Revision}
	if e.Deleted {
		return s, nil
	}
	err = json.Unmarshal(e.Value, &s.Case)
	if err == nil && (s.Incident != id || !slices.Contains(Statuses(), s.Status)) {
		err = errors.New("it is of another incident, or has a status that is not known")
	}
	if err != nil {
		return Stored{Case: untouched(id), Revision: e.Revision}, fmt.Errorf("the case of incident %s, revision %d, is damaged or was made by a newer Lynceus; it is taken for open: %w", id, e.Revision, err)
	}
	return s, nil
}

// Known returns what memory has of a case; ok is false where nothing was
// decided about the incident.
func (b *Book) Known(incident string) (s Stored, ok bool) { return b.kept.Known(state.Key(incident)) }

// Since returns the cases that were changed after a revision, in order of
// their changes.
func (b *Book) Since(revision uint64) []Stored {
	if b.kept.Revision() <= revision {
		return nil
	}
	out := slices.DeleteFunc(b.kept.Values(), func(s Stored) bool { return s.Revision <= revision })
	slices.SortFunc(out, func(x, y Stored) int { return cmp.Compare(x.Revision, y.Revision) })
	return out
}

// Get returns the case of an incident, an open one where nothing was decided.
// It does not know which incidents there are.
func (b *Book) Get(ctx context.Context, incident string) (Stored, error) {
	s, revision, err := b.kept.Get(ctx, state.Key(incident))
	switch {
	case errors.Is(err, state.ErrNotFound):
		return Stored{Case: untouched(incident)}, nil
	case err != nil && revision != 0: // it was told as damaged; a change replaces it
		return Stored{Case: untouched(incident), Revision: revision}, nil
	}
	return s, err
}
