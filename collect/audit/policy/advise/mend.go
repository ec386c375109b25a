package advise

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
)

// Mending is what to add to a policy so that detections can match that cannot
// under it.
type Mending struct {
	// First go before all rules of the policy, Last after them.
	First, Last []Entry
}

// Apply returns the policy with what is added.
func (m *Mending) Apply(p *policy.Policy) *policy.Policy {
	out := *p
	out.Rules = nil
	for _, e := range m.First {
		out.Rules = append(out.Rules, e.Rule)
	}
	out.Rules = append(out.Rules, p.Rules...)
	for _, e := range m.Last {
		out.Rules = append(out.Rules, e.Rule)
	}
	return &out
}

// Mend returns what to add to a policy whose form is right. What it records of
// a request is never less afterwards, but for bodies of credentials.
func (n *Needs) Mend(p *policy.Policy) *Mending {
	m := &Mending{}
	l := &linter{needs: n, policy: p}
	if l.credentials(); len(l.problems) > 0 {
		m.First = append(m.First, Entry{Rule: policy.Rule{Level: policy.Metadata, Resources: grouped(credentials)}, Why: "Bodies of these are credentials, or hold them: whoever reads the log, reads them."})
	}
	l.problems = nil
	if l.anonymous(); len(l.problems) > 0 {
		m.First = append(m.First, Entry{Rule: policy.Rule{Level: policy.Metadata, UserGroups: []string{unauthenticated}}, Why: "Requests of those who did not sign in."})
	}
	lost := l.lostCells()
	m.First = append(m.First, lost.entries()...)
	for i := range m.First {
		if m.First[i].Why == bodiesWhy && !policy.Metadata.Below(m.First[i].Rule.Level) {
			m.First[i].Why = "Requests that detections are about, and that are not recorded."
		}
	}
	l.problems = nil
	if l.unmatched(); len(l.problems) > 0 {
		m.Last = append(m.Last, Entry{Rule: policy.Rule{Level: policy.Metadata}, Why: "Everything else: who asked for what, from where, and the answer's code."})
	}
	return m
}

// lostCells are the cells that rules need which cannot match, each at the
// level that they need there, and no lower than it is recorded at for anybody.
func (l *linter) lostCells() bodyNeeds {
	out := bodyNeeds{catalog(), map[cell]policy.Level{}, map[cell][]string{}}
	number := map[string]int{}
	for i := range out.resources {
		number[out.resources[i].Group+"/"+out.resources[i].String()] = i
	}
	var blind []int
	for i, s := range l.sights() {
		if s.lost != nil && s.sees == 0 && !s.only {
			blind = append(blind, i)
		}
	}
	if len(blind) == 0 {
		return out
	}
	recorded := map[cell]policy.Level{}
	for q, k := range l.needs.tried() {
		if k.resource == nil {
			continue
		}
		r, known := number[k.resource.Group+"/"+k.resource.String()]
		if !known {
			continue
		}
		a, at := k.attributes(), cell{r, k.verb}
		level := l.policy.Decide(&a).Level
		recorded[at] = higher(recorded[at], level)
		for _, i := range blind {
			if !l.needs.matchesTried(q, policy.RequestResponse)[i] || l.needs.matchesTried(q, level)[i] {
				continue
			}
			need := l.needs.lowestTried(q, i)
			if isCredential(*k.resource) {
				if policy.Metadata.Below(need) {
					continue
				}
			}
			out.level[at] = higher(out.level[at], need)
			if name := nameOf(l.needs.rules[i].rule); !slices.Contains(out.rules[at], name) {
				out.rules[at] = append(out.rules[at], name)
			}
		}
	}
	for at := range out.level {
		if !isCredential(out.resources[at.resource]) {
			out.level[at] = higher(out.level[at], recorded[at])
		}
	}
	return out
}

// YAML writes what is to be added, with its reasons as comments; "" for
// nothing.
func (m *Mending) YAML() string {
	var b strings.Builder
	for _, part := range []struct {
		entries []Entry
		where   string
	}{{m.First, "at the beginning of rules"}, {m.Last, "at the end of rules"}} {
		if len(part.entries) == 0 {
			continue
		}
		fmt.Fprintf(&b, "# %s:\n", part.where)
		rules, comments := make([]policy.Rule, len(part.entries)), make([]policy.Comment, len(part.entries))
		for i, e := range part.entries {
			rules[i], comments[i] = e.Rule, e.comment()
		}
		b.WriteString(policy.PrintRules(rules, comments))
	}
	return b.String()
}

// Names are those of the detections that need what is added.
func (m *Mending) Names() []string {
	all := map[string]bool{}
	for _, e := range m.First {
		for _, name := range e.Rules {
			all[name] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}
