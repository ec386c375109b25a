package detect

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// request is what is known of one request (or other event) that matched.
type request struct {
	about *about
	hits  []hit
	// waiting is the event itself, of which hits are still to be made,
	// because where its caller is may not have settled.
	waiting *event.Event
	matches []Match
	// incomplete: a later stage is expected to amend it.
	incomplete bool
	// begun: it does already what was asked for, as its answer has begun. It
	// is counted when it is judged, and not when it ends: an exec may last for days.
	begun   bool
	counted bool // in the findings of its hits
	amended bool // its first event may have been counted and forgotten
	queued  bool
	judged  bool
	opened  *openRequest // its place among the open ones; nil when it is not there
	size    int64        // bytes, estimated
}

// hit is one rule that matched a request.
type hit struct {
	plan     *plan
	id       event.UID    // of the finding
	holds    uint64       // adjustments whose If holds
	keys     []noveltyKey // of the plan's novelties
	values   []value      // for correlations
	evidence []Value
	// withdrawn: a later revision of its row does not match.
	withdrawn bool

	// What judging it said.
	matched  bool // it is new where the rule asks for that
	severity rule.Severity
	reasons  uint64
	answers  []Answer
}

// value is one value of an event, as text. Absent is not empty.
type value struct {
	text    string
	present bool
}

// take makes a request of an event that matched, or amends one.
func (s *State) take(e *event.Event, uid event.UID, matches []Match, seen SeenKind, settled bool, now int64) {
	incomplete, begun := progress(e)
	if seen == SeenAmended {
		if r := s.open.get(uid); r != nil {
			r.begun = r.begun || begun
			s.amend(r, e, matches, incomplete, settled)
			return
		}
		if r := s.awaited.get(uid); r != nil {
			s.revise(r, e, matches, settled)
			return
		}
	}
	if len(matches) == 0 {
		return
	}
	t := requestTime(e, now)
	if t == math.MinInt64 {
		t = 0
	}
	r := &request{about: &about{uid: uid, time: t}, incomplete: incomplete, begun: begun, amended: seen == SeenAmended}
	s.read(r, e, matches, settled)
	if r.waiting == nil && len(r.hits) == 0 {
		return
	}
	if incomplete {
		s.keepOpen(r)
	}
	if s.awaits(e) {
		s.await(r)
	}
	at := t
	if r.waiting != nil {
		// What its context is takes time from when it was seen to settle; a
		// long request began long before.
		at = max(t, now)
	}
	s.queue.push(r, at)
	s.wake(at)
	for s.queue.bytes > s.opts.WaitingBytes {
		s.evicted["waiting"]++
		s.judgeFirst()
	}
}

// read makes the hits of r from the event and the rules that match it, or
// keeps the event until its context has settled.
func (s *State) read(r *request, e *event.Event, matches []Match, settled bool) {
	was := r.size
	r.hits, r.waiting, r.matches = nil, nil, nil
	if !settled && !r.judged && (s.anyContextual(matches) || ofPerson(e)) {
		r.waiting, r.matches = e.Clone(), append([]Match(nil), matches...)
		r.size = 4096 + int64(len(e.Raw)) + 8*int64(len(matches))
	} else {
		s.extract(r, e, matches)
	}
	if r.queued {
		s.queue.bytes += r.size - was
	}
}

// ofPerson reports whether a person who runs commands in a container may be
// behind an event: a finding names them.
func ofPerson(e *event.Event) bool {
	return event.ProcessEntered.Get(e) || event.ActorProcessEntered.Get(e)
}

func (s *State) anyContextual(matches []Match) bool {
	for _, m := range matches {
		if s.plans[m.Rule].contextual {
			return true
		}
	}
	return false
}

