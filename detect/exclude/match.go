package exclude

import (
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
)

// Verdict is what an exclusion has to do with a finding.
type Verdict uint8

// The verdicts.
const (
	Outside   Verdict = iota // another rule, or a condition does not hold
	Uncertain                // what is shown meets the scope, but some of its requests may not: it is told
	Denied                   // it is in scope, but Lynceus stopped what was done: it is told
	Covered                  // it is not told
)

// Judge says what an exclusion has to do with a finding, whatever the time.
func (e *Exclusion) Judge(f *detect.Finding) Verdict {
	if !slices.Contains(e.Rules, f.Rule.ID) {
		return Outside
	}
	return judge(e.Scope.Conditions(), f)
}

func judge(conditions []Condition, f *detect.Finding) Verdict {
	out := Covered
	for _, c := range conditions {
		if out = min(out, c.judge(f)); out == Outside {
			return Outside
		}
	}
	if out == Covered && f.Denied {
		return Denied
	}
	return out
}

// judge is Outside, Uncertain or Covered.
func (c Condition) judge(f *detect.Finding) Verdict {
	switch c.Field {
	case fieldCluster:
		return sure(f.Cluster == c.Value, true)
	case fieldOutside:
		return sure(f.Actor.Outside == c.Value, agree(f, [][]event.FieldID{{event.AuditCallerOutside.ID()}}))
	case fieldAddress:
		return c.all(f.Actor.IPs)
	case fieldUserAgent:
		return c.all(f.Actor.UserAgents)
	case fieldGroups:
		return sure(slices.Contains(f.Actor.Groups, c.Value), agree(f, [][]event.FieldID{{event.ActorUserGroups.ID()}}))
	}
	if t, ok := texts[c.Field]; ok {
		if v := t.of(f); v != "" {
			return sure(v == c.Value, agree(f, t.fixed))
		}
	}
	v, ok := evidence(f, c.Field)
	return sure(ok && v == c.Value, f.Count <= 1 || c.grouped(f))
}

// sure is the verdict of a condition that holds for what is shown, or not,
// where the requests are known to agree, or not.
func sure(holds, agree bool) Verdict {
	switch {
	case !holds:
		return Outside
	case !agree:
		return Uncertain
	}
	return Covered
}

// all holds when every text of all requests is the value. A list that may
// have been cut off says nothing of the rest.
func (c Condition) all(list []string) Verdict {
	if len(list) == 0 || slices.ContainsFunc(list, func(s string) bool { return s != c.Value }) {
		return Outside
	}
	return sure(true, len(list) < detect.MaxActorTexts)
}

// grouped reports whether the finding's rule tells its findings apart by the
// field, so that its evidence holds for all of its requests.
func (c Condition) grouped(f *detect.Finding) bool {
	if g := f.Rule.Correlation; g != nil {
		return !f.Summary && slices.ContainsFunc(g.GroupBy, func(name string) bool {
			return name == c.Field || registryName(f.Rule, name) == c.Field
		})
	}
	ref, ok := event.Resolve(f.Rule.Table, c.Field)
	return ok && !f.Summary && isKey(f.Rule, ref)
}

// Set are exclusions, ready to be asked. It does not change and may be used
// by several goroutines.
type Set struct {
	rules map[string][]compiled
}

type compiled struct {
	id         string
	expires    time.Time
	conditions []Condition
}

// NewSet returns the set of exclusions, of which the first that covers a
// finding is named.
func NewSet(exclusions []Exclusion) *Set {
	s := &Set{rules: map[string][]compiled{}}
	for i := range exclusions {
		e := &exclusions[i]
		c := compiled{e.ID, e.Expires, e.Scope.Conditions()}
		for _, r := range e.Rules {
			s.rules[r] = append(s.rules[r], c)
		}
	}
	return s
}

// Match returns the id of an exclusion that is in force and covers the
// finding as it is now. A finding that grows must be asked about again.
func (s *Set) Match(f *detect.Finding, now time.Time) (id string, ok bool) {
	for _, c := range s.rules[f.Rule.ID] {
		if now.Before(c.expires) && judge(c.conditions, f) == Covered {
			return c.id, true
		}
	}
	return "", false
}
