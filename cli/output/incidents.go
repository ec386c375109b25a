package output

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/cases"
)

// WriteIncidents lists incidents of a server, in the order given. More says
// that there are others.
func WriteIncidents(w io.Writer, list []api.Incident, more bool, o TextOptions) error {
	p := newPage(o)
	if len(list) == 0 {
		p.line("There are no such incidents.")
	}
	for i := range list {
		one := &list[i]
		severity, err := rule.ParseSeverity(one.Severity)
		if err != nil {
			return fmt.Errorf("incident %s: %w", one.ID, err)
		}
		p.hang(p.badge(severity), len(severity.String()), labelColumns, Clean(one.Title), p.bold)
		facts := []string{Clean(statusText(one))}
		if one.Assignee != "" {
			facts = append(facts, "for "+Clean(one.Assignee))
		}
		if one.First != nil && one.Last != nil {
			facts = append(facts, span(*one.First, *one.Last, "15:04"))
		}
		facts = append(facts, amount(int64(len(one.Findings)), "finding"))
		if one.Cluster != "" {
			facts = append(facts, "cluster "+Clean(one.Cluster))
		}
		p.hang("", 0, labelColumns, strings.Join(facts, " · "), nil)
		p.hang("", 0, labelColumns, Clean(one.ID), p.dim)
	}
	if more {
		p.line(p.dim("There are more: narrow them down by --status, --severity or --since, or raise --limit."))
	}
	return p.writeTo(w)
}

// statusText says in words how far an incident is.
func statusText(i *api.Incident) string {
	switch {
	case i.MergedInto != "":
		return "merged into " + i.MergedInto
	case i.Resolution != "":
		return i.Status + " as " + cases.Resolution(i.Resolution).Words()
	}
	return i.Status
}

// WriteIncident tells an incident's story, and what was decided about it.
func WriteIncident(w io.Writer, i *incident.Incident, c *api.Case, o TextOptions) error {
	p := newPage(o)
	p.incident(i)
	p.decision(c)
	return p.writeTo(w)
}

// WriteCase says what was decided about an incident.
func WriteCase(w io.Writer, c *api.Case, o TextOptions) error {
	p := newPage(o)
	p.decision(c)
	return p.writeTo(w)
}

func (p *page) decision(c *api.Case) {
	p.field("Status", Clean(caseText(&c.Case)))
	if c.Changed.IsZero() {
		p.field("", "nobody decided anything yet")
	} else {
		p.field("", p.dim(c.Changed.UTC().Format(minute)+" by "+Clean(c.By)))
	}
	if c.MergedInto != "" {
		p.field("", "It became part of "+Clean(c.MergedInto)+", which is to be looked at instead.")
	}
	if c.Grown {
		p.field("", p.bold("It has grown since its status was set."))
	}
	for i := range c.Comments {
		n := &c.Comments[i]
		p.line("")
		p.line("  " + p.dim(n.Time.UTC().Format(minute)) + "  " + p.bold(Clean(n.By)))
		for _, line := range strings.Split(n.Text, "\n") {
			p.hang("    ", 4, 4, Clean(line), nil)
		}
	}
}

// caseText says in words what was decided.
func caseText(c *cases.Case) string {
	text := string(c.Status)
	if c.Resolution != "" {
		text += " as " + c.Resolution.Words()
	}
	if c.Assignee != "" {
		text += ", for " + c.Assignee
	}
	return text
}

// WriteCaseChanges shows the changes of a case.
func WriteCaseChanges(w io.Writer, list []cases.Change, o TextOptions) error {
	p := newPage(o)
	if len(list) == 0 {
		p.line("Nobody decided anything about this incident.")
	}
	for i := range list {
		c := &list[i]
		p.line(c.Time.UTC().Format(minute) + "  " + p.bold(Clean(caseText(c.After))) + " by " + Clean(c.By))
	}
	return p.writeTo(w)
}

// untilText says when something ends that may have no end.
func untilText(t time.Time) string {
	if t.IsZero() {
		return "until switched on"
	}
	return "until " + t.UTC().Format(minute)
}
