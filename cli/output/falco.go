package output

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

// falcoAlert is an alert as Falco writes it with json_output
// (https://falco.org/docs/concepts/outputs/formatting/), so that what reads
// Falco's alerts reads these.
type falcoAlert struct {
	UUID         string         `json:"uuid"`
	Hostname     string         `json:"hostname"`
	Output       string         `json:"output"`
	OutputFields map[string]any `json:"output_fields"`
	Priority     string         `json:"priority"`
	Rule         string         `json:"rule"`
	Source       string         `json:"source"`
	Tags         []string       `json:"tags"`
	Time         string         `json:"time"`
}

// falcoPriorities are Falco's words for severities of rules in other
// languages.
var falcoPriorities = map[rule.Severity]string{
	rule.Informational: "Informational", rule.Low: "Notice", rule.Medium: "Warning", rule.High: "Error", rule.Critical: "Critical",
}

// WriteFalco writes one of Falco's alerts a line for every finding: of its
// first match, with the number of all.
func WriteFalco(w io.Writer, r *report.Result) error {
	for _, f := range r.Findings {
		b, err := report.Encode(newFalcoAlert(f), "")
		if err != nil {
			return err
		}
		if _, err := w.Write(append(b, '\n')); err != nil {
			return err
		}
	}
	return nil
}

func newFalcoAlert(f *detect.Finding) falcoAlert {
	text := f.Output()
	if text == "" {
		text = f.Rule.Title + ": " + incident.Responsible(f) + " " + incident.Describe(f)
	}
	source := f.Rule.Feed
	if source == "" {
		source = map[bool]string{true: "k8s_audit", false: "syscall"}[f.Rule.Table == event.ClassAudit || f.Rule.Table == event.ClassNone]
	}
	at := f.First.UTC()
	a := falcoAlert{
		UUID: f.ID, Hostname: f.Cluster, OutputFields: map[string]any{}, Rule: f.Rule.Title, Source: source, Tags: []string{},
		Priority: cmp.Or(f.Rule.Priority, falcoPriorities[f.Severity]), Time: at.Format("2006-01-02T15:04:05.000000000Z"),
	}
	a.Output = fmt.Sprintf("%s: %s %s", at.Format("15:04:05.000000000"), a.Priority, text)
	for _, t := range f.Rule.Tags {
		if f.Rule.Priority == "" || !strings.HasPrefix(t, "attack.") { // those that Lynceus added
			a.Tags = append(a.Tags, t)
		}
	}
	for _, name := range f.Rule.Fields {
		a.OutputFields[name] = nil
	}
	for _, v := range f.Evidence {
		a.OutputFields[v.Field] = falcoValue(f.Rule, v)
	}
	a.OutputFields["evt.time"] = f.First.UnixNano()
	a.OutputFields["lynceus.count"] = f.Count
	return a
}

// falcoValue returns the value of a field as a number where the field is one.
func falcoValue(r *rule.Rule, v detect.Value) any {
	if ref, ok := r.Resolve(v.Field); ok {
		if f := event.Lookup(ref.Field); f != nil && f.Type == event.TypeInt {
			if n, err := strconv.ParseInt(v.Value, 10, 64); err == nil {
				return n
			}
		}
	}
	return v.Value
}
