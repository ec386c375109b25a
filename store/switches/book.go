package switches

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/store/state"
)

// maxBytes bounds what is kept of all revisions; the latest are held in memory.
const maxBytes = 16 << 20

// Book are the switches of an installation. It may be used by several
// goroutines.
type Book struct {
	kept  *state.Mirror[Stored] // by rule and cluster; without rule where it cannot be read
	now   func() time.Time
	inUse atomic.Pointer[map[target]Switch]
}

// target is what a switch is for.
type target struct{ rule, cluster string }

// Options of Open.
type Options struct {
	Now func() time.Time // nil means time.Now
	// Damaged is told of a stored switch that cannot be read; its rule is on.
	// Nil ignores it.
	Damaged func(error)
}

// Open reads the switches that are kept.
func Open(ctx context.Context, s *state.Store, o Options) (*Book, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	b := &Book{now: o.Now}
	var err error
	b.kept, err = state.OpenMirror(ctx, s, state.MirrorOptions[Stored]{
		Bucket: state.BucketOptions{
			Name: "switches", About: "rules that are off", History: state.MaxHistory, MaxBytes: maxBytes, KeepDeleted: true,
		},
		Read:    read,
		Damaged: o.Damaged,
		Changed: b.use,
	})
	return b, err
}

// Follow brings in what is changed, here or by other processes, until ctx
// ends.
func (b *Book) Follow(ctx context.Context) error { return b.kept.Follow(ctx) }

// use makes switches those that Off looks at.
func (b *Book) use(all iter.Seq[Stored]) {
	inUse := map[target]Switch{}
	for s := range all {
		if s.Rule != "" {
			inUse[target{s.Rule, s.Cluster}] = s.Switch
		}
	}
	b.inUse.Store(&inUse)
}

// key is where a switch is kept.
func key(rule, cluster string) string { return state.Key(rule, cluster) }

func read(e state.Entry) (Stored, error) {
	s := Stored{Revision: e.Revision}
	if e.Deleted {
		return s, nil
	}
	err := json.Unmarshal(e.Value, &s.Switch)
	if err == nil && key(s.Rule, s.Cluster) != e.Key {
		err = errors.New("it is for another rule")
	}
	if err != nil {
		return Stored{Revision: e.Revision}, fmt.Errorf("switch %s, revision %d, is damaged or was made by a newer Lynceus; its rule is on: %w", e.Key, e.Revision, err)
	}
	return s, nil
}

// Off reports whether a rule makes no findings in a cluster of what happened
// at a time: it is off now, or it was then.
func (b *Book) Off(rule, cluster string, at time.Time) bool {
	inUse := *b.inUse.Load()
	if len(inUse) == 0 {
		return false
	}
	now := b.now()
	for _, t := range [2]target{{rule, ""}, {rule, cluster}} {
		if s, ok := inUse[t]; ok && (s.Active(now) || s.Active(at)) {
			return true
		}
	}
	return false
}

// List returns the switches of rules that are off now, by rule and cluster.
func (b *Book) List() []Stored {
	now := b.now()
	out := []Stored{}
	for _, s := range b.kept.Values() {
		if s.Rule != "" && s.Active(now) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(x, y Stored) int {
		return cmp.Or(cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Cluster, y.Cluster))
	})
	return out
}
