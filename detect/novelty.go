package detect

import (
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// Answer is what the memory says about a combination of values.
type Answer uint8

// The answers. AnswerNone is the zero value: not asked.
const (
	AnswerNone    Answer = iota
	AnswerNew            // never seen, by a memory that would know
	AnswerKnown          // seen before
	AnswerTooSoon        // never seen, but the memory is too young to say
)

// String returns the answer in words: "new", "known", "not enough history".
func (a Answer) String() string {
	switch a {
	case AnswerNew:
		return "new"
	case AnswerKnown:
		return "known"
	case AnswerTooSoon:
		return "not enough history"
	}
	return ""
}

// Defaults of [NoveltyOptions].
const (
	DefaultMinHistory      = 24 * time.Hour
	DefaultMinMatches      = 20
	DefaultExpiry          = 90 * 24 * time.Hour
	DefaultNoveltyBytes    = 16 << 20
	hour                   = int64(time.Hour)
	noveltyMemorySlotBytes = 32
)

// NoveltyOptions bound a [Novelty]. Zero values mean the defaults.
type NoveltyOptions struct {
	// MinMatches is how many matches a memory must have remembered before it
	// answers "new".
	MinMatches int
	// Expiry is how long something is known after it was seen last.
	Expiry time.Duration
	// Bytes bound the tables. What has not been seen for longest goes first.
	Bytes int64
}

// Novelty remembers which combinations of values were seen, and when last. It
// keeps 64-bit hashes only: a value cannot be read back. A combination stands
// in one memory (a rule's, in one cluster, within some values), and a memory
// answers "new" only after it has seen enough.
//
// It is driven by event time, is deterministic, and is for one goroutine.
type Novelty struct {
	opts     NoveltyOptions
	keys     seenTable
	memories memoryTable
}

// NewNovelty returns an empty Novelty.
func NewNovelty(opts NoveltyOptions) *Novelty {
	if opts.MinMatches <= 0 {
		opts.MinMatches = DefaultMinMatches
	}
	if opts.Expiry <= 0 {
		opts.Expiry = DefaultExpiry
	}
	if opts.Bytes <= 0 {
		opts.Bytes = DefaultNoveltyBytes
	}
	n := &Novelty{opts: opts}
	// An eighth goes to the memories: there are few keys of which each has a
	// memory of its own.
	n.memories.limit(opts.Bytes / 8)
	n.keys.limit(opts.Bytes - opts.Bytes/8)
	return n
}

// noveltyKey is one question: a combination of values and the memory that it
// is asked of.
type noveltyKey struct{ memory, key uint64 }

// ask answers a question at time t, in nanoseconds. minHistory is how much
// time the memory must span.
func (n *Novelty) ask(k noveltyKey, t, minHistory int64) Answer {
	if last, ok := n.keys.get(k.key); ok && int64(last)*hour+int64(n.opts.Expiry) >= t {
		return AnswerKnown
	}
	m := n.memories.get(k.memory)
	if m == nil || m.count < uint32(n.opts.MinMatches) || m.last-m.first < minHistory {
		return AnswerTooSoon
	}
	return AnswerNew
}

// learn remembers that a combination was seen at time t.
func (n *Novelty) learn(k noveltyKey, t int64) {
	n.keys.put(k.key, hourOf(t))
	n.memories.put(k.memory, t)
}

// refresh notes that a combination was seen at t, if it is known already.
func (n *Novelty) refresh(k noveltyKey, t int64) {
	if _, ok := n.keys.get(k.key); ok {
		n.keys.put(k.key, hourOf(t))
	}
}

// Evicted returns how many combinations and memories were forgotten because
// there was no room.
func (n *Novelty) Evicted() int64 { return n.keys.evicted + n.memories.evicted }

// Len returns how many combinations are remembered.
func (n *Novelty) Len() int { return n.keys.used }

// hourOf returns the hour since 1970 that t, in nanoseconds, falls into; 0
// for earlier times.
func hourOf(t int64) uint32 {
	if t < 0 {
		return 0
	}
	return uint32(t / hour)
}

// novelty is a novelty of a rule, compiled.
type novelty struct {
	name        string // the key's fields, joined by commas
	kind        string // tells this question from all others
	key, within []expr.Column
	minHistory  int64

	// Of a correlation: what is asked about, and its slots, within first.
	keyRefs, withinRefs []event.Ref
	slots               []int
}

// novelty adds q to the plan unless it is there, and returns its index.
func (b *planner) novelty(p *plan, q *rule.Novelty) int {
	names := func(refs int) string {
		list := q.Key
		if refs == 1 {
			list = q.Within
		}
		out := make([]string, len(list))
		for i, r := range list {
			out[i] = r.Name()
		}
		return strings.Join(out, ",")
	}
	c := novelty{name: names(0), minHistory: int64(q.MinHistory)}
	if c.minHistory <= 0 {
		c.minHistory = int64(DefaultMinHistory)
	}
	c.kind = p.rule.ID + "\x00" + c.name + "\x00" + names(1)
	for i := range p.novelties {
		if p.novelties[i].kind == c.kind && p.novelties[i].minHistory == c.minHistory {
			return i
		}
	}
	p.novelties = append(p.novelties, c)
	i := len(p.novelties) - 1
	if p.rule.Correlation != nil {
		p.novelties[i].keyRefs, p.novelties[i].withinRefs = q.Key, q.Within
	} else {
		var key, within []expr.Column
		b.columns(&key, q.Key)
		b.columns(&within, q.Within)
		b.resolve = append(b.resolve, func(*expr.Program) { p.novelties[i].key, p.novelties[i].within = key, within })
	}
	return i
}
