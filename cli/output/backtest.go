package output

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/detect/backtest"
	"github.com/lynceus-io/lynceus/rule"
)

// Bounds of what a backtest shows for people.
const (
	dayBars   = 31 // more days are put together
	topNames  = 5
	shortList = 5 // samples
)

// WriteBacktest writes for people what rules would have found.
func WriteBacktest(w io.Writer, r *backtest.Result, o TextOptions) error {
	p := newPage(o)
	silent := 0
	for i := range r.Rules {
		x := &r.Rules[i]
		if x.Findings == 0 && x.Stored.Findings == 0 && len(r.Rules) > 1 {
			silent++
			continue
		}
		p.tried(x)
		p.line("")
	}
	if silent > 0 {
		p.line(amount(int64(silent), "rule") + " found nothing.")
		p.line("")
	}
	p.judged(r)
	return p.writeTo(w)
}

// tried writes what one rule would have found.
func (p *page) tried(x *backtest.Rule) {
	severity, err := rule.ParseSeverity(x.Severity)
	if err != nil {
		severity = rule.Informational
	}
	p.line(p.badge(severity) + "  " + p.bold(Clean(x.Title)) + "  " + p.dim(Clean(x.Name)))
	p.hang("  ", 2, 2, fired(x), nil)
	var severities []string
	for _, t := range x.Severities {
		severities = append(severities, number(int64(t.Findings))+" "+t.Name)
	}
	p.remark("Severity", strings.Join(severities, ", "))
	p.days(x.Days)
	p.remark("Workloads", most(x.Workloads))
	p.remark("Namespaces", most(x.Namespaces))
	p.remark("Users", most(x.Users))
	p.remark("Targets", most(x.Targets))
	if x.Muted {
		p.remark("Muted", "it would have made too many findings an hour; those beyond count in one")
	}
	p.remark("Stored", compared(x))
	if x.ExcludedFindings > 0 {
		var by []string
		for _, t := range x.Excluded {
			by = append(by, Clean(t.Name)+" "+number(int64(t.Findings)))
		}
		p.remark("Excluded", fmt.Sprintf("%s would not be told, by exclusion %s", amount(int64(x.ExcludedFindings), "finding"), strings.Join(by, ", ")))
	}
	label := "Samples"
	for i := range x.Samples {
		if i == shortList {
			break
		}
		p.remark(label, sampleText(&x.Samples[i]))
		label = ""
	}
}

// triedColumns is where the text after a label of a rule begins.
const triedColumns = 14

// remark writes a labelled text; an empty one is left out.
func (p *page) remark(label, text string) {
	if text != "" {
		p.hang("  "+p.dim(label), 2+columns(label), triedColumns, text, nil)
	}
}

// fired says in a sentence how often, and on what.
func fired(x *backtest.Rule) string {
	if x.Findings == 0 {
		return "It would not have fired."
	}
	matches := "matches"
	if x.Requests == 1 {
		matches = "match"
	}
	text := fmt.Sprintf("It would have fired %s (%s %s", often(x.Findings), number(x.Requests), matches)
	if x.Failed > 0 {
		text += fmt.Sprintf(", %s of them refused or failed", number(x.Failed))
	}
	text += ")"
	var on []string
	if n := x.Workloads.Distinct; n > 0 {
		on = append(on, amount(int64(n), "workload"))
	}
	if n := x.Namespaces.Distinct; n > 0 {
		on = append(on, amount(int64(n), "namespace"))
	}
	if n := x.Users.Distinct; n > 0 {
		on = append(on, amount(int64(n), "user"))
	}
	if len(on) > 0 {
		text += " on " + strings.Join(on, ", ")
	}
	return text + "."
}

func often(n int) string {
	if n == 1 {
		return "once"
	}
	return number(int64(n)) + " times"
}

// most writes the names with the most findings.
func most(c backtest.Counted) string {
	var parts []string
	for i, t := range c.Top {
		if i == topNames {
			break
		}
		parts = append(parts, Clean(t.Name)+" "+number(int64(t.Findings)))
	}
	if left := c.Distinct - len(parts); left > 0 {
		parts = append(parts, "and "+number(int64(left))+" more")
	}
	return strings.Join(parts, ", ")
}

