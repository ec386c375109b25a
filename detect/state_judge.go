package detect

import (
	"math"

	"github.com/lynceus-io/lynceus/event"
)

// wake sees to it that what happens at time t is looked at then.
func (s *State) wake(t int64) { s.next = min(s.next, t) }

// drain judges everything that is not after limit, in order of time. What a
// window closes with comes before what happens after it.
func (s *State) drain(limit int64) {
	for {
		at, waits := s.queue.next()
		due, decides := s.windows.due()
		switch {
		case decides && due < limit && (!waits || due < at):
			s.windows.decide()
		case waits && at <= limit:
			s.judgeFirst()
		default:
			s.next = math.MaxInt64
			if waits {
				s.next = at
			}
			if decides {
				s.next = min(s.next, due+1)
			}
			return
		}
	}
}

// judgeFirst judges the first request that waits.
func (s *State) judgeFirst() {
	r := s.queue.pop()
	s.judged = max(s.judged, r.about.time)
	if r.waiting != nil {
		s.opts.Context.Resolve(r.waiting)
		s.extract(r, r.waiting, r.matches)
		r.waiting, r.matches = nil, nil
	}
	r.judged = true
	for i := range r.hits {
		s.judge(r, &r.hits[i])
	}
	if !r.incomplete || r.begun {
		s.count(r)
	}
}

// judge decides what one hit is worth, remembers it, and feeds it to
// correlations.
func (s *State) judge(r *request, h *hit) {
	p, t := h.plan, r.about.time
	h.answers = s.ask(p, h.keys, t)
	h.matched = p.fresh == none || h.answers[p.fresh] == AnswerNew
	h.severity, h.reasons = p.judge(h.holds, h.answers, r.about.failed)
	s.remember(p, h.keys, t, h.matched && p.finds && h.severity >= reviewed)
	if h.matched {
		s.windows.feed(r.about, h)
	}
}

// reviewed is the severity from which what made a finding is not learned
// until somebody has reviewed it.
const reviewed = defaultSeverity

// ask returns the memory's answers to the questions of a plan.
func (s *State) ask(p *plan, keys []noveltyKey, t int64) []Answer {
	if len(keys) == 0 {
		return nil
	}
	out := make([]Answer, len(keys))
	for i, k := range keys {
		out[i] = s.opts.Novelty.ask(k, t, p.novelties[i].minHistory)
	}
	return out
}

// remember learns keys, or only refreshes those that are known.
func (s *State) remember(p *plan, keys []noveltyKey, t int64, knownOnly bool) {
	for _, k := range keys {
		if knownOnly {
			s.opts.Novelty.refresh(k, t)
		} else {
			s.opts.Novelty.learn(k, t)
		}
	}
}

// amend takes a later stage of a request. What was found at an earlier one
// stays found, and takes on what is known now.
func (s *State) amend(r *request, e *event.Event, matches []Match, incomplete, settled bool) {
	old, about := r.hits, r.about
	r.incomplete = incomplete
	s.read(r, e, matches, settled)
	if !incomplete {
		s.open.remove(r)
	}
	if !r.judged {
		return
	}
	for i := range r.hits {
		h := &r.hits[i]
		was := hitOf(old, h.plan)
		if was == nil {
			s.judge(r, h)
			if r.counted {
				s.countHit(r, h)
			}
			continue
		}
		h.matched, h.answers = was.matched, was.answers
		h.severity, h.reasons = h.plan.judge(h.holds, h.answers, r.about.failed)
		if r.counted && h.matched {
			h.id = was.id
			s.findings.amend(h, about, r.about)
		}
	}
	for i := range old {
		if was := &old[i]; was.matched && hitOf(r.hits, was.plan) == nil {
			s.windows.withdraw(r.about, was)
		}
	}
	if !incomplete || r.begun {
		s.count(r)
	}
}

// hitOf returns the hit of a plan, or nil.
func hitOf(hits []hit, p *plan) *hit {
	for i := range hits {
		if hits[i].plan == p {
			return &hits[i]
		}
	}
	return nil
}

// keepOpen adds r to the requests of which a later stage is expected. When
// there are too many, the oldest are taken as they are.
func (s *State) keepOpen(r *request) {
	s.open.put(r)
	for s.open.bytes > s.open.max && s.open.head != s.open.tail {
		old := s.open.first()
		s.open.remove(old)
		s.evicted["requests"]++
		if old.incomplete = false; old.judged {
			s.count(old)
		}
	}
}

// count adds a judged request to the findings of its hits, once.
func (s *State) count(r *request) {
	if r.counted {
		return
	}
	r.counted = true
	for i := range r.hits {
		s.countHit(r, &r.hits[i])
	}
}

// countHit adds a judged request to the finding of one hit.
func (s *State) countHit(r *request, h *hit) {
	if !h.matched || !h.plan.finds || s.off(h.plan, r.about.cluster, r.about.time) {
		return
	}
	var done bool
	if h.id, done = s.findings.shared(h.plan, h.id, r.about); done {
		s.findings.known(h, r.about)
		return
	}
	f := s.findings.get(h.plan, h.id, r.about)
	if _, there := f.index(r.about); there && r.amended {
		return // it was counted before its amendment came
	}
	if f.first == nil || r.about.earlier(f.first) {
		f.evidence = h.evidence
	}
	f.raise(h.severity, h.reasons, h.answers, r.about)
	s.findings.add(f, r.about)
}

// off reports whether the rule of a plan makes no findings of what happened at
// a time.
func (s *State) off(p *plan, cluster string, at int64) bool {
	return s.opts.Off != nil && s.opts.Off(p.rule, cluster, unixTime(at))
}
