package detect

import (
	"slices"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// maxReportedRules bounds the rules that are known from reports alone.
const maxReportedRules = 4096

// Report takes in a finding that somebody else made of events that the State may see, too: a sensor, of what its node did.
// Whoever is first, what both find of an event by one rule is one finding, which counts the event once, keeps the id under
// which it was told, and says of it what the State knows. A rule that is not among the State's is told by what the finding
// says of it. It reports whether there was room for that.
func (s *State) Report(f *Finding) bool {
	p := s.reportedPlan(f.Rule)
	id, ok := parseUID(f.ID)
	if p == nil || !ok {
		return false
	}
	if s.off(p, f.Cluster, f.Last.UnixNano()) {
		return true
	}
	t := s.findings
	id = t.aliased(id)
	of := f.EventUIDs
	if len(of) == 0 {
		of = []string{f.ID} // what did not happen, say
	}
	for i, text := range of {
		uid, ok := parseUID(text)
		if !ok {
			continue
		}
		a := &about{uid: uid, time: f.Last.UnixNano(), cluster: f.Cluster, failed: f.Failed > 0, denied: f.Denied, actor: f.Actor, target: f.Target, size: 1024}
		if i == 0 && len(of) > 1 {
			a.time = f.First.UnixNano()
		}
		if own, found := t.own.get(p.index, uid); found { // the State found it first, and by that id it was told
			t.aliases.put(0, id, own)
			id = own
			continue
		}
		if t.reported(p, uid) == nil {
			t.report(p, id, a, f)
		}
	}
	return true
}

// reportedPlan returns the plan of a rule, made for reports alone where the rule is none of the State's; nil for one too
// many.
func (s *State) reportedPlan(r *rule.Rule) *plan {
	for _, p := range s.plans {
		if p.rule.ID == r.ID && p.finds {
			return p
		}
	}
	if s.findings.foreign >= maxReportedRules {
		return nil
	}
	s.findings.foreign++
	p := &plan{rule: r, index: int32(len(s.plans)), window: int64(s.opts.Window), verify: none, fresh: none, finds: true}
	s.plans = append(s.plans, p)
	return p
}

// report counts an event in the finding that somebody else made of it.
func (t *findings) report(p *plan, id event.UID, a *about, from *Finding) {
	f := t.get(p, id, a)
	if f.first == nil {
		f.evidence = from.Evidence
	}
	for _, why := range from.Reasons {
		if !slices.Contains(f.notes, why) && len(f.notes) < maxParts {
			f.notes = append(f.notes, why)
		}
	}
	for _, text := range from.Parts {
		if part, ok := parseUID(text); ok && len(f.parts) < maxParts {
			if f.parts == nil {
				f.parts = map[event.UID]bool{}
			}
			f.parts[t.aliased(part)] = true
		}
	}
	f.raise(from.Severity, 0, nil, a)
	t.add(f, a)
	if len(f.reports) < max(t.limit, DefaultAuditIDs) {
		f.reports = append(f.reports, a.uid)
		f.size += reportBytes
		t.bytes += reportBytes
		t.restored[a.uid] = append(t.restored[a.uid], f.id)
	}
}

// reportBytes is about what it takes to know an event again that was reported.
const reportBytes = 96

// reported returns the finding of a rule that counted an event already, because an earlier run or somebody else found it;
// nil for none.
func (t *findings) reported(p *plan, uid event.UID) *building {
	for _, id := range t.restored[uid] {
		if f := t.byID[id]; f != nil && f.plan == p {
			return f
		}
	}
	return nil
}

// shared settles in which finding an event of a sensor counts that a rule of the State matched, given the finding's id by
// the State's own reckoning. done says that it was counted there already, as it was reported.
func (t *findings) shared(p *plan, id event.UID, a *about) (_ event.UID, done bool) {
	if a.auditID != "" {
		return id, false // nobody else judges requests
	}
	f := t.reported(p, a.uid)
	if f == nil {
		id = t.aliased(id)
		t.own.put(p.index, a.uid, id)
		return id, false
	}
	if f.id != id && t.byID[id] == nil {
		t.aliases.put(0, id, f.id) // what comes after it belongs there, too
	}
	return f.id, true
}

// known puts what the State knows of an event in the place of what was reported of it.
func (t *findings) known(h *hit, a *about) {
	f := t.byID[h.id]
	if f == nil || f.first == nil || f.first.uid != a.uid || f.restored {
		return
	}
	if f.best == f.first {
		f.best = a
	}
	f.first, f.evidence = a, h.evidence
	f.raise(h.severity, h.reasons, h.answers, a)
	t.tell(f)
}

// aliased returns the id under which a finding is kept.
func (t *findings) aliased(id event.UID) event.UID {
	if to, ok := t.aliases.get(0, id); ok {
		return to
	}
	return id
}

// links remember, for the latest of (number, identity), another identity. The zero value is empty.
type links struct{ current, previous map[linkKey]event.UID }

type linkKey struct {
	number int32
	uid    event.UID
}

// maxLinks is how many are remembered at least, and twice as many at most, in some 12 MiB.
const maxLinks = 64 << 10

func (l *links) put(number int32, uid, to event.UID) {
	if l.current == nil || len(l.current) >= maxLinks {
		l.current, l.previous = map[linkKey]event.UID{}, l.current
	}
	l.current[linkKey{number, uid}] = to
}

func (l *links) get(number int32, uid event.UID) (event.UID, bool) {
	k := linkKey{number, uid}
	if to, ok := l.current[k]; ok {
		return to, true
	}
	to, ok := l.previous[k]
	return to, ok
}