// extract makes the hits of r.
func (s *State) extract(r *request, e *event.Event, matches []Match) {
	s.subject.Load(e)
	described := false
	for _, m := range matches {
		p := s.plans[m.Rule]
		if p.correlation != nil || !s.verify(p, m) {
			continue
		}
		if !described {
			t, uid := r.about.time, r.about.uid
			r.about, described = s.describe(e, uid, t), true
			r.size = r.about.size + 256
		}
		h := hit{plan: p, holds: s.holds(p)}
		for i := range p.novelties {
			h.keys = append(h.keys, s.noveltyKey(p, i, r.about.cluster))
		}
		for _, c := range p.values {
			h.values = append(h.values, s.value(c))
		}
		if p.finds {
			s.identify(r.about, &h)
			if r.amended {
				s.findings.adopt(&h, r.about.uid)
			}
		}
		r.hits = append(r.hits, h)
		r.size += 192 + 64*int64(len(h.values)+len(h.evidence))
	}
}

// verify reports whether a match holds now that contextual fields are set.
func (s *State) verify(p *plan, m Match) bool {
	return !m.Pending || p.verify == none || s.program.Eval(s.subject, p.verify)
}

// holds returns the adjustments of p whose If holds, as bits.
func (s *State) holds(p *plan) (bits uint64) {
	for i := range p.adjusts {
		if t := p.adjusts[i].tree; t == none || s.program.Eval(s.subject, t) {
			bits |= 1 << i
		}
	}
	return bits
}

// textOf returns the values of a column, joined by commas. It is valid until
// the next event is loaded.
func (s *State) textOf(c expr.Column) string {
	switch s.subject.Len(c) {
	case 0:
		return ""
	case 1:
		return s.subject.Text(c, 0)
	}
	s.buf = s.subject.AppendText(s.buf[:0], c)
	return string(s.buf)
}

// identify gives a hit what its finding needs: its id and its evidence.
func (s *State) identify(a *about, h *hit) {
	p := h.plan
	parts := append(s.parts[:0], p.rule.ID, a.cluster, strconv.FormatInt(floorDiv(a.time, p.window)*p.window, 10), strconv.Itoa(len(p.actor)))
	for _, c := range p.actor {
		parts = append(parts, s.textOf(c))
	}
	for _, c := range p.target {
		parts = append(parts, s.textOf(c))
	}
	s.parts = parts
	h.id = s.hasher.Sum("finding", parts...)
	for _, ev := range p.evidence {
		if s.subject.Present(ev.column) {
			h.evidence = append(h.evidence, Value{ev.name, s.texts.own(s.textOf(ev.column))})
		}
	}
}

func (s *State) value(c expr.Column) value {
	if !s.subject.Present(c) {
		return value{}
	}
	return value{s.texts.own(s.textOf(c)), true}
}

// noveltyKey returns the question of novelty i of p for the loaded event.
func (s *State) noveltyKey(p *plan, i int, cluster string) noveltyKey {
	n := &p.novelties[i]
	parts := append(s.parts[:0], n.kind, cluster)
	for _, c := range n.within {
		parts = append(parts, s.textOf(c))
	}
	within := len(parts)
	for _, c := range n.key {
		parts = append(parts, s.textOf(c))
	}
	s.parts = parts
	return s.noveltyHash(parts, within)
}

// noveltyHash returns the hashes of a question, of which the first within
// parts say whose memory is asked.
func (s *State) noveltyHash(parts []string, within int) noveltyKey {
	hash := func(kind string, parts []string) uint64 {
		u := s.hasher.Sum(kind, parts...)
		return binary.LittleEndian.Uint64(u[:])
	}
	return noveltyKey{memory: hash("memory", parts[:within]), key: hash("novelty", parts)}
}

// progress reports whether a later stage of the event's request is to be
// expected, and whether its answer has begun meanwhile.
func progress(e *event.Event) (incomplete, begun bool) {
	if e.Class != event.ClassAudit {
		return false, false
	}
	switch event.AuditStage.Get(e) {
	case "RequestReceived":
		return true, false
	case "ResponseStarted":
		return true, true
	}
	return false, false
}

// learn notes a record of history in the account of what was learned.
func (s *State) learn(t int64) {
	at := unixTime(t)
	if s.learned.Events == 0 || at.Before(s.learned.First) {
		s.learned.First = at
	}
	if s.learned.Events == 0 || at.After(s.learned.Last) {
		s.learned.Last = at
	}
	s.learned.Events++
}
