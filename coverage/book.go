package coverage

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// ReportEvery is how often a sensor accounts for itself.
const ReportEvery = 20 * time.Second

// How long a source may say nothing before that is a gap. A sensor accounts every ReportEvery, and its accounts follow
// each other: what lies between two of them was not watched. An API server is never silent for minutes, but its log
// may come in pieces.
const (
	sensorPatience = 50 * time.Second // while it lasts: two and a half reports
	sensorSlack    = time.Second      // between two accounts
	otherPatience  = 10 * time.Minute
)

// Bounds of what a Book keeps: some 50 MiB at the most.
const (
	maxTracks  = 16 << 10
	maxSpans   = 64 // of one source
	maxMissing = 64 // of one source
	// retireAfter is how long a source is missed.
	retireAfter = 7 * 24 * time.Hour
	// absentFresh is how long what was said to be absent is taken to be so still: it is said again each minute.
	absentFresh = 90 * time.Second
)

// Book is the ledger in memory: which sources there are, when they were heard of and what went missing. It is made of
// accounts, in any order, and says what is missing of any stretch of time. Memory grows with gaps, not with time, and is
// bounded: where there are too many, what lies between two gaps counts to them. It is safe for use by several goroutines.
type Book struct {
	patience time.Duration // of sources that are no sensors
	mu       sync.RWMutex
	tracks   map[Key]*track
	began    int64 // of the first account; 0 for none
	others   int64 // accounts of sources beyond the bound
}

// track is what is known of a source.
type track struct {
	role    Role
	covered spans
	absent  spans // of which somebody said that nothing came
	missing []stretch
	ended   int64
	state   State
	minutes [4]minute // the latest, by number
}

// minute is what is known of a minute, by its number since 1970.
type minute struct {
	number int64
	Counts
}

// stretch is a time in which events went missing.
type stretch struct {
	span
	Counts
}

// State is what a source said last.
type State struct {
	Key
	Role  Role      `json:"role"`
	First time.Time `json:"first,omitzero"` // when its first account begins
	Last  time.Time `json:"last,omitzero"`  // when its last account that had something ends
	// Counts are of the last minute that was accounted for.
	Counts  `json:"last_minute"`
	Minute  time.Time     `json:"minute,omitzero"`
	Delay   time.Duration `json:"delay_ns"`
	Offset  time.Duration `json:"clock_offset_ns"`
	Timed   bool          `json:"clock_measured"`
	Waiting int64         `json:"waiting_bytes"`
	Oldest  time.Time     `json:"oldest_waiting,omitzero"`
	// Silent says that it should have said something and did not, Ended that it is no more.
	Silent bool `json:"silent"`
	Ended  bool `json:"ended"`
}

// NewBook returns an empty book. silence is how long sources that are no sensors may say nothing; 0 means ten minutes.
func NewBook(silence time.Duration) *Book {
	return &Book{patience: cmp.Or(silence, otherPatience), tracks: map[Key]*track{}}
}

