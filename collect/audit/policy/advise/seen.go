package advise

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
)

// Seen is a kind of requests that stand in a log, and the highest level that
// they were recorded at.
type Seen struct {
	Group, Type, Sub, Verb string
	Level                  policy.Level
}

// Judgement is what a log says about the policy that it was recorded under,
// where nobody has the policy itself. It is never certain about what is not in
// the log: nobody may have asked for it.
type Judgement struct {
	// Problems are detections that could match none of what is in the log,
	// though they are about it, and bodies of credentials in it.
	Problems []policy.Problem
	// Fine are how many detections can match something that is in the log;
	// Unseen are names of those about requests none of which is there.
	Fine   int
	Unseen []string
	// Mending is what the policy lacks for those that cannot match.
	Mending Mending
}

// Judge says what a log tells about its policy.
func (n *Needs) Judge(log []Seen) *Judgement {
	level := map[Seen]policy.Level{}
	for _, s := range log {
		if s.Level.Rank() < 0 {
			continue // a level of a later release
		}
		key := s
		key.Level = ""
		level[key] = higher(level[key], s.Level)
	}
	sights, lost := make([]sight, len(n.rules)), bodyNeeds{catalog(), map[cell]policy.Level{}, map[cell][]string{}}
	could := make([]bool, len(n.rules)) // anything, in the log or not
	number := map[string]int{}
	for i := range lost.resources {
		number[lost.resources[i].Group+"/"+lost.resources[i].String()] = i
	}
	for i := range sights {
		sights[i].only = true
	}
	for q, k := range n.tried() {
		full := n.matchesTried(q, policy.RequestResponse)
		var at policy.Level
		known := false
		if k.resource != nil {
			at, known = level[Seen{k.resource.Group, k.resource.Type, k.resource.Sub, k.verb, ""}]
		}
		for i := range full {
			could[i] = could[i] || full[i]
		}
		if !known {
			continue
		}
		left := n.matchesTried(q, at)
		for i := range full {
			s := &sights[i]
			switch {
			case !full[i]:
				continue
			case left[i]:
				s.sees++
			default:
				s.only = s.only && isCredential(*k.resource)
				if s.lost == nil {
					one := k
					s.lost, s.has, s.needs = &one, at, n.lowestTried(q, i)
				}
			}
			s.could++
		}
	}
	out := &Judgement{}
	for i := range sights {
		s, name := &sights[i], nameOf(n.rules[i].rule)
		switch {
		case s.sees > 0:
			out.Fine++
		case !could[i]: // no request that is known: it is about an extension
		case s.could == 0:
			out.Unseen = append(out.Unseen, name)
		case s.only:
			out.Problems = append(out.Problems, policy.Problem{Severity: policy.Note, Kind: "blind", Rules: []string{name}, Advice: "nothing to do: bodies of credentials are better not recorded",
				Text: fmt.Sprintf("the detection %s matches nothing of what is recorded: it needs %s at level %s, which is recorded at %s", name, s.lost, s.needs, s.has)})
		default:
			out.Problems = append(out.Problems, policy.Problem{Severity: policy.Warning, Kind: "blind", Rules: []string{name}, Advice: fmt.Sprintf("record it at %s", s.needs),
				Text: fmt.Sprintf("the detection %s matches nothing of what is recorded: it needs %s at level %s, which is recorded at %s", name, s.lost.what(), s.needs, s.has)})
			n.lose(&lost, number, level, i)
		}
	}
	out.Mending.First = lost.entries()
	out.credentials(level)
	return out
}

// what is a kind without its namespace, which a log says nothing about.
func (k *kind) what() string {
	one := *k
	one.namespace = nil
	return one.String()
}

// lose notes what a rule needs of what is in the log.
func (n *Needs) lose(lost *bodyNeeds, number map[string]int, level map[Seen]policy.Level, rule int) {
	for q, k := range n.tried() {
		if k.resource == nil || isCredential(*k.resource) || !n.matchesTried(q, policy.RequestResponse)[rule] {
			continue
		}
		r, known := number[k.resource.Group+"/"+k.resource.String()]
		if !known {
			continue
		}
		at := cell{r, k.verb}
		has := level[Seen{k.resource.Group, k.resource.Type, k.resource.Sub, k.verb, ""}]
		lost.level[at] = higher(lost.level[at], higher(has, n.lowestTried(q, rule)))
		if name := nameOf(n.rules[rule].rule); !slices.Contains(lost.rules[at], name) {
			lost.rules[at] = append(lost.rules[at], name)
		}
	}
}

// credentials finds bodies of credentials in the log.
func (j *Judgement) credentials(level map[Seen]policy.Level) {
	var told []string
	for s, l := range level {
		r := Resource{Group: s.Group, Type: s.Type, Sub: s.Sub}
		if isCredential(r) && policy.Metadata.Below(l) && !slices.Contains(told, r.String()) {
			told = append(told, r.String())
		}
	}
	if len(told) == 0 {
		return
	}
	slices.Sort(told)
	j.Problems = append(j.Problems, policy.Problem{Severity: policy.Error, Kind: "credentials", Text: fmt.Sprintf("bodies of %s are written into the log: whoever reads the log, reads the credentials", strings.Join(told, ", ")),
		Advice: "record them at Metadata"})
	j.Mending.First = slices.Insert(j.Mending.First, 0, Entry{Rule: policy.Rule{Level: policy.Metadata, Resources: grouped(credentials)}, Why: "Bodies of these are credentials, or hold them: whoever reads the log, reads them."})
}
