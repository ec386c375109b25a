package incident

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/detect"
)

// act is what a step's findings were about, by which a run of steps is told
// as one.
type act struct {
	rules    string // ids of the rules, joined
	findings []*detect.Finding
}

// timeline tells findings, given in order of time, as steps. Findings of one
// request are one step; a run of steps of the same rules and the same actor
// is one step, too. Beyond limit the least severe steps are left out.
func timeline(findings []*detect.Finding, limit int) (steps []Step, omitted int) {
	for start := 0; start < len(findings); {
		end := start + 1
		for end < len(findings) && sameRequest(findings[start], findings[end]) {
			end++
		}
		s := newStep(findings[start:end])
		start = end
		if n := len(steps); n > 0 && steps[n-1].continues(s) {
			steps[n-1].extend(s)
			continue
		}
		steps = append(steps, s)
	}
	for i := range steps {
		steps[i].Text = runText(steps[i].act.findings)
	}
	if len(steps) <= limit {
		return steps, 0
	}
	omitted = len(steps) - limit
	slices.SortStableFunc(steps, func(a, b Step) int { return cmp.Compare(b.Severity, a.Severity) })
	steps = steps[:limit]
	slices.SortStableFunc(steps, func(a, b Step) int { return a.First.Compare(b.First) })
	return steps, omitted
}

// sameRequest reports whether two findings begin with the same request.
func sameRequest(a, b *detect.Finding) bool {
	return a.First.Equal(b.First) && len(a.AuditIDs) > 0 && len(b.AuditIDs) > 0 && a.AuditIDs[0] == b.AuditIDs[0]
}

// telling says how much a finding's target tells about what was done: nothing
// of a correlation, little of a rule that matches by who calls.
func telling(f *detect.Finding) int {
	switch {
	case f.Target.Resource == "" && f.Target.URI == "":
		return 0
	case aboutCaller(f.Rule):
		return 1
	}
	return 2
}

// newStep makes a step of the findings of one request.
func newStep(findings []*detect.Finding) Step {
	told := slices.MaxFunc(findings, func(a, b *detect.Finding) int {
		return cmp.Or(cmp.Compare(telling(a), telling(b)), cmp.Compare(a.Severity, b.Severity))
	})
	s := Step{
		First: findings[0].First, Last: told.Last, Actor: principalOf(told).name, As: impersonated(told),
		Count: told.Count, Failed: told.Failed, Varied: Varied(told), act: act{findings: []*detect.Finding{told}},
	}
	if ips := externalAddresses(told); len(ips) > 0 {
		s.From, s.External = ips[0], true
	} else if len(told.Actor.IPs) > 0 {
		s.From = told.Actor.IPs[0]
	}
	var ids []string
	for _, f := range findings {
		s.Severity = max(s.Severity, f.Severity)
		s.Titles = append(s.Titles, f.Rule.Title)
		s.Findings = append(s.Findings, f.ID)
		ids = append(ids, f.Rule.ID)
	}
	s.worst = slices.MaxFunc(findings, func(a, b *detect.Finding) int { return cmp.Compare(a.Severity, b.Severity) }).Rule.Title
	slices.Sort(ids)
	s.act.rules = strings.Join(ids, "\x00")
	return s
}

// continues reports whether t goes on with what s did: the same rules, the
// same actor, the same place.
func (s *Step) continues(t Step) bool {
	return s.act.rules == t.act.rules && s.Actor == t.Actor && s.As == t.As && s.From == t.From
}

func (s *Step) extend(t Step) {
	s.Severity = max(s.Severity, t.Severity)
	s.Findings = append(s.Findings, t.Findings...)
	s.Count += t.Count
	s.Varied = true
	s.Failed += t.Failed
	if t.Last.After(s.Last) {
		s.Last = t.Last
	}
	s.act.findings = append(s.act.findings, t.act.findings...)
}

// runText says what a run of findings did: once for each thing done, where
// that is one or two, else by number.
func runText(findings []*detect.Finding) string {
	var texts []string
	for _, f := range findings {
		if t := Describe(f); !slices.Contains(texts, t) {
			texts = append(texts, t)
		}
		if len(texts) > 2 {
			break
		}
	}
	if len(texts) <= 2 {
		return strings.Join(texts, ", and ")
	}
	if text, ok := countedText(findings); ok {
		return text
	}
	return fmt.Sprintf("%s, and %d more", texts[0], len(findings)-1)
}

// countedText tells findings that did the same to several objects of one
// kind: "read 12 secrets in namespace shop".
func countedText(findings []*detect.Finding) (string, bool) {
	first := &findings[0].Target
	objects := map[[2]string]bool{}
	spaces := map[string]bool{}
	failed := allFailed(findings[0])
	for _, f := range findings {
		t := &f.Target
		if t.Verb != first.Verb || t.Resource != first.Resource || t.Subresource != "" || t.Name == "" || allFailed(f) != failed {
			return "", false
		}
		objects[[2]string{t.Namespace, t.Name}] = true
		spaces[t.Namespace] = true
	}
	w, ok := verbWords[first.Verb]
	if !ok || first.Resource == "" {
		return "", false
	}
	verb := w[0]
	if failed {
		verb = "tried to " + w[1]
	}
	text := fmt.Sprintf("%s %d %s", verb, len(objects), many(first.Resource))
	switch {
	case len(spaces) > 1:
		text += fmt.Sprintf(" in %d namespaces", len(spaces))
	case first.Namespace != "":
		text += " in namespace " + clip(first.Namespace)
	}
	return text, true
}
