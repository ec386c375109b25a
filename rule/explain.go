package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// Explain says in plain words what a rule compiles to: what it reads, when it
// matches, how its severity changes, what makes one finding, and where it is
// judged. The text has several lines and ends with a line break.
func Explain(r *Rule) string {
	e := &explainer{}
	e.line("%s", r.Title)
	e.line("  id        %s", r.ID)
	if r.Name != "" {
		e.line("  name      %s", r.Name)
	}
	e.line("  from      %s", r.Source)
	e.line("  severity  %s%s", r.Severity, e.silent(r))
	if r.Correlation != nil {
		e.correlation(r.Correlation)
	} else {
		e.detection(r)
	}
	if r.Ext != nil {
		e.extension(r)
	}
	return e.String()
}

type explainer struct{ strings.Builder }

func (e *explainer) line(format string, args ...any) {
	fmt.Fprintf(e, format, args...)
	e.WriteByte('\n')
}

func (e *explainer) silent(r *Rule) string {
	switch {
	case r.Disabled:
		return " (disabled)"
	case r.Silent:
		return " (silent: it feeds correlations and makes no finding of its own)"
	}
	return ""
}

func (e *explainer) detection(r *Rule) {
	table := "events of " + r.LogSource.String()
	if r.Table != event.ClassNone {
		table = fmt.Sprintf("table %s (%s)", r.Table, r.LogSource)
	}
	e.line("  reads     %s", table)
	e.line("  judged    %s", place(r))
	for _, f := range r.Filters {
		e.line("  filter    %s", f)
	}
	e.line("\nIt matches an event when")
	if r.Expr != nil {
		e.line("%s", expr.Tree(r.Expr, "  "))
	}
}

// place says where a rule is judged: what needs one event of a node only is
// judged by the sensor there, the rest where all events come together.
func place(r *Rule) string {
	memory := r.Ext != nil && (r.Ext.New != nil || slices.ContainsFunc(r.Ext.Severity, func(a Adjust) bool { return a.Novel != nil }))
	switch {
	case r.Table == event.ClassNone:
		return "nowhere: no table of Lynceus holds its log source"
	case r.Table == event.ClassAudit && memory:
		return "where the audit log is read; its novelty in order of time"
	case r.Table == event.ClassAudit:
		return "where the audit log is read"
	case memory:
		return "on the node's sensor; its novelty in the hub"
	}
	return "on the node's sensor"
}

func (e *explainer) correlation(c *Correlation) {
	e.line("  judged    in the hub, in order of time")
	e.line("\nIt matches when, within %s%s,", Span(c.Timespan), groups(c.GroupBy))
	what := map[CorrelationType]string{
		EventCount: "the number of matches of", ValueCount: "the number of different values of %s in matches of", ValueSum: "the sum of %s in matches of",
		ValueAvg: "the average of %s in matches of", ValueMedian: "the median of %s in matches of", ValuePercentile: "a percentile of %s in matches of",
		Temporal: "matches come, in any order, of", TemporalOrdered: "matches come, in this order, of",
	}[c.Type]
	if strings.Contains(what, "%s") {
		what = fmt.Sprintf(what, strings.Join(c.Field, ", "))
	}
	if c.Type == ValuePercentile {
		what = strings.Replace(what, "a percentile", fmt.Sprintf("percentile %g", c.Percentile), 1)
	}
	e.line("  %s", what)
	for _, id := range c.Rules {
		if slices.Contains(c.Absent, id) {
			e.line("    %s (which must be absent)", id)
			continue
		}
		e.line("    %s", id)
	}
	if c.Condition != nil {
		e.line("  so that %s", expr.Print(c.Condition))
	}
	for _, x := range c.Conditions {
		e.line("  %s", x)
	}
	for _, alias := range sortedKeys(c.Aliases) {
		for _, id := range sortedKeys(c.Aliases[alias]) {
			e.line("  where %s is %s of %s", alias, c.Aliases[alias][id], id)
		}
	}
	if c.Generate {
		e.line("  (the rules above make findings of their own, too)")
	}
}

func groups(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return " and with equal " + strings.Join(names, ", ")
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (e *explainer) extension(r *Rule) {
	x := r.Ext
	if x.New != nil {
		e.line("\nOnly where %s.", x.New)
	}
	if len(x.Severity) > 0 {
		e.line("\nIts severity changes: every set that holds, in order, then every raise.")
		for _, a := range x.Severity {
			e.line("  - %s", a)
		}
	}
	if len(x.Actor)+len(x.Target) > 0 || x.Window != 0 {
		e.line("\nOne finding for equal")
		e.names("  actor     ", x.Actor)
		e.names("  target    ", x.Target)
		if x.Window != 0 {
			e.line("  within    %s", Span(x.Window))
		}
	}
	if n := len(x.Tests); n > 0 {
		e.line("\nIt has %d tests of its own.", n)
	}
}

func (e *explainer) names(title string, refs []event.Ref) {
	if len(refs) > 0 {
		e.line("%s%s", title, refNames(refs))
	}
}
