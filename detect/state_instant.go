package detect

import "github.com/lynceus-io/lynceus/event"

// Instant returns a finding for each match of an event at once, made of that event alone: each counts one. Its id is the
// one that the match has when all events come together, so that whoever collects findings can count repeats. What
// depends on other events is left out: rules that match only what is new make none, correlations none, and novelty
// raises no severity. The State remembers of it only which rules matched a row that may be amended: a later revision makes
// findings of the others.
func (s *State) Instant(e *event.Event, matches []Match) []*Finding {
	t := requestTime(e, 0)
	r := &request{about: &about{uid: EventUID(e), time: t}}
	s.extract(r, e, matches)
	before := s.instantBefore(r, e)
	var out []*Finding
	for i := range r.hits {
		h := &r.hits[i]
		if !h.plan.finds || h.plan.fresh != none || hitOf(before, h.plan) != nil || s.off(h.plan, r.about.cluster, t) {
			continue
		}
		answers := make([]Answer, len(h.plan.novelties))
		severity, reasons := h.plan.judge(h.holds, answers, r.about.failed)
		f := &building{id: h.id, plan: h.plan, evidence: h.evidence}
		f.raise(severity, reasons, answers, r.about)
		f.add(r.about, s.opts.AuditIDs)
		out = append(out, f.finding())
	}
	return out
}

// instantBefore returns the hits of earlier revisions of a row, and keeps all for later ones.
func (s *State) instantBefore(r *request, e *event.Event) (before []hit) {
	if was := s.awaited.get(r.about.uid); was != nil {
		before = was.hits
		s.awaited.remove(was)
	}
	if !event.MetadataAwaits.Get(e) || len(r.hits)+len(before) == 0 {
		return before
	}
	all := &request{about: r.about, hits: r.hits[:len(r.hits):len(r.hits)], size: r.size}
	for i := range before {
		if hitOf(r.hits, before[i].plan) == nil {
			all.hits = append(all.hits, before[i])
		}
	}
	s.await(all)
	return before
}

// EventUID returns the identity that an event carries as text, the zero one where it carries none.
func EventUID(e *event.Event) event.UID {
	uid, _ := parseUID(event.MetadataUID.Get(e))
	return uid
}
