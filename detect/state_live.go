package detect

import (
	"encoding/hex"
	"math"
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// What a State that never ends needs: its findings while they grow, those of
// an earlier run given back, and old ones forgotten.

// Changed returns the findings that were made or grew since the last call, in
// no order of importance but in a fixed one. Those that Restore brought are
// among them only when they grew.
func (s *State) Changed() []*Finding {
	out := s.findings.sortedOf(s.findings.changed)
	clear(s.findings.changed)
	s.findings.news = false
	return out
}

// News reports whether since the last call of Changed more happened than that
// the same went on: a finding was made, is more severe than it was, was denied,
// or is of somebody who was not known.
func (s *State) News() bool { return s.findings.news }

// Findings returns all findings as they stand: the most severe first, then by
// first time and id.
func (s *State) Findings() []*Finding { return s.findings.sorted() }

// Restore brings back a finding of an earlier run, so that further matches
// count in it. It is ignored when its rule is not among the State's, or its
// identities cannot be read. What it says is kept, but requests beyond those
// that it names cannot be told from new ones; see Replay.
func (s *State) Restore(f *Finding) {
	id, ok := parseUID(f.ID)
	i := slices.IndexFunc(s.plans, func(p *plan) bool { return p.rule.ID == f.Rule.ID && p.finds })
	if !ok || i < 0 || s.findings.byID[id] != nil {
		return
	}
	p := s.plans[i]
	first := &about{time: f.First.UnixNano(), cluster: f.Cluster, actor: f.Actor, target: f.Target}
	b := &building{
		id: id, plan: p, summary: f.Summary, count: f.Count, failed: f.Failed, first: first, best: first, last: f.Last.UnixNano(),
		actor: f.Actor, target: f.Target, evidence: f.Evidence, ips: f.Actor.IPs, agents: f.Actor.UserAgents, outside: f.Actor.Outside,
		severity: f.Severity, notes: f.Reasons, restored: true, counted: f.Last.UnixNano(), denied: f.Denied,
	}
	if f.Summary || p.correlation != nil {
		b.blend = blendSame
	}
	for i, text := range f.EventUIDs {
		uid, ok := parseUID(text)
		if !ok {
			continue
		}
		r := requestID{time: math.MinInt64, uid: uid}
		if i < len(f.AuditIDs) && len(f.AuditIDs) == len(f.EventUIDs) {
			r.auditID = f.AuditIDs[i]
		}
		b.named = append(b.named, r)
		if i == 0 {
			first.uid = uid
		}
	}
	for _, part := range f.Parts {
		if uid, ok := parseUID(part); ok {
			if b.parts == nil {
				b.parts = map[event.UID]bool{}
			}
			b.parts[uid] = true
		}
	}
	b.size = int64(len(b.named))*48 + 1024
	if p.rule.Table != event.ClassAudit && p.correlation == nil {
		for _, r := range b.named {
			s.findings.restored[r.uid] = append(s.findings.restored[r.uid], id)
		}
		b.size *= 2
	}
	s.findings.bytes += b.size
	s.findings.byID[id] = b
}

// Replay turns the replaying of the past on or off. While it is on, a match
// counts in a restored finding only when it began after that finding ended:
// what came before was counted by the run that stored it.
func (s *State) Replay(on bool) { s.findings.replaying = on }

// Forget drops findings whose last match was before t, but for those whose
// ids keep wants, so that a State can run for ever. Their ids are the same
// should they be made again.
func (s *State) Forget(t time.Time, keep func(id string) bool) {
	at := t.UnixNano()
	for id, f := range s.findings.byID {
		if f.last < at && !keep(id.String()) {
			s.findings.bytes -= f.size
			for _, r := range f.named {
				delete(s.findings.restored, r.uid)
			}
			for _, uid := range f.reports {
				delete(s.findings.restored, uid)
			}
			delete(s.findings.byID, id)
			delete(s.findings.changed, id)
		}
	}
}

func parseUID(text string) (id event.UID, ok bool) {
	if len(text) != 2*len(id) {
		return id, false
	}
	_, err := hex.Decode(id[:], []byte(text))
	return id, err == nil
}
