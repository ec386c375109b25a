// Package falco writes findings as Falco's alerts, so that what reads those reads these: falcosidekick, log pipelines,
// dashboards.
package falco

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
)

// Alert is an alert as Falco writes it with json_output (https://falco.org/docs/concepts/outputs/formatting/).
type Alert struct {
	UUID     string `json:"uuid"`     // the finding's id
	Hostname string `json:"hostname"` // the node where it happened, or the cluster
	Output   string `json:"output"`
	// OutputFields are the values of the fields that the rule's output names, null where there is none.
	OutputFields map[string]any `json:"output_fields"`
	Priority     string         `json:"priority"`
	Rule         string         `json:"rule"`
	Source       string         `json:"source"` // syscall or k8s_audit
	Tags         []string       `json:"tags"`
	Time         string         `json:"time"` // of the event, RFC 3339 in UTC with nanoseconds
}

// priorities are Falco's words for severities of rules in other languages.
var priorities = map[rule.Severity]string{
	rule.Informational: "Informational", rule.Low: "Notice", rule.Medium: "Warning", rule.High: "Error", rule.Critical: "Critical",
}

// The sources of events.
const (
	sourceSyscall = "syscall"
	sourceAudit   = "k8s_audit"
)

// Write writes one alert a line for every finding: of its first match, with the number of all.
func Write(w io.Writer, r *report.Result) error {
	for _, f := range r.Findings {
		b, err := report.Encode(New(f, f.Cluster), "")
		if err != nil {
			return err
		}
		if _, err := w.Write(append(b, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// New returns the alert of a finding that was made on a host.
func New(f *detect.Finding, hostname string) Alert {
	text := f.Output()
	if text == "" {
		text = f.Rule.Title + ": " + incident.Responsible(f) + " " + incident.Describe(f)
	}
	at := f.First.UTC()
	a := Alert{
		UUID: f.ID, Hostname: hostname, OutputFields: fields(f), Rule: f.Rule.Title, Source: source(f.Rule), Tags: []string{},
		Priority: cmp.Or(f.Rule.Priority, priorities[f.Severity]), Time: at.Format("2006-01-02T15:04:05.000000000Z"),
	}
	a.Output = fmt.Sprintf("%s: %s %s", at.Format("15:04:05.000000000"), a.Priority, text)
	for _, t := range f.Rule.Tags {
		if f.Rule.Priority == "" || !strings.HasPrefix(t, "attack.") { // those that Lynceus added
			a.Tags = append(a.Tags, t)
		}
	}
	return a
}

// source is where the rule's events come from, in Falco's words.
func source(r *rule.Rule) string {
	switch {
	case r.Feed != "":
		return r.Feed
	case r.Table == event.ClassAudit || r.Table == event.ClassNone:
		return sourceAudit
	}
	return sourceSyscall
}

func fields(f *detect.Finding) map[string]any {
	out := map[string]any{}
	for _, name := range f.Rule.Fields {
		out[name] = nil
	}
	for _, part := range f.Rule.Output {
		if part.Absent != "" {
			out[part.Field] = number(f.Rule, part.Field, part.Absent)
		}
	}
	for _, v := range f.Evidence {
		out[v.Field] = number(f.Rule, v.Field, v.Value)
	}
	out["evt.time"] = f.First.UnixNano()
	out["lynceus.count"] = f.Count
	return out
}

// number returns the value of a field as a number where the field is one.
func number(r *rule.Rule, field, text string) any {
	if ref, ok := r.Resolve(field); ok {
		if f := event.Lookup(ref.Field); f != nil && f.Type == event.TypeInt {
			if n, err := strconv.ParseInt(text, 10, 64); err == nil {
				return n
			}
		}
	}
	return text
}
