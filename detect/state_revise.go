package detect

import (
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// awaitedFor is how long, by event time, a row that may be amended is kept to
// be known again. A sensor learns names within half a minute; the hash of a
// program may have to wait for those of others.
const awaitedFor = int64(10 * time.Minute)

// awaits reports whether a row, the event that is observed, may be amended: by
// its sensor, or because who is behind it may come to be known.
func (s *State) awaits(e *event.Event) bool {
	return event.MetadataAwaits.Get(e) || e.Class != event.ClassAudit && s.opts.Context != nil && s.opts.Context.Lacks()
}

// await keeps a request that was made of a row which may be amended. What is
// too old goes, and, when there is no room, what came first.
func (s *State) await(r *request) {
	s.awaited.put(r)
	for old := s.awaited.first(); old != r; old = s.awaited.first() {
		tooOld := r.about.time-old.about.time > awaitedFor
		if !tooOld && s.awaited.bytes <= s.awaited.max {
			return
		}
		s.awaited.remove(old)
		if !tooOld {
			s.evicted["amendments"]++
		}
	}
}

// revise takes a row again, of which more is known than before. What was found
// by it keeps its id and counts once; rules that match it only now are judged.
// A rule that does not match it any more is taken out of the windows; what it
// found stays found.
func (s *State) revise(r *request, e *event.Event, matches []Match, settled bool) {
	old, was := r.hits, r.about
	s.read(r, e, matches, settled)
	if !s.awaits(e) {
		s.awaited.remove(r)
	}
	if !r.judged {
		return
	}
	for i := range r.hits {
		h := &r.hits[i]
		before := hitOf(old, h.plan)
		if before == nil {
			s.judge(r, h)
			s.countHit(r, h)
			continue
		}
		h.id, h.matched, h.answers = before.id, before.matched, before.answers
		h.severity, h.reasons = h.plan.judge(h.holds, h.answers, r.about.failed)
		if !h.matched {
			continue
		}
		s.findings.amend(h, was, r.about)
		if before.withdrawn || !slices.Equal(before.values, h.values) {
			s.windows.withdraw(was, before)
			s.windows.feed(r.about, h)
		}
	}
	for i := range old {
		before := old[i]
		if hitOf(r.hits, before.plan) != nil {
			continue
		}
		if before.matched {
			s.windows.withdraw(was, &before)
		}
		before.withdrawn = true
		r.hits = append(r.hits, before) // should a later revision match again, it was found already
	}
}

// amend puts what is known of a row now in the place of what was known of it
// when it was counted in the finding of a hit.
func (t *findings) amend(h *hit, was, now *about) {
	f := t.byID[h.id]
	if f == nil || !h.plan.finds {
		return
	}
	if now.failed && !was.failed {
		f.failed++
		t.tell(f)
	}
	if now.denied && !f.denied {
		f.denied = true
		t.tell(f)
	}
	if f.first != was && h.severity <= f.severity {
		return
	}
	f.raise(h.severity, h.reasons, h.answers, now)
	if f.best == was {
		f.best = now
	}
	if f.first == was {
		f.first, f.evidence = now, h.evidence
	}
	t.tell(f)
}

// adopt gives a hit of an amended row the id of the finding that an earlier
// run made of the row by the same rule, if it did.
func (t *findings) adopt(h *hit, uid event.UID) {
	for _, id := range t.restored[uid] {
		if f := t.byID[id]; f != nil && f.plan == h.plan {
			h.id = id
		}
	}
}
