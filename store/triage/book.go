package triage

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/store/state"
)

// Bounds. A step's findings are kept by so many a value, in binary.
const (
	// MaxFindings of one step.
	MaxFindings = 200_000
	maxKept     = 1_000_000 // findings of all steps
	maxSteps    = 20_000
	perPart     = 8_000
	maxBytes    = 64 << 20
)

// Book are the steps of an installation. It may be used by several goroutines.
type Book struct {
	kept *state.Mirror[part]
	o    Options

	// What follows from the steps up to a revision.
	mu       sync.Mutex
	revision uint64
	steps    []*whole
	of       map[event.UID]int32 // place in standings
	standing []Standing
}

// Options of Open.
type Options struct {
	Now func() time.Time // nil means time.Now
	// NewID returns an id that no step has yet; nil makes random ones.
	NewID func() string
	// Damaged is told of a stored step that cannot be read; it is as if it
	// were not there. Nil ignores it.
	Damaged func(error)
}

// part is one value of a step: the first has the step, each some findings.
type part struct {
	*Step    `json:"step,omitempty"` // of the first
	IDs      []byte                  `json:"ids"` // 16 bytes each
	step     string
	n        int
	revision uint64
}

// whole is a step with its findings.
type whole struct {
	Step
	ids      []event.UID
	first    part // as it is kept
	revision uint64
}

// Open reads the steps that are kept.
func Open(ctx context.Context, s *state.Store, o Options) (*Book, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = randomID
	}
	b := &Book{o: o}
	var err error
	b.kept, err = state.OpenMirror(ctx, s, state.MirrorOptions[part]{
		Bucket: state.BucketOptions{Name: "triage", About: "what was decided about findings", MaxBytes: maxBytes},
		Read:   read, Damaged: o.Damaged,
	})
	return b, err
}

// Follow brings in what is changed, here or by other processes, until ctx
// ends.
func (b *Book) Follow(ctx context.Context) error { return b.kept.Follow(ctx) }

// key is where a part of a step is kept.
func key(step string, n int) string { return state.Key(step, strconv.Itoa(n)) }

func read(e state.Entry) (p part, err error) {
	words, err := state.SplitKey(e.Key)
	if err != nil || e.Deleted {
		return part{}, err
	}
	if err = json.Unmarshal(e.Value, &p); err == nil && (len(words) != 2 || len(p.IDs)%len(event.UID{}) != 0 || p.Step != nil && p.Step.ID != words[0]) {
		err = errors.New("it is of another step, or cut off")
	}
	if err == nil {
		p.step, p.revision = words[0], e.Revision
		p.n, err = strconv.Atoi(words[1])
	}
	if err != nil {
		return part{}, fmt.Errorf("the decision %s about findings is damaged or was made by a newer Lynceus; it does not count: %w", e.Key, err)
	}
	return p, nil
}

// settle brings what follows from the steps up to date; b.mu is held.
func (b *Book) settle() {
	revision := b.kept.Revision()
	if revision == b.revision && b.of != nil {
		return
	}
	parts := b.kept.Values()
	slices.SortFunc(parts, func(x, y part) int { return cmp.Or(cmp.Compare(x.step, y.step), cmp.Compare(x.n, y.n)) })
	b.steps = nil
	var last *whole
	for _, p := range parts {
		if p.Step != nil && p.n == 0 {
			last = &whole{Step: *p.Step, first: p, revision: p.revision}
			b.steps = append(b.steps, last)
		}
		if last == nil || last.ID != p.step {
			continue // of a step whose first part never came
		}
		for ids := p.IDs; len(ids) > 0; ids = ids[len(event.UID{}):] {
			last.ids = append(last.ids, event.UID(ids[:len(event.UID{})]))
		}
	}
	slices.SortFunc(b.steps, func(x, y *whole) int { return cmp.Or(x.Time.Compare(y.Time), cmp.Compare(x.ID, y.ID)) })
	b.of, b.standing, b.revision = map[event.UID]int32{}, []Standing{{}}, revision
	for _, s := range b.steps {
		b.apply(s)
	}
}

// apply adds a step to the standings; b.mu is held. Findings that stand alike
// share one.
func (b *Book) apply(s *whole) {
	if !s.Undone.IsZero() {
		return
	}
	after := map[int32]int32{}
	for _, id := range s.ids {
		was := b.of[id]
		is, ok := after[was]
		if !ok {
			is = int32(len(b.standing))
			b.standing = append(b.standing, b.standing[was].with(&s.Step))
			after[was] = is
		}
		b.of[id] = is
	}
}

// Standings returns what holds of findings by their ids, and the revision of
// it: as long as Revision returns the same, so do they.
func (b *Book) Standings() (of func(id string) Standing, revision uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle()
	by, standing := b.of, b.standing // replaced, never changed, by settle
	return func(text string) Standing {
		id, _ := parseID(text)
		return standing[by[id]]
	}, b.revision
}

// Revision returns that of the latest change.
func (b *Book) Revision() uint64 { return b.kept.Revision() }

// Steps returns the steps that seen reports true for, which is asked with the
// ids of a step's findings, the latest first, at most so many.
func (b *Book) Steps(most int, seen func(ids []string) bool) (out []Step) {
	b.mu.Lock()
	b.settle()
	steps := b.steps
	b.mu.Unlock()
	for _, s := range slices.Backward(steps) {
		if len(out) == most {
			break
		}
		if seen(s.texts()) {
			out = append(out, s.Step)
		}
	}
	return out
}

// Of returns the steps that name a finding, oldest first.
func (b *Book) Of(text string) (out []Step) {
	id, ok := parseID(text)
	b.mu.Lock()
	b.settle()
	steps := b.steps
	b.mu.Unlock()
	for _, s := range steps {
		if ok && slices.Contains(s.ids, id) {
			out = append(out, s.Step)
		}
	}
	return out
}

func (s *whole) texts() []string {
	out := make([]string, len(s.ids))
	for i, id := range s.ids {
		out[i] = id.String()
	}
	return out
}

func parseID(text string) (id event.UID, ok bool) {
	if len(text) != hex.EncodedLen(len(id)) {
		return id, false
	}
	_, err := hex.Decode(id[:], []byte(text))
	return id, err == nil
}
