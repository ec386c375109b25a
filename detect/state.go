package detect

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// SeenKind says what an event is to the request it tells of.
type SeenKind uint8

// The kinds. What repeats word for word what was seen is not observed at all.
const (
	SeenFirst   SeenKind = iota // the first of its request, or an event that is no request
	SeenAmended                 // a later stage of a request of which an event was observed, or a later revision of a row
)

// State turns matches into findings. It takes events one by one, about in
// order of time, with the rules that match each; it knows what is new, how
// severe that makes a match, which matches are one finding, and which
// together make another.
//
// Only event time drives it. Matches wait until StateOptions.Lateness has
// passed and are then judged in order of (time, identity), so that findings
// do not depend on the order of events within that time, nor on batches. The
// time of a request is when it was received, where that is known: it is the
// same in all its stages.
//
// A request counts once, whatever its stages. It is judged by the first that
// is seen and again by each later one: the last word counts. A row of a sensor
// counts at once, and once, whatever its revisions: what it was found by keeps
// its id when more is known of it, and only rules that match it then for the
// first time find it again.
//
// A State is for one goroutine.
type State struct {
	opts    StateOptions
	plans   []*plan
	program *expr.Program
	subject *expr.Subject
	hasher  *event.UIDHasher
	texts   texts
	buf     []byte
	parts   []string

	clock    int64 // latest event time
	judged   int64 // time of what was judged last
	next     int64 // earliest time of anything that waits; MaxInt64 for nothing
	queue    queue
	open     openRequests
	awaited  openRequests // rows that were judged and may be amended
	findings *findings
	windows  *correlator
	learned  coverage.Span
	evicted  map[string]int64
	pupils   map[int32]bool // rules that Teach teaches
}

// NewState returns a State for rules; a Match's Rule is an index in it. The
// error joins one for each rule that cannot be run, naming it.
func NewState(rules []*rule.Rule, opts StateOptions) (*State, error) {
	opts = opts.withDefaults()
	s := &State{
		opts: opts, hasher: event.NewUIDHasher(), clock: math.MinInt64, judged: math.MinInt64, next: math.MaxInt64,
		findings: newFindings(&opts), evicted: map[string]int64{},
	}
	s.open.max, s.awaited.max = opts.WaitingBytes, opts.WaitingBytes
	b := &planner{}
	var errs []error
	for i, r := range rules {
		p, err := b.plan(r, int32(i), &s.opts)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: rule %q: %w", r.Source, r.Title, err))
		}
		s.plans = append(s.plans, p)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	var err error
	if s.windows, err = newCorrelator(b, s); err != nil {
		return nil, err
	}
	if s.program, err = b.program(rules, opts.Lists); err != nil {
		return nil, err
	}
	s.subject = s.program.NewSubject()
	return s, nil
}

// Observe takes one event, its identity, and the rules that match it. e is
// used until Observe returns; its contextual fields are set. An event that
// matches nothing must be observed too: time passes by it, and an amendment
// may take back what its request matched before.
func (s *State) Observe(e *event.Event, uid event.UID, matches []Match, seen SeenKind) {
	settled := true
	if s.opts.Context != nil {
		settled = s.opts.Context.Observe(e)
	}
	now := eventTime(e, s.clock)
	if len(matches) > 0 || seen == SeenAmended && len(s.open.byUID)+len(s.awaited.byUID) > 0 {
		s.take(e, uid, matches, seen, settled, now)
	}
	if now > s.clock {
		s.clock = now
	}
	if s.next <= s.clock-int64(s.opts.Lateness) {
		s.drain(s.clock - int64(s.opts.Lateness))
	}
}

// Learn takes an event of reviewed history: its matches are remembered and
// make no findings. Order does not matter.
func (s *State) Learn(e *event.Event, matches []Match) {
	if s.opts.Context != nil {
		s.opts.Context.Observe(e)
	}
	s.learn(requestTime(e, 0))
	s.teach(e, matches, nil)
}

// Advance says that no event before watermark (nanoseconds since 1970) will
// come, which is how time passes while sources are silent. To have equal
// findings from run to run, a watermark must be one too.
func (s *State) Advance(watermark int64) {
	if watermark > s.clock {
		s.clock = watermark
	}
	if s.next <= watermark {
		s.drain(watermark)
	}
}

// Finish judges what still waits, as at the end of all input, and returns the
// findings: the most severe first, then by first time and id. A State is of
// no further use then.
func (s *State) Finish() []*Finding {
	s.drain(math.MaxInt64)
	for r := s.open.first(); r != nil; r = s.open.first() {
		s.open.remove(r)
		s.count(r)
	}
	return s.findings.sorted()
}

// Cover adds what the State has to say to the account of a run.
func (s *State) Cover(r *coverage.Report) {
	r.Learned = s.learned
	for i, p := range s.plans {
		if s.findings.muted[int32(i)] > 0 {
			r.Muted = append(r.Muted, p.rule.ID)
		}
	}
	if r.Evicted == nil {
		r.Evicted = map[string]int64{}
	}
	for k, v := range s.evicted {
		r.Evicted[k] += v
	}
	if n := s.opts.Novelty.Evicted(); n > 0 {
		r.Evicted["novelty"] += n
	}
	if n := s.windows.evicted; n > 0 {
		r.Evicted["windows"] += n
	}
	if s.opts.Context != nil && s.opts.Context.Evicted() > 0 {
		r.Evicted["callers"] += s.opts.Context.Evicted()
	}
}

// Muted returns how many matches of each rule, by its id, were counted in summaries since the rule made too many findings;
// nil for none.
func (s *State) Muted() map[string]int64 {
	var out map[string]int64
	for i, n := range s.findings.muted {
		if out == nil {
			out = map[string]int64{}
		}
		out[s.plans[i].rule.ID] += n
	}
	return out
}

// Novelty returns what the State remembers, for a snapshot after Finish.
func (s *State) Novelty() *Novelty { return s.opts.Novelty }

// eventTime returns the time of an event, or otherwise when nothing says it.
func eventTime(e *event.Event, otherwise int64) int64 {
	switch {
	case event.Time.Has(e):
		return event.Time.Get(e)
	case event.ReceivedTime.Has(e):
		return event.ReceivedTime.Get(e)
	}
	return otherwise
}

// requestTime returns the time that an event's request is judged at: when it
// was received, which is the same in all its stages.
func requestTime(e *event.Event, otherwise int64) int64 {
	if event.AuditRequestTime.Has(e) {
		return event.AuditRequestTime.Get(e)
	}
	return eventTime(e, otherwise)
}

// unixTime returns nanoseconds since 1970 as a time in UTC.
func unixTime(ns int64) time.Time { return time.Unix(0, ns).UTC() }