// Add takes in an account; it keeps no text of it. Parts and canaries change nothing.
func (b *Book) Add(a *Account) {
	if a.Kind != Total && a.Kind != Absent && a.Kind != Ended {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.track(a)
	if t == nil {
		b.others++
		return
	}
	x := span{a.From.UnixNano(), a.To.UnixNano()}
	x.from = min(x.from, x.to) // the clock of who accounts may have been set between
	switch a.Kind {
	case Ended:
		t.ended = max(t.ended, x.to)
		return
	case Absent:
		t.absent = bounded(t.absent.add(x, int64(time.Minute)))
		return
	}
	if covers(a) {
		t.covered = bounded(t.covered.add(x, b.slack(t.role)))
		if b.began == 0 || x.from < b.began {
			b.began = x.from
		}
		if x.to > t.state.Last.UnixNano() || t.state.Last.IsZero() {
			t.state.Last = a.To
		}
	}
	t.note(a)
	t.lose(x, &a.Counts)
}

// covers reports whether an account says that a source was there: a sensor's own does, and one of something that came.
func covers(a *Account) bool {
	if a.Role == Sensor {
		return a.Reporter != HubReporter
	}
	return a.Role == Hub || a.Role == Inventory || a.Seen+a.Stored+a.Repeated > 0
}

// bounded narrows spans to the bound.
func bounded(s spans) spans {
	if len(s) > maxSpans {
		s = s.narrow()
	}
	return s
}

// slack is how far two accounts may be apart without a gap.
func (b *Book) slack(r Role) int64 {
	if r == Sensor {
		return int64(sensorSlack)
	}
	return int64(b.patience)
}

// track returns the track of an account's source, nil for one too many.
func (b *Book) track(a *Account) *track {
	t := b.tracks[a.Key]
	if t == nil {
		if len(b.tracks) >= maxTracks {
			return nil
		}
		k := a.Key.Clone()
		t = &track{state: State{Key: k}}
		b.tracks[k] = t
	}
	if t.role == "" {
		t.role = Role(strings.Clone(string(a.Role)))
		t.state.Role = t.role
	}
	return t
}

// note takes in what an account says of the source's state.
func (t *track) note(a *Account) {
	s := &t.state
	if s.First.IsZero() || a.From.Before(s.First) {
		s.First = a.From
	}
	switch minute := a.From.Truncate(time.Minute); {
	case minute.Equal(s.Minute):
		s.Counts.Add(&a.Counts)
		s.Delay = max(s.Delay, a.Delay)
	case minute.After(s.Minute):
		s.Minute, s.Counts, s.Delay = minute, a.Counts, a.Delay
	default:
		return
	}
	if a.Timed {
		s.Offset, s.Timed = a.Offset, true
	}
	if a.Reporter != HubReporter || t.role != Sensor {
		s.Waiting, s.Oldest = a.Waiting, a.Oldest
	}
}

// lose notes that events went missing, if any did. Those of one minute are one stretch, with all that was seen in it:
// who tells of the loss may be another than who saw the events.
func (t *track) lose(x span, c *Counts) {
	minute := x.from / int64(time.Minute)
	at := len(t.missing)
	for at > 0 && t.missing[at-1].from/int64(time.Minute) > minute {
		at--
	}
	if at > 0 && t.missing[at-1].from/int64(time.Minute) == minute {
		m := &t.missing[at-1]
		m.Add(c)
		if c.Gone() > 0 {
			m.from, m.to = min(m.from, x.from), max(m.to, x.to)
		}
		return
	}
	sum := t.minute(minute)
	sum.Add(c)
	if c.Gone() > 0 {
		t.missing = slices.Insert(t.missing, at, stretch{x, *sum})
		t.crowd()
	}
}

// minute returns the counts of a minute as far as they are known, the latest of which are.
func (t *track) minute(number int64) *Counts {
	slot := &t.minutes[number%int64(len(t.minutes))]
	if slot.number != number {
		slot.number, slot.Counts = number, Counts{}
	}
	return &slot.Counts
}

// crowd makes the two oldest stretches one when there are too many.
func (t *track) crowd() {
	if len(t.missing) <= maxMissing {
		return
	}
	first, second := &t.missing[0], &t.missing[1]
	second.from = first.from
	second.to = max(second.to, first.to)
	second.Add(&first.Counts)
	t.missing = slices.Delete(t.missing, 0, 1)
}

// unseen returns the times of which a source told nothing, up to now: those between its accounts, since the last when
// that was too long ago, and those of which somebody said so and that no account covers.
func (b *Book) unseen(t *track, now int64) spans {
	out := t.absent
	if n := len(out); n > 0 && now > out[n-1].to && now-out[n-1].to < int64(absentFresh) {
		out = slices.Clone(out)
		out[n-1].to = now
	}
	if n := len(t.covered); n > 0 {
		out = slices.Clone(out)
		for i := 1; i < n; i++ {
			out = out.add(span{t.covered[i-1].to, t.covered[i].from}, 0)
		}
		if b.silent(t, now) {
			out = out.add(span{t.covered[n-1].to, now}, 0)
		}
		out = out.without(t.covered)
	}
	if t.ended > 0 {
		end := t.ended
		if n := len(t.covered); n > 0 && t.covered[n-1].to > end {
			end = now // it came back
		}
		out = out.within(span{0, end})
	}
	return out
}

// silent reports whether a source should have said something and did not.
func (b *Book) silent(t *track, now int64) bool {
	n := len(t.covered)
	if n == 0 || t.ended >= t.covered[n-1].to {
		return false
	}
	patience := int64(b.patience)
	if t.role == Sensor {
		patience = int64(sensorPatience)
	}
	quiet := now - t.covered[n-1].to
	return quiet > patience && quiet < int64(retireAfter)
}

// Lately returns what went missing since a time, the latest minute of each source in which something did.
func (b *Book) Lately(since time.Time) (out []Gap) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for k, t := range b.tracks {
		if n := len(t.missing); n > 0 && t.missing[n-1].to > since.UnixNano() {
			out = append(out, t.missing[n-1].gap(k, t.role))
		}
	}
	return out
}

// Sources returns what each source said last, in order of name.
func (b *Book) Sources(now time.Time) []State {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]State, 0, len(b.tracks))
	for _, t := range b.tracks {
		s := t.state
		s.Silent = b.silent(t, now.UnixNano())
		s.Ended = t.ended > 0 && (s.Last.IsZero() || t.ended >= s.Last.UnixNano())
		out = append(out, s)
	}
	slices.SortFunc(out, func(x, y State) int { return compareKeys(x.Key, y.Key) })
	return out
}

func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Cluster, b.Cluster), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Node, b.Node))
}

// keys returns all keys in order.
func (b *Book) keys() []Key {
	return slices.SortedFunc(maps.Keys(b.tracks), compareKeys)
}
