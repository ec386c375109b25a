package advise

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
)

// Lint says what is wrong with a policy whose form is right, for the rules of
// n: what is hidden by order, what is recorded and should not be, and which
// detections cannot work. The problems are in order of place.
func (n *Needs) Lint(p *policy.Policy) []policy.Problem {
	l := &linter{needs: n, policy: p}
	l.order()
	l.names()
	l.hidden()
	l.credentials()
	l.stages()
	l.detections()
	slices.SortStableFunc(l.problems, func(a, b policy.Problem) int {
		return cmp.Or(cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Col, b.At.Col))
	})
	return l.problems
}

type linter struct {
	needs    *Needs
	policy   *policy.Policy
	problems []policy.Problem
}

func (l *linter) add(p policy.Problem) { l.problems = append(l.problems, p) }

// at is a problem of the rule with an index.
func (l *linter) at(i int, s policy.Severity, kind, text, advice string) policy.Problem {
	p := policy.Problem{Severity: s, Kind: kind, Text: text, Advice: advice}
	if i >= 0 {
		p.At, p.Path = l.policy.Rules[i].At, fmt.Sprintf("rules[%d]", i)
	}
	return p
}

// order finds rules that never decide.
func (l *linter) order() {
	for j := range l.policy.Rules {
		for i := range j {
			if !l.policy.Rules[i].Covers(&l.policy.Rules[j]) {
				continue
			}
			first := &l.policy.Rules[i]
			l.add(l.at(j, policy.Warning, "unreachable",
				fmt.Sprintf("it never decides: rules[%d] at line %d (level %s) matches all its requests first", i, first.At.Line, first.Level), "put it before that rule, or remove it"))
			break
		}
	}
}

// stages finds stages left out without which outcomes are not known.
func (l *linter) stages() {
	if slices.Contains(l.policy.OmitStages, policy.ResponseComplete) {
		l.add(policy.Problem{Severity: policy.Error, Kind: "stages", Path: "omitStages", Text: "without ResponseComplete nothing says whether a request was answered or refused, and bodies of answers are lost",
			Advice: "omit RequestReceived instead"})
	}
	for i := range l.policy.Rules {
		if r := &l.policy.Rules[i]; r.Level != policy.None && slices.Contains(r.OmitStages, policy.ResponseComplete) {
			l.add(l.at(i, policy.Warning, "stages", "without ResponseComplete nothing says whether a request was answered or refused", "omit RequestReceived instead"))
		}
	}
	if !slices.Contains(l.policy.OmitStages, policy.RequestReceived) && !l.needs.readsStage(policy.RequestReceived) && !everyRuleOmits(l.policy, policy.RequestReceived) {
		l.add(policy.Problem{Severity: policy.Note, Kind: "volume", Path: "omitStages", Text: "RequestReceived doubles the number of events, and no detection reads it", Advice: "omitStages: [RequestReceived]"})
	}
	if !l.policy.OmitManagedFields && l.recordsBodies() {
		l.add(policy.Problem{Severity: policy.Note, Kind: "volume", Path: "omitManagedFields", Text: "bodies are recorded with their managed fields, often half of them, and no detection reads those", Advice: "omitManagedFields: true"})
	}
}

func everyRuleOmits(p *policy.Policy, s policy.Stage) bool {
	return !slices.ContainsFunc(p.Rules, func(r policy.Rule) bool { return r.Level != policy.None && !slices.Contains(r.OmitStages, s) })
}

func (l *linter) recordsBodies() bool {
	return slices.ContainsFunc(l.policy.Rules, func(r policy.Rule) bool { return policy.Metadata.Below(r.Level) && r.OmitManagedFields == nil })
}

// credentials finds bodies of secrets and tokens that would be recorded.
func (l *linter) credentials() {
	type place struct {
		rule int
		what string
	}
	told := map[place]bool{}
	for i := range credentials {
		r := &credentials[i]
		for _, k := range requestsOf(r) {
			a := k.attributes()
			d := l.policy.Decide(&a)
			at := place{d.Rule, r.String()}
			if d.Level.Below(policy.Request) || told[at] {
				continue
			}
			told[at] = true
			l.add(l.at(d.Rule, policy.Error, "credentials", fmt.Sprintf("it writes bodies of %s into the log, at level %s: whoever reads the log, reads the credentials", r, d.Level),
				fmt.Sprintf("put {level: Metadata, resources: [{group: %q, resources: [%s]}]} before it", r.Group, r)))
		}
	}
}
