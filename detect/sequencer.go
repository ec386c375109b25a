package detect

import (
	"math"

	"github.com/lynceus-io/lynceus/event"
)

// An Observer sees events in order of time, as a State does.
type Observer interface {
	Observe(e *event.Event, uid event.UID, matches []Match, seen SeenKind)
	Advance(watermark int64)
}

// A Releaser is told when something of its is not used any more.
type Releaser interface{ Release() }

// An Arrival is an event on its way to an Observer.
type Arrival struct {
	Event   *event.Event
	UID     event.UID
	Matches []Match
	Seen    SeenKind
	// Source is where it came from. Events of one source come almost in order.
	Source string
	// Received is when it came, in nanoseconds since 1970.
	Received int64
	// Bytes is what it keeps in memory, estimated, with its share of what
	// others keep with it.
	Bytes int64
	// Owner is told when the event was observed; nil for nobody.
	Owner Releaser
}

// SequencerCounts say what did not go by the book.
type SequencerCounts struct {
	Late    int64 // came after later ones had gone on
	Future  int64 // were more than five minutes ahead of their receipt
	Hurried int64 // went on before their time, for lack of room
}

// A Sequencer puts events of several sources in order: by time, then source,
// then arrival. It holds them until no source is expected to bring an earlier
// one, and tells the Observer how time passes, also when all are silent. What
// it does depends on the arrivals, and on Tick; it looks at no clock.
//
// It is for one goroutine.
type Sequencer struct {
	opts     SequencerOptions
	to       Observer
	held     minHeap[arrived]
	free     []*Arrival // for those to come
	bytes    int64
	sources  map[string]*sequenced
	sequence uint64
	clock    int64 // latest time of receipt
	released int64 // watermark
	counts   SequencerCounts
}

// sequenced is a source of a Sequencer.
type sequenced struct {
	newest   int64 // event time that it has reached
	received int64 // of the last arrival
	ahead    int   // arrivals in a row that lie ahead of their receipt
	least    int64 // the earliest of these
}

// reach notes an arrival. Time does not go on by a few events that lie ahead
// of their receipt, but by a clock that does.
func (s *sequenced) reach(t, received, tolerated int64) {
	s.received = max(s.received, received)
	switch {
	case t <= received+tolerated:
		s.newest, s.ahead = max(s.newest, t), 0
		return
	case s.ahead == 0:
		s.least = t
	}
	s.least = min(s.least, t)
	s.newest = max(s.newest, received)
	if s.ahead++; s.ahead >= clockAhead {
		s.newest, s.ahead = max(s.newest, s.least), 0
	}
}

// arrived is an Arrival that is held.
type arrived struct {
	time     int64
	sequence uint64
	*Arrival
}

func (a arrived) less(b arrived) bool {
	switch {
	case a.time != b.time:
		return a.time < b.time
	case a.Source != b.Source:
		return a.Source < b.Source
	}
	return a.sequence < b.sequence
}

// NewSequencer returns a Sequencer in front of an Observer.
func NewSequencer(to Observer, opts SequencerOptions) *Sequencer {
	return &Sequencer{opts: opts.withDefaults(), to: to, sources: map[string]*sequenced{}, clock: math.MinInt64, released: math.MinInt64}
}

// Counts returns what did not go by the book so far.
func (q *Sequencer) Counts() SequencerCounts { return q.counts }

// Watermark returns the time before which no more events are expected, in
// nanoseconds since 1970; math.MinInt64 before the first.
func (q *Sequencer) Watermark() int64 { return q.released }

// Push takes an event. The Sequencer owns it, and what it refers to, until
// its Owner is told. Its times must have been stored before: those far ahead
// of its receipt are set back.
func (q *Sequencer) Push(a Arrival) {
	t := q.clamp(&a)
	if a.Received > q.clock {
		q.clock = a.Received
	}
	if t < q.released {
		q.counts.Late++
	}
	s := q.source(a.Source)
	s.reach(t, a.Received, int64(q.opts.Reorder))
	q.sequence++
	q.bytes += a.Bytes
	q.held.push(arrived{t, q.sequence, q.keep(a)})
	if q.sequence%settleEvery == 0 {
		q.settle(false)
	}
	for q.bytes > q.opts.Bytes && len(q.held) > 0 {
		if q.held[0].time > q.released {
			q.counts.Hurried++
			q.released = q.held[0].time
		}
		q.release()
	}
}

