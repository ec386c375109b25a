package hub

import (
	"context"
	"errors"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/store/state"
)

// snapshot is what a judge saves of its memory under a key, and finds again.
// Loading it makes it this judge's own: whoever had it before can save no more.
type snapshot struct {
	blobs    *state.Blobs
	key      string
	before   string // where to begin when there is none yet; "" for nowhere
	revision uint64
}

func (s *upState) snapshot(key string) *snapshot { return &snapshot{blobs: s.learned, key: key} }

// load returns what was saved last; nil for nothing.
func (s *snapshot) load(ctx context.Context) ([]byte, error) {
	for {
		e, err := s.blobs.Get(ctx, s.key)
		if errors.Is(err, state.ErrNotFound) {
			s.revision = state.Absent
			return s.loadBefore(ctx)
		}
		if err != nil {
			s.revision = state.Any // better than to save nothing any more
			return nil, err
		}
		s.revision, err = s.blobs.Put(ctx, s.key, e.Value, e.Revision, "lynceus")
		if errors.Is(err, state.ErrConflict) {
			continue // it was saved in the meantime
		}
		return e.Value, err
	}
}

func (s *snapshot) loadBefore(ctx context.Context) ([]byte, error) {
	if s.before == "" {
		return nil, nil
	}
	e, err := s.blobs.Get(ctx, s.before)
	if errors.Is(err, state.ErrNotFound) {
		return nil, nil
	}
	return e.Value, err
}

// save keeps a snapshot. It is refused, with an error that wraps
// state.ErrConflict, when another judge has loaded it since.
func (s *snapshot) save(ctx context.Context, data []byte) error {
	revision, err := s.blobs.Put(ctx, s.key, data, s.revision, "lynceus")
	if err == nil {
		s.revision = revision
	}
	return err
}

// loadNovelty returns what was learned; nil for nothing.
func (m *mind) loadNovelty(ctx context.Context) (*detect.Novelty, error) {
	data, err := m.novelty.load(ctx)
	if err != nil || data == nil {
		return nil, err
	}
	return detect.DecodeNovelty(data, detect.NoveltyOptions{})
}
