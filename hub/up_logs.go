package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/collect/journal"
	"github.com/lynceus-io/lynceus/collect/tail"
	"github.com/lynceus-io/lynceus/collect/textlog"
	"github.com/lynceus-io/lynceus/store/state"
)

// journalPositions keep how far the journal's files were read in a bucket. They
// implement journal.Positions.
type journalPositions struct{ bucket *state.Bucket }

// Load implements journal.Positions.
func (j *journalPositions) Load(ctx context.Context, source string) ([]journal.Position, error) {
	entries, err := j.bucket.List(ctx, state.Key(source))
	if err != nil {
		return nil, err
	}
	var out []journal.Position
	for _, e := range entries {
		var p journal.Position
		if err := json.Unmarshal(e.Value, &p); err != nil {
			return nil, fmt.Errorf("position %s: %w", e.Key, err)
		}
		out = append(out, p)
	}
	return out, nil
}

// Save implements journal.Positions.
func (j *journalPositions) Save(ctx context.Context, p journal.Position) error {
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = j.bucket.Put(ctx, state.Key(p.Source, p.File), b, state.Any, "lynceus")
	return err
}

// Delete implements journal.Positions.
func (j *journalPositions) Delete(ctx context.Context, p journal.Position) error {
	err := j.bucket.Delete(ctx, state.Key(p.Source, p.File), state.Any, "lynceus")
	if errors.Is(err, state.ErrNotFound) {
		return nil
	}
	return err
}

// makeLogs follows logs of text and reads the journal, where that is asked for.
func (u *Up) makeLogs(ctx context.Context, decoding audit.LiveOptions) error {
	for _, o := range u.o.Journals {
		o.Feed, o.Positions = u.feed("", decoding), u.state.journals
		reader, err := journal.New(o)
		if err != nil {
			return err
		}
		u.run(ctx, "journal", reader.Run)
	}
	if len(u.o.Logs) == 0 {
		return nil
	}
	set, err := foreign.NewSet(textlog.NewFormat(textlog.Options{Node: u.o.LogNode, Now: u.o.Now}))
	if err != nil {
		return fmt.Errorf("prepare the forms of logs: %w", err)
	}
	decoding.Formats, decoding.Wrap = set, textlog.Wrap
	files, err := tail.New(tail.Options{
		Paths: u.o.Logs, Start: u.o.Start, Sink: u.sink, Ledger: &u.ledger, Checkpoints: u.state.logs, Live: decoding, Cluster: u.o.Cluster, Node: u.o.LogNode, Log: u.o.Log,
	})
	if err != nil {
		return err
	}
	u.run(ctx, "logs", files.Run)
	return nil
}
