package output

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/attack"
)

// Bounds of what an incident shows as text; JSON and HTML have all of it.
const (
	textActors     = 4
	textPods       = 4
	textTargets    = 6
	textSteps      = 40
	textAgents     = 2
	textTechniques = 6
)

// textWord is the width of a column of severities.
const textWord = 10

// incident writes one story.
func (p *page) incident(i *incident.Incident) {
	word := len(i.Severity.String())
	p.hang(p.badge(i.Severity), word, labelColumns, Clean(i.Title), p.bold)
	facts := []string{span(i.First, i.Last, "15:04:05")}
	if d := i.Last.Sub(i.First); d > 0 {
		facts = append(facts, duration(d))
	}
	facts = append(facts, amount(int64(len(i.Findings)), "finding"), amount(i.Requests, "request"))
	if i.Cluster != "" {
		facts = append(facts, "cluster "+Clean(i.Cluster))
	}
	p.hang("", 0, labelColumns, strings.Join(facts, " · "), p.dim)
	p.line("")
	for n, a := range i.Actors {
		if n == textActors {
			p.field("", fmt.Sprintf("and %d more", len(i.Actors)-n))
			break
		}
		label := ""
		if n == 0 {
			label = "Who"
		}
		p.field(label, actorText(a))
	}
	for n, pod := range i.Pods {
		if n == textPods {
			p.field("", fmt.Sprintf("and %d more", len(i.Pods)-n))
			break
		}
		label := ""
		if n == 0 {
			label = "Pods"
		}
		p.field(label, Clean(pod.String()))
	}
	p.field("Against", Clean(some(i.Targets, i.TargetsTotal, textTargets)))
	var tactics []string
	for _, t := range i.Tactics {
		tactics = append(tactics, t.Name)
	}
	techniques := worstTechniques(i)
	p.field("How", Clean(strings.Join(tactics, " › ")))
	p.field("", Clean(some(techniques, len(techniques), textTechniques)))
	p.field("Why", Clean(i.Risk))
	if len(i.Reasons) > 0 {
		p.field("", Clean("Raised to "+i.Severity.String()+": "+strings.Join(i.Reasons, "; ")+"."))
	}
	p.timeline(i)
	for n, s := range i.Todo {
		label := ""
		if n == 0 {
			label = "To do"
		}
		p.field(label, fmt.Sprintf("%d. %s", n+1, Clean(s)))
	}
	p.field("Id", i.ID)
	p.line("")
}

// worstTechniques names an incident's techniques, those of its worst findings
// first.
func worstTechniques(i *incident.Incident) []string {
	var out []string
	for sev := rule.Critical; sev >= rule.Medium; sev-- {
		for _, f := range i.Findings {
			if f.Severity != sev {
				continue
			}
			for _, t := range attack.Techniques(f.Rule.Tags) {
				if s := t.String(); !slices.Contains(out, s) {
					out = append(out, s)
				}
			}
		}
	}
	for _, t := range i.Techniques { // one that was read knows no rules
		if s := t.String(); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// timeline writes an incident's steps.
func (p *page) timeline(i *incident.Incident) {
	layout, indent := "15:04:05", labelColumns
	if !sameDay(i.First, i.Last) {
		layout, indent = "01-02 15:04:05", labelColumns+6
	}
	p.line("")
	for n, s := range i.Timeline {
		if n == textSteps {
			break
		}
		at := s.First.UTC().Format(layout)
		word := s.Severity.String()
		if word == "informational" {
			word = "info"
		}
		head := "  " + p.dim(at) + strings.Repeat(" ", indent-2-len(at)) + p.severity(s.Severity, word)
		from := ""
		if n == 0 || i.Timeline[n-1].From != s.From {
			from = s.From
		}
		p.hang(head, indent+len(word), indent+textWord, stepText(s, from), nil)
		if titles := stepTitles(s); titles != "" {
			p.hang("", 0, indent+textWord, titles, p.dim)
		}
	}
	if rest := len(i.Timeline) - textSteps; rest > 0 || i.StepsOmitted > 0 {
		p.line(strings.Repeat(" ", indent) + p.dim(fmt.Sprintf("and %s", amount(int64(max(rest, 0)+i.StepsOmitted), "more step"))))
	}
	p.line("")
}

// stepTitles are the titles of a step's rules, "" where its text says them.
func stepTitles(s incident.Step) string {
	titles := Clean(strings.Join(s.Titles, ", "))
	if strings.Contains(s.Text, titles) {
		return ""
	}
	return titles
}

// stepText is a step in a sentence; from is where it came from, "" where that
// need not be said again.
func stepText(s incident.Step, from string) string {
	var b strings.Builder
	if s.Actor == "" {
		b.WriteString("somebody")
	} else {
		b.WriteString(Clean(s.Actor))
	}
	if s.As != "" {
		b.WriteString(" as " + Clean(s.As))
	}
	b.WriteString(" " + Clean(s.Text))
	if s.External && from != "" {
		b.WriteString(" from " + Clean(from))
	}
	if s.Count > 1 {
		b.WriteString(", " + times(s.Count, s.Varied))
		if d := s.Last.Sub(s.First); d > 0 {
			b.WriteString(" in " + duration(d))
		}
	}
	if s.Failed > 0 && s.Failed < s.Count {
		b.WriteString(", " + number(s.Failed) + " refused or failed")
	}
	return b.String()
}

// times says how often something was done, or like things.
func times(n int64, varied bool) string {
	if varied {
		return number(n) + " such requests"
	}
	return number(n) + " times"
}

// actorText names an actor, where it came from and with what.
func actorText(a incident.Actor) string {
	name := Clean(a.Name)
	switch a.Kind {
	case incident.Person:
	case incident.Unnamed:
		name = "somebody the log does not name"
	default:
		name += " (" + string(a.Kind) + ")"
	}
	if len(a.As) > 0 {
		name += " as " + Clean(strings.Join(a.As, ", "))
	}
	if len(a.Addresses) > 0 {
		name += " from " + Clean(some(a.Addresses, len(a.Addresses), 3))
	}
	switch a.Outside {
	case "yes":
		name += ", outside"
	case "no":
		name += ", inside"
	}
	if len(a.UserAgents) > 0 {
		agents := make([]string, len(a.UserAgents))
		for i, u := range a.UserAgents {
			// What follows the first word is platform and build.
			agents[i], _, _ = strings.Cut(Clean(u), " ")
		}
		name += ", with " + some(agents, len(agents), textAgents)
	}
	return name
}

// some joins the first few of a list, of which there may be more in all.
func some(list []string, total, few int) string {
	if len(list) > few {
		list = list[:few]
	}
	text := strings.Join(list, ", ")
	if rest := total - len(list); rest > 0 {
		text += fmt.Sprintf(" and %s more", number(int64(rest)))
	}
	return text
}
