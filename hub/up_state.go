package hub

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/lynceus-io/lynceus/api/saved"
	"github.com/lynceus-io/lynceus/collect/tail"
	"github.com/lynceus-io/lynceus/store/state"
)

// upState is what a server keeps beside its events.
type upState struct {
	queries     *savedQueries
	checkpoints *checkpoints
	logs        *checkpoints // of logs of text
	journals    *journalPositions
	streams     *streamMarks
	learned     *state.Blobs
}

// noveltyKey is where what was learned is kept, writersKey who wrote what.
const (
	noveltyKey = "novelty"
	writersKey = "writers"
)

func openState(ctx context.Context, s *state.Store) (*upState, error) {
	queries, err := s.Bucket(ctx, state.BucketOptions{Name: "queries", About: "saved queries", History: 20, KeepDeleted: true})
	if err != nil {
		return nil, err
	}
	files, err := s.Bucket(ctx, state.BucketOptions{Name: "files", About: "how far followed files were read"})
	if err != nil {
		return nil, err
	}
	logs, err := s.Bucket(ctx, state.BucketOptions{Name: "logs", About: "how far followed logs of text were read"})
	if err != nil {
		return nil, err
	}
	journals, err := s.Bucket(ctx, state.BucketOptions{Name: "journals", About: "how far files of the journal were read"})
	if err != nil {
		return nil, err
	}
	streams, err := s.Bucket(ctx, state.BucketOptions{Name: "streams", About: "how far streams of other servers were read"})
	if err != nil {
		return nil, err
	}
	learned, err := s.Blobs(ctx, "learned", "what is known to novelty", 0)
	if err != nil {
		return nil, err
	}
	return &upState{
		queries: &savedQueries{queries}, checkpoints: &checkpoints{files}, logs: &checkpoints{logs}, journals: &journalPositions{journals}, streams: &streamMarks{streams},
		learned: learned,
	}, nil
}

// savedQueries keeps saved queries in a bucket. It implements saved.Store.
type savedQueries struct{ bucket *state.Bucket }

func (q *savedQueries) List(ctx context.Context) ([]saved.Stored, error) {
	entries, err := q.bucket.List(ctx, "")
	if err != nil {
		return nil, err
	}
	out := make([]saved.Stored, 0, len(entries))
	for _, e := range entries {
		var s saved.Stored
		if err := json.Unmarshal(e.Value, &s); err != nil {
			return nil, fmt.Errorf("saved query %s: %w", e.Key, err)
		}
		out = append(out, s)
	}
	return out, nil
}

func (q *savedQueries) Get(ctx context.Context, name string) (s saved.Stored, err error) {
	e, err := q.bucket.Get(ctx, state.Key(name))
	if errors.Is(err, state.ErrNotFound) {
		return s, saved.ErrNotFound
	}
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(e.Value, &s)
}

func (q *savedQueries) Put(ctx context.Context, s saved.Stored) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = q.bucket.Put(ctx, state.Key(s.Name), b, state.Any, s.Author)
	return err
}

func (q *savedQueries) Delete(ctx context.Context, name string) error {
	err := q.bucket.Delete(ctx, state.Key(name), state.Any, "lynceus")
	if errors.Is(err, state.ErrNotFound) {
		return saved.ErrNotFound
	}
	return err
}

// checkpoints keeps how far files were read in a bucket. It implements
// tail.Checkpoints.
type checkpoints struct{ bucket *state.Bucket }

func (c *checkpoints) Load(ctx context.Context) ([]tail.Checkpoint, error) {
	entries, err := c.bucket.List(ctx, "")
	if err != nil {
		return nil, err
	}
	out := make([]tail.Checkpoint, 0, len(entries))
	for _, e := range entries {
		var x tail.Checkpoint
		if err := json.Unmarshal(e.Value, &x); err != nil {
			return nil, fmt.Errorf("checkpoint %s: %w", e.Key, err)
		}
		out = append(out, x)
	}
	return out, nil
}

func (c *checkpoints) Save(ctx context.Context, x tail.Checkpoint) error {
	b, err := json.Marshal(x)
	if err != nil {
		return err
	}
	_, err = c.bucket.Put(ctx, state.Key(x.ID), b, state.Any, "lynceus")
	return err
}

func (c *checkpoints) Delete(ctx context.Context, id string) error {
	err := c.bucket.Delete(ctx, state.Key(id), state.Any, "lynceus")
	if errors.Is(err, state.ErrNotFound) {
		return nil
	}
	return err
}

// keyFile holds the key under which redacted values are told apart.
const keyFile = "redact.key"

// installationKey returns the installation's key for redaction, making it at
// the first start. Without it the same secret would look like another one
// after each restart.
func installationKey(dir string) ([]byte, error) {
	name := filepath.Join(dir, keyFile)
	key, err := os.ReadFile(name)
	switch {
	case err == nil && len(key) == 32:
		return key, nil
	case err == nil:
		return nil, fmt.Errorf("%s has %d bytes, not 32; restore it from a copy, or remove it to begin with a new key", name, len(key))
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	key = make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	return key, os.WriteFile(name, key, 0o600)
}

// localLife is how long the token for commands of this machine's user is
// good, unless the server starts again.
const localLife = 30 * 24 * time.Hour