// keep returns a place for an arrival.
func (q *Sequencer) keep(a Arrival) *Arrival {
	if n := len(q.free); n > 0 {
		kept := q.free[n-1]
		q.free = q.free[:n-1]
		*kept = a
		return kept
	}
	kept := new(Arrival)
	*kept = a
	return kept
}

// clamp returns the time an event is ordered by, and sets back what lies too
// far ahead.
func (q *Sequencer) clamp(a *Arrival) int64 {
	t, ceiling := eventTime(a.Event, a.Received), a.Received+int64(maxAhead)
	if event.AuditRequestTime.Has(a.Event) && event.AuditRequestTime.Get(a.Event) > ceiling {
		event.AuditRequestTime.Set(a.Event, ceiling)
	}
	if t <= ceiling {
		return t
	}
	q.counts.Future++
	event.Time.Set(a.Event, ceiling)
	return ceiling
}

func (q *Sequencer) source(name string) *sequenced {
	if s := q.sources[name]; s != nil {
		return s
	}
	if len(q.sources) >= maxSequenced {
		if name = ""; q.sources[name] != nil {
			return q.sources[name]
		}
	}
	s := &sequenced{newest: math.MinInt64, received: math.MinInt64}
	q.sources[name] = s
	return s
}

// Tick says that it is now (nanoseconds since 1970) and nothing waits to be
// pushed. It is to be called every second or so while that is so.
func (q *Sequencer) Tick(now int64) {
	if now > q.clock {
		q.clock = now
	}
	q.settle(true)
}

// Flush lets everything go on that is held.
func (q *Sequencer) Flush() {
	for len(q.held) > 0 {
		q.release()
	}
}

// settle lets go on what no source is expected to come before.
func (q *Sequencer) settle(silence bool) {
	low, any := q.low()
	switch {
	case any:
		low -= int64(q.opts.Reorder)
	case silence:
		q.Flush()
		low = q.clock - int64(q.opts.Reorder) - q.delay()
	default:
		return
	}
	for len(q.held) > 0 && q.held[0].time <= low {
		q.release()
	}
	if low > q.released {
		q.released = low
		q.to.Advance(low)
	}
}

// low returns the latest time that every source which is waited for has
// reached; ok is false when nobody is waited for. It forgets those that were
// silent for long.
func (q *Sequencer) low() (low int64, ok bool) {
	furthest := int64(math.MinInt64)
	for name, s := range q.sources {
		if q.clock-s.received > int64(maxDelay) {
			delete(q.sources, name)
		} else if !q.idle(s) {
			furthest = max(furthest, s.newest)
		}
	}
	low = math.MaxInt64
	for _, s := range q.sources {
		if !q.idle(s) && s.newest >= furthest-int64(maxLag) {
			low, ok = min(low, s.newest), true
		}
	}
	return low, ok
}

func (q *Sequencer) idle(s *sequenced) bool { return q.clock-s.received > int64(q.opts.Idle) }

// delay returns how long the way of events was that came last.
func (q *Sequencer) delay() int64 {
	longest := int64(0)
	for _, s := range q.sources {
		longest = max(longest, min(s.received-s.newest, int64(maxDelay)))
	}
	return longest
}

// release lets the earliest go on.
func (q *Sequencer) release() {
	a := q.held.pop()
	q.bytes -= a.Bytes
	q.to.Observe(a.Event, a.UID, a.Matches, a.Seen)
	if a.Owner != nil {
		a.Owner.Release()
	}
	*a.Arrival = Arrival{}
	q.free = append(q.free, a.Arrival)
}
