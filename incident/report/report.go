// Package report holds the JSON documents in which Lynceus tells what it
// found: one for a finding, for an incident, for the coverage of a run, and
// for all of a scan. docs/output.md describes every member and docs/schema
// has their JSON Schemas.
//
// Every document carries the name and version of its schema. Within a version
// members are only added. Every member is always there: an empty text is "",
// an empty list [], a time that is not known null.
package report

import (
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/attack"
)

// The schemas, as the documents' "schema" members name them.
const (
	ScanSchema     = "lynceus.scan/v1"
	FindingSchema  = "lynceus.finding/v1"
	IncidentSchema = "lynceus.incident/v1"
)

// Result is what a run found and what it covered: the input of every output
// format.
type Result struct {
	Findings  []*detect.Finding    // ordered by severity, then time
	Incidents []*incident.Incident // the most important first
	Coverage  coverage.Report
	// Hidden counts findings that were left out as less severe than asked for.
	Hidden int
}

// AtLeast returns r without the incidents and findings below severity s.
// Incidents keep all their findings. r is not changed.
func (r *Result) AtLeast(s rule.Severity) *Result {
	out := &Result{Coverage: r.Coverage, Hidden: r.Hidden}
	for _, f := range r.Findings {
		if f.Severity >= s {
			out.Findings = append(out.Findings, f)
		} else {
			out.Hidden++
		}
	}
	for _, i := range r.Incidents {
		if i.Severity >= s {
			out.Incidents = append(out.Incidents, i)
		}
	}
	return out
}

// Worst returns the highest severity of all incidents and findings, 0 when
// there are none.
func (r *Result) Worst() rule.Severity {
	var worst rule.Severity
	for _, f := range r.Findings {
		worst = max(worst, f.Severity)
	}
	for _, i := range r.Incidents {
		worst = max(worst, i.Severity)
	}
	return worst
}

// IncidentOf maps the ids of findings to those of their incidents.
func (r *Result) IncidentOf() map[string]string {
	out := map[string]string{}
	for _, i := range r.Incidents {
		for _, f := range i.Findings {
			out[f.ID] = i.ID
		}
	}
	return out
}

// Scan is the document of a whole run.
type Scan struct {
	Schema    string     `json:"schema"`
	Incidents []Incident `json:"incidents"`
	Findings  []Finding  `json:"findings"`
	Coverage  Coverage   `json:"coverage"`
}

// NewScan returns the document of a run.
func NewScan(r *Result) Scan {
	s := Scan{Schema: ScanSchema, Incidents: []Incident{}, Findings: NewFindings(r), Coverage: NewCoverage(&r.Coverage)}
	for _, i := range r.Incidents {
		s.Incidents = append(s.Incidents, NewIncident(i))
	}
	return s
}

// Tactic is a column of the ATT&CK matrix.
type Tactic struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Technique is a technique of ATT&CK. Name is "" for one that Lynceus does
// not know by name.
type Technique struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Tactics returns the tactics that tags name, in the order of the matrix.
func Tactics(tags []string) []Tactic { return tactics(attack.Tactics(tags)) }

// Techniques returns the techniques that tags name, in order of their ids.
func Techniques(tags []string) []Technique { return techniques(attack.Techniques(tags)) }

func tactics(ts []attack.Tactic) []Tactic {
	out := []Tactic{}
	for _, t := range ts {
		out = append(out, Tactic{t.ID, t.Name})
	}
	return out
}

func techniques(ts []attack.Technique) []Technique {
	out := []Technique{}
	for _, t := range ts {
		out = append(out, Technique{t.ID, t.Name})
	}
	return out
}

// stamp writes a time as RFC 3339 in UTC, with as many digits of a second as
// it has; nil for the zero time.
func stamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(time.RFC3339Nano)
	return &s
}

// list returns s, never nil.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
