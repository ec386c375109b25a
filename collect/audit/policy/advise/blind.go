package advise

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
)

// sight is what a policy leaves a rule to see.
type sight struct {
	could, sees int // kinds of requests that the rule could match, and can
	// lost is the first that it could match and cannot, needs the level that
	// it wants there, and credential whether its body is one.
	lost       *kind
	needs, has policy.Level
	only       bool // all that is lost are bodies of credentials
}

// detections finds rules that cannot match, or less than they could.
func (l *linter) detections() {
	sights := l.sights()
	blind := map[string]bool{}
	var partly []string
	for i := range sights {
		s, name := &sights[i], nameOf(l.needs.rules[i].rule)
		switch {
		case s.lost == nil:
		case s.sees == 0:
			blind[name] = true
			severity, advice := policy.Warning, fmt.Sprintf("record it at %s", s.needs)
			if s.only {
				severity, advice = policy.Note, "nothing to do: bodies of credentials are better not recorded"
			}
			l.add(policy.Problem{Severity: severity, Kind: "blind", Rules: []string{name}, Advice: advice,
				Text: fmt.Sprintf("the detection %s cannot match: it needs %s at level %s, which is recorded at %s", name, s.lost, s.needs, s.has)})
		case s.could > s.sees && !s.only:
			partly = append(partly, fmt.Sprintf("%s (%d of %d, not %s)", name, s.sees, s.could, s.lost))
		}
	}
	l.correlations(blind)
	if len(partly) > 0 {
		l.add(policy.Problem{Severity: policy.Note, Kind: "partly-blind", Text: fmt.Sprintf("%d detections see only some of the kinds of requests they could: %s", len(partly), strings.Join(partly, "; "))})
	}
}

// sights judges all rules on all kinds of requests, at the level that the
// policy records them at. Requests of who impersonates somebody, and so could
// be anybody, count for rules that nothing else can match.
func (l *linter) sights() []sight {
	plain, imitating := make([]sight, len(l.needs.rules)), make([]sight, len(l.needs.rules))
	for i := range plain {
		plain[i].only, imitating[i].only = true, true
	}
	for q, k := range l.needs.tried() {
		a := k.attributes()
		d := l.policy.Decide(&a)
		level := d.Level
		if !d.Records(policy.ResponseComplete) && !d.Records(policy.ResponseStarted) && !d.Records(policy.RequestReceived) {
			level = policy.None
		}
		full, left := l.needs.matchesTried(q, policy.RequestResponse), l.needs.matchesTried(q, level)
		out := plain
		if k.caller.imitates {
			out = imitating
		}
		for i := range full {
			s := &out[i]
			switch {
			case !full[i]:
				continue
			case left[i]:
				s.sees++
			default:
				needs := l.needs.lowestTried(q, i)
				s.only = s.only && k.resource != nil && isCredential(*k.resource) && policy.Metadata.Below(needs)
				if s.lost == nil {
					lost := k
					s.lost, s.has, s.needs = &lost, level, needs
				}
			}
			s.could++
		}
	}
	for i := range plain {
		if plain[i].could == 0 {
			plain[i] = imitating[i]
		}
	}
	return plain
}

// lowestTried returns the level from which on a rule can match tried()[q].
func (n *Needs) lowestTried(q, rule int) policy.Level {
	for _, level := range []policy.Level{policy.Metadata, policy.Request} {
		if n.matchesTried(q, level)[rule] {
			return level
		}
	}
	return policy.RequestResponse
}

// correlations finds those that join what cannot match.
func (l *linter) correlations(blind map[string]bool) {
	for _, c := range l.needs.all {
		if c.Correlation == nil {
			continue
		}
		var missing []string
		for _, r := range l.needs.rules {
			if refersTo(c, r.rule) && blind[nameOf(r.rule)] {
				missing = append(missing, nameOf(r.rule))
			}
		}
		if len(missing) > 0 {
			slices.Sort(missing)
			l.add(policy.Problem{Severity: policy.Warning, Kind: "blind", Rules: []string{nameOf(c)}, Advice: "see there",
				Text: fmt.Sprintf("the detection %s joins matches of %s, which cannot match", nameOf(c), strings.Join(missing, ", "))})
		}
	}
}
