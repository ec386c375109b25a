package output

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
)

// How many findings of a rule text shows, the worst: fewer where they are
// told as part of incidents.
const (
	textExamples     = 3
	textExamplesTold = 1
)

// ruleFindings are the findings of one rule, the worst first.
type ruleFindings struct {
	rule     *rule.Rule
	findings []*detect.Finding
	counts   [rule.Critical + 1]int
	requests int64
}

// byRule groups findings: the rule with the worst finding first, then the one
// with most requests.
func byRule(findings []*detect.Finding) []*ruleFindings {
	at := map[string]*ruleFindings{}
	var out []*ruleFindings
	for _, f := range findings {
		g := at[f.Rule.ID]
		if g == nil {
			g = &ruleFindings{rule: f.Rule}
			at[f.Rule.ID] = g
			out = append(out, g)
		}
		g.findings = append(g.findings, f)
		g.counts[f.Severity]++
		g.requests += f.Count
	}
	for _, g := range out {
		slices.SortStableFunc(g.findings, func(a, b *detect.Finding) int {
			return cmp.Or(cmp.Compare(b.Severity, a.Severity), a.First.Compare(b.First), cmp.Compare(a.ID, b.ID))
		})
	}
	slices.SortStableFunc(out, func(a, b *ruleFindings) int {
		return cmp.Or(cmp.Compare(b.findings[0].Severity, a.findings[0].Severity), cmp.Compare(b.requests, a.requests), cmp.Compare(a.rule.ID, b.rule.ID))
	})
	return out
}

// findings writes all findings by rule.
func (p *page) findings(r *report.Result) {
	var counts [rule.Critical + 1]int
	for _, f := range r.Findings {
		counts[f.Severity]++
	}
	head := tally(counts)
	if r.Hidden > 0 {
		head += fmt.Sprintf("; %s less severe and not shown", isAre(r.Hidden, "finding"))
	}
	p.heading("Findings", head)
	p.line("")
	in := r.IncidentOf()
	for _, g := range byRule(r.Findings) {
		limit := textExamplesTold
		if slices.ContainsFunc(g.findings, func(f *detect.Finding) bool { return in[f.ID] == "" }) {
			limit = textExamples
		}
		worst := g.findings[0].Severity
		word := worst.String()
		if worst == rule.Informational {
			word = "info"
		}
		title := Clean(g.rule.Title)
		if n := len(g.findings); n > 1 {
			title += fmt.Sprintf(" (%s)", tally(g.counts))
		}
		p.hang("  "+p.severity(worst, word), 2+len(word), labelColumns, title, nil)
		for i, f := range g.findings {
			if i == limit {
				p.line(strings.Repeat(" ", labelColumns) + p.dim(fmt.Sprintf("and %s", amount(int64(len(g.findings)-i), "more finding"))))
				break
			}
			p.hang("", 0, labelColumns, findingText(f), p.dim)
		}
	}
	p.line("")
}

// maxFindingText is how many bytes of what a rule's author wants an alert to
// say are shown: some put whole objects into it.
const maxFindingText = 500

// findingText is a finding in a sentence, its author's own where there is one.
func findingText(f *detect.Finding) string {
	what := f.Output()
	if what == "" {
		what = incident.Responsible(f) + " " + incident.Describe(f)
	}
	if len(what) > maxFindingText {
		what = strings.ToValidUTF8(what[:maxFindingText], "") + "…"
	}
	text := f.First.UTC().Format("01-02 15:04:05") + " " + Clean(what)
	if f.Count > 1 {
		text += ", " + times(f.Count, incident.Varied(f))
	}
	if f.Failed > 0 && f.Failed < f.Count {
		text += ", " + number(f.Failed) + " refused or failed"
	}
	if len(f.Reasons) > 0 {
		text += " (" + Clean(strings.Join(f.Reasons, "; ")) + ")"
	}
	return text
}