// compared says how a rule's findings differ from those that are stored.
func compared(x *backtest.Rule) string {
	s := &x.Stored
	if s.Findings == 0 {
		if x.Findings == 0 {
			return ""
		}
		return "none of these was found when it happened"
	}
	text := fmt.Sprintf("%s of this time: %s also found here", amount(int64(s.Findings), "finding"), number(int64(s.Both)))
	if s.OnlyThen > 0 {
		text += fmt.Sprintf(", %s only then", number(int64(s.OnlyThen)))
	}
	if s.OnlyHere > 0 {
		text += fmt.Sprintf("; %s only here", number(int64(s.OnlyHere)))
	}
	return text
}

// days draws a bar for each day, or for several days where there are many.
func (p *page) days(days []backtest.Tally) {
	step := (len(days) + dayBars - 1) / dayBars
	var bars []backtest.Tally
	most := 0
	for i := 0; i < len(days); i += max(step, 1) {
		sum := backtest.Tally{Name: days[i].Name}
		for _, d := range days[i:min(i+step, len(days))] {
			sum.Findings += d.Findings
			sum.Requests += d.Requests
		}
		most = max(most, sum.Findings)
		bars = append(bars, sum)
	}
	width := len(number(int64(most)))
	label := "Days"
	if step > 1 {
		label = fmt.Sprintf("%d days", step)
	}
	for _, b := range bars {
		count := number(int64(b.Findings))
		head := b.Name + "  " + strings.Repeat(" ", width-len(count)) + count
		room := max(p.width-triedColumns-columns(head)-2, 5)
		p.line("  " + p.dim(label) + strings.Repeat(" ", max(triedColumns-2-columns(label), 0)) + head + "  " + p.with(sgrCyan, bar(float64(b.Findings), float64(most), min(room, 50))))
		label = ""
	}
}

func sampleText(s *backtest.Sample) string {
	parts := []string{s.First.UTC().Format("2006-01-02 15:04:05"), s.Severity, Clean(s.User), Clean(strings.TrimSpace(s.Verb + " " + s.Target))}
	if s.Requests > 1 {
		parts = append(parts, "×"+number(s.Requests))
	}
	if len(s.EventUIDs) > 0 {
		parts = append(parts, "event "+Clean(s.EventUIDs[0]))
	}
	if s.Excluded != "" {
		parts = append(parts, "(excluded)")
	}
	return strings.Join(parts, "  ")
}

// judged says what was judged.
func (p *page) judged(r *backtest.Result) {
	text := fmt.Sprintf("%s with %s", amount(r.Events, "event"), amount(int64(len(r.Rules)), "rule"))
	if r.First != nil && r.Last != nil {
		text += ", " + span(*r.First, *r.Last, "15:04")
	}
	d := time.Duration(r.ElapsedMs) * time.Millisecond
	text += ", in " + duration(d)
	if r.ElapsedMs > 0 {
		text += fmt.Sprintf(" (%s events/s)", number((r.Events+r.Learned)*1000/r.ElapsedMs))
	}
	p.heading("Judged", text)
	if r.Events == 0 {
		p.field("Note", "the store has no such events of this time: that nothing was found says nothing")
	}
	if !r.ExclusionsKnown && r.Findings > 0 {
		p.field("Note", "no lynceus up was asked for the exclusions in force: what they would cover is not known")
	}
	if r.Learned > 0 {
		p.field("Learned", "from "+amount(r.Learned, "earlier event"))
	}
	if r.Unreadable > 0 {
		p.field("Not read", amount(r.Unreadable, "request")+" without a document that can be read; not judged")
	}
	for _, what := range slices.Sorted(maps.Keys(r.Forgotten)) {
		if n := r.Forgotten[what]; n > 0 {
			p.field("Note", fmt.Sprintf("%s of %s forgotten for lack of room; what depends on them may be missing", number(n), Clean(what)))
		}
	}
}
