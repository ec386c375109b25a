package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
)

// PolicyLintSchema names the document of a check of an audit policy.
const PolicyLintSchema = "lynceus.audit-policy-lint/v1"

// PolicyLint is what a check of an audit policy found.
type PolicyLint struct {
	File     string
	Text     []byte // of the file
	Problems []policy.Problem
	// Meter has the volume on a sample; nil where none was given.
	Meter *policy.Meter
}

// Worst returns the highest severity of the problems, 0 for none.
func (l *PolicyLint) Worst() (worst policy.Severity) {
	for _, p := range l.Problems {
		worst = max(worst, p.Severity)
	}
	return worst
}

var policySeverityColors = map[policy.Severity]string{policy.Note: sgrDim, policy.Warning: sgrYellow, policy.Error: sgrRed, policy.Refused: sgrBadge}

// PolicyLintWriter returns what writes the check of a policy for people.
func PolicyLintWriter(o TextOptions) func(io.Writer, *PolicyLint) error {
	return func(w io.Writer, l *PolicyLint) error {
		p := newPage(o)
		lines := strings.Split(string(l.Text), "\n")
		count := map[policy.Severity]int{}
		for _, x := range l.Problems {
			count[x.Severity]++
			p.policyProblem(l.File, lines, x)
		}
		if len(l.Problems) > 0 {
			p.line("")
		}
		p.line(p.bold(policyVerdict(count)))
		if l.Meter != nil {
			p.line("")
			p.volume(l.Meter)
		}
		return p.writeTo(w)
	}
}

func policyVerdict(count map[policy.Severity]int) string {
	if count[policy.Refused] > 0 {
		return "illegal: an API server does not start with this policy"
	}
	if count[policy.Error]+count[policy.Warning] == 0 {
		return "legal; nothing wrong for the detections"
	}
	return fmt.Sprintf("legal; %s, %s", amount(int64(count[policy.Error]), "error"), amount(int64(count[policy.Warning]), "warning"))
}

// policyProblem writes one problem with its place and the line there.
func (p *page) policyProblem(file string, lines []string, x policy.Problem) {
	word, text := x.Severity.String(), x.Text
	if x.Path != "" {
		text = x.Path + ": " + text
	}
	if x.At.Line > 0 {
		text = fmt.Sprintf("%s:%d:%d: %s", file, x.At.Line, x.At.Col, text)
	}
	p.hang(p.with(policySeverityColors[x.Severity], word)+" ", len(word)+1, labelColumns-2, Clean(text), nil)
	if x.At.Line > 0 && x.At.Line <= len(lines) {
		p.line(strings.Repeat(" ", labelColumns) + p.dim(cleanTabs(lines[x.At.Line-1])))
	}
	if x.Advice != "" {
		p.hang("", 0, labelColumns, Clean(x.Advice), nil)
	}
}

// volume writes how much a policy keeps.
func (p *page) volume(m *policy.Meter) {
	p.line(p.bold("volume"))
	p.field("recorded", volumeText(m, m.Before))
	p.field("kept", volumeText(m, m.After)+", "+share(m.After.Bytes, m.Before.Bytes)+" of the bytes")
	for i, v := range m.Rules {
		if m.Decided[i] == 0 {
			continue
		}
		name := fmt.Sprintf("rules[%d]", i)
		if i == len(m.Rules)-1 {
			name = "no rule"
		}
		p.field(name, fmt.Sprintf("%s decided, %s kept, %s", amount(m.Decided[i], "event"), number(v.Events), size(float64(v.Bytes))))
	}
	if m.Short > 0 {
		p.field("note", fmt.Sprintf("%s kept with less than the policy asks for, since the log was recorded at a lower level: the real volume is larger", amount(m.Short, "event")))
	}
}

func volumeText(m *policy.Meter, v policy.Volume) string {
	text := amount(v.Events, "event") + ", " + size(float64(v.Bytes))
	if day, ok := m.PerDay(v); ok {
		text += fmt.Sprintf(" (%s, %s a day at this rate)", amount(day.Events, "event"), size(float64(day.Bytes)))
	}
	return text
}

func share(part, whole int64) string {
	if whole == 0 {
		return "0 %"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
}
