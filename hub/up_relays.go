package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/relay"
	"github.com/lynceus-io/lynceus/store/state"
)

// makeRelays reads the streams of other people's servers, if there are any.
func (u *Up) makeRelays(ctx context.Context, decoding audit.LiveOptions) error {
	for _, o := range u.o.Relays {
		o.Marks, o.Feed = u.state.streams, u.feed(o.Cluster, decoding)
		reader, err := relay.New(o)
		if err != nil {
			return err
		}
		u.run(ctx, o.Service.Name, reader.Run)
	}
	return nil
}

// streamMarks keep how far streams were read in a bucket. It implements
// relay.Marks.
type streamMarks struct{ bucket *state.Bucket }

// Load implements relay.Marks.
func (m *streamMarks) Load(ctx context.Context, source string) (at time.Time, err error) {
	e, err := m.bucket.Get(ctx, state.Key(source))
	if errors.Is(err, state.ErrNotFound) {
		return at, nil
	}
	if err != nil {
		return at, err
	}
	if err := at.UnmarshalText(e.Value); err != nil {
		return at, fmt.Errorf("stream %s: %w", source, err)
	}
	return at, nil
}

// Save implements relay.Marks.
func (m *streamMarks) Save(ctx context.Context, source string, since time.Time) error {
	b, err := since.UTC().MarshalText()
	if err != nil {
		return err
	}
	_, err = m.bucket.Put(ctx, state.Key(source), b, state.Any, "lynceus")
	return err
}
