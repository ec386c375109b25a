package incident

import (
	"cmp"
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// Build puts findings together and returns the incidents, the most important
// first: by severity, then by the number of tactics, then by time. Findings of
// low severity join an incident that is near them in time but make none;
// informational ones stay by themselves. Order and multiplicity of the input
// do not matter; it is not changed, and the incidents refer to it.
func Build(findings []*detect.Finding, o Options) []*Incident {
	o = o.withDefaults()
	sorted := inOrder(findings)
	u := newUnion(len(sorted))
	links := joinAll(sorted, indexFindings(sorted, o), o.Gap, u)

	groups := make(map[int32][]*detect.Finding)
	for i, f := range sorted {
		root := u.find(int32(i))
		groups[root] = append(groups[root], f)
	}
	reasons := make(map[int32][]key)
	for _, l := range links {
		root := u.find(l.finding)
		reasons[root] = append(reasons[root], l.key)
	}
	hasher := event.NewUIDHasher()
	var out []*Incident
	for root, group := range groups {
		if group = story(group, o.Context); group == nil {
			continue
		}
		inc := tell(group, o)
		inc.ID = hasher.Sum("incident", inc.Root.ID).String()
		inc.Links = linkWords(reasons[root])
		out = append(out, inc)
	}
	slices.SortFunc(out, func(a, b *Incident) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(len(b.Tactics), len(a.Tactics)), a.First.Compare(b.First), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// story returns what of joined findings, in order of time, is told as one
// incident: those of medium severity or above, and what began not longer than
// near before the first of them or after the last. It is nil where none is of
// medium severity.
func story(group []*detect.Finding, near time.Duration) []*detect.Finding {
	var first, last time.Time
	for _, f := range group {
		if f.Severity < rule.Medium {
			continue
		}
		if first.IsZero() {
			first = f.First
		}
		if f.Last.After(last) {
			last = f.Last
		}
	}
	if first.IsZero() {
		return nil
	}
	first, last = first.Add(-near), last.Add(near)
	return slices.DeleteFunc(group, func(f *detect.Finding) bool {
		return f.Severity < rule.Medium && (f.First.Before(first) || f.First.After(last))
	})
}

// inOrder returns the findings by time, each once, without the informational
// ones.
func inOrder(findings []*detect.Finding) []*detect.Finding {
	sorted := slices.DeleteFunc(slices.Clone(findings), func(f *detect.Finding) bool { return f.Severity < rule.Low })
	slices.SortFunc(sorted, func(a, b *detect.Finding) int {
		return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.ID, b.ID))
	})
	return slices.CompactFunc(sorted, func(a, b *detect.Finding) bool { return a.ID == b.ID })
}

// maxLinks bounds what Incident.Links shows: more says no more.
const maxLinks = 12

// linkWords says in words what put findings together.
func linkWords(keys []key) []string {
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.value, b.value))
	})
	keys = slices.Compact(keys)
	var out []string
	for _, k := range keys[:min(len(keys), maxLinks)] {
		out = append(out, linkTexts[k.kind]+clip(k.value))
	}
	return out
}

// linkTexts is indexed by keyKind; the key's value follows.
var linkTexts = [...]string{
	keyUser:       "same user: ",
	keyAccount:    "same service account: ",
	keyCredential: "same credential: ",
	keyAddress:    "same external address, used by few: ",
	keySystemFrom: "same shared identity from outside: ",
	keyCaller:     "tokens used in the same pod: ",
	keyPodToken:   "a pod, and then its token, were used: ",
	keyGrant:      "an identity was given rights or a token, then acted: ",
	keyWorkload:   "a workload was made, then its pod was used: ",
	keyRequest:    "a certificate was requested, then approved: ",
	keyPodAlert:   "a pod was entered or made, then another tool warned of it: ",
}
