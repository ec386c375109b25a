package nodesets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/store/state"
)

// maxBytes bounds what is kept of all revisions; the latest are held in memory.
const maxBytes = 64 << 20

// Book are the sets of an installation. It may be used by several goroutines.
type Book struct {
	kept *state.Mirror[Stored] // by cluster
	now  func() time.Time
}

// Options of Open.
type Options struct {
	Now func() time.Time // nil means time.Now
	// Damaged is told of a stored set that cannot be read; its nodes are told nothing. Nil ignores it.
	Damaged func(error)
}

// Open reads the sets that are kept.
func Open(ctx context.Context, s *state.Store, o Options) (*Book, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	mirror, err := state.OpenMirror(ctx, s, state.MirrorOptions[Stored]{
		Bucket: state.BucketOptions{Name: "nodesets", About: "policies and rules that nodes run", History: state.MaxHistory, MaxBytes: maxBytes, KeepDeleted: true},
		Read:   read, Damaged: o.Damaged,
	})
	if err != nil {
		return nil, err
	}
	return &Book{kept: mirror, now: o.Now}, nil
}

// Follow brings in what is changed, here or by other processes, until ctx ends.
func (b *Book) Follow(ctx context.Context) error { return b.kept.Follow(ctx) }

// key is where the set of a cluster is kept.
func key(cluster string) string { return state.Key("set", cluster) }

func read(e state.Entry) (Stored, error) {
	out := Stored{Set: Set{Removed: true}, Revision: e.Revision}
	if e.Deleted {
		return out, nil
	}
	var k kept
	err := json.Unmarshal(e.Value, &k)
	if err == nil && key(k.Cluster) != e.Key {
		err = errors.New("it is for another cluster")
	}
	if err == nil {
		var s Set
		if s, err = k.unpack(); err == nil {
			out.Set = s
			return out, nil
		}
	}
	return out, fmt.Errorf("what nodes are to run (%s, revision %d) is damaged or was made by a newer Lynceus; they are told nothing: %w", e.Key, e.Revision, err)
}

// For returns what the nodes of a cluster are to run: its own set, else that of all clusters. ok is false where nothing
// is said.
func (b *Book) For(cluster string) (s Stored, ok bool) {
	for _, c := range []string{cluster, ""} {
		if s, ok := b.kept.Known(key(c)); ok && !s.Removed {
			return s, true
		}
	}
	return Stored{}, false
}

// List returns the sets in force, that of all clusters first.
func (b *Book) List() []Stored {
	out := slices.DeleteFunc(b.kept.Values(), func(s Stored) bool { return s.Removed })
	slices.SortFunc(out, func(x, y Stored) int { return strings.Compare(x.Cluster, y.Cluster) })
	return out
}

// Put has nodes run a set from now on, in the name of by, if the revision of the set before it is the expected one, 0
// where there was none. The error wraps ErrInvalid, or state.ErrConflict when it is another.
func (b *Book) Put(ctx context.Context, s Set, expect uint64, by string) (Stored, error) {
	was, revision, err := b.get(ctx, s.Cluster)
	if err != nil {
		return Stored{}, err
	}
	if now := was.Revision; expect != now {
		return Stored{}, fmt.Errorf("it is at revision %d, not %d: %w", now, expect, state.ErrConflict)
	}
	return b.put(ctx, s, revision, by)
}

// Remove takes back what was said of a cluster's nodes, or, for "", of those of clusters without a set of their own. The
// error wraps state.ErrNotFound where there is nothing.
func (b *Book) Remove(ctx context.Context, cluster, by string) (Stored, error) {
	was, revision, err := b.get(ctx, cluster)
	if err != nil {
		return Stored{}, err
	}
	if was.Revision == 0 {
		return Stored{}, fmt.Errorf("nothing is said of nodes of cluster %q: %w", cluster, state.ErrNotFound)
	}
	return b.put(ctx, Set{Cluster: cluster, Removed: true}, revision, by)
}

// get returns the set of a cluster, without revision where there is none, and the revision of what is kept in its place.
func (b *Book) get(ctx context.Context, cluster string) (s Stored, revision uint64, err error) {
	s, revision, err = b.kept.Get(ctx, key(cluster))
	switch {
	case errors.Is(err, state.ErrNotFound):
		return Stored{}, state.Absent, nil
	case err != nil && revision != 0, err == nil && s.Removed: // what is damaged was told as such
		return Stored{}, revision, nil
	}
	return s, revision, err
}

func (b *Book) put(ctx context.Context, s Set, expect uint64, by string) (Stored, error) {
	s.Author, s.Since = by, b.now().UTC().Truncate(time.Millisecond)
	k, err := s.pack()
	if err != nil {
		return Stored{}, err
	}
	revision, err := b.kept.Put(ctx, key(s.Cluster), k, expect, by)
	return Stored{Set: s, Revision: revision}, err
}

// History returns what was said of a cluster's nodes, the oldest first, at most the latest 64.
func (b *Book) History(ctx context.Context, cluster string) ([]Stored, error) {
	entries, err := b.kept.History(ctx, key(cluster))
	if errors.Is(err, state.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Stored
	for _, e := range entries {
		s, err := read(e)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
