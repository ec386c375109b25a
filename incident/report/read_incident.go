package report

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/attack"
)

// ReadIncident returns the incident that a document tells of. Of its findings
// it knows the ids only; their rules are empty.
func ReadIncident(doc []byte) (*incident.Incident, error) {
	var d Incident
	if err := json.Unmarshal(doc, &d); err != nil {
		return nil, fmt.Errorf("the incident's document cannot be read: %w", err)
	}
	if d.Schema != IncidentSchema {
		return nil, fmt.Errorf("the incident's document has schema %q, this program reads %q", d.Schema, IncidentSchema)
	}
	severity, err := rule.ParseSeverity(d.Severity)
	if err != nil {
		return nil, fmt.Errorf("incident %s: %w", d.ID, err)
	}
	i := &incident.Incident{
		ID: d.ID, Title: d.Title, Severity: severity, Reasons: d.Reasons, Cluster: d.Cluster, First: readStamp(d.Time), Last: readStamp(d.LastTime),
		Requests: d.Requests, Targets: d.Targets, TargetsTotal: d.TargetsTotal, Risk: d.Risk, Todo: d.Todo, Links: d.Links, StepsOmitted: d.StepsOmitted,
		Root: &detect.Finding{ID: d.Root, Rule: &rule.Rule{}},
	}
	for _, t := range d.Tactics {
		i.Tactics = append(i.Tactics, attack.Tactic{ID: t.ID, Name: t.Name})
	}
	for _, t := range d.Techniques {
		i.Techniques = append(i.Techniques, attack.Technique{ID: t.ID, Name: t.Name})
	}
	for _, id := range d.Findings {
		i.Findings = append(i.Findings, &detect.Finding{ID: id, Rule: &rule.Rule{}})
	}
	for _, a := range d.Actors {
		one := incident.Actor{Name: a.Name, Kind: incident.Kind(a.Kind), As: a.As, Addresses: a.Addresses, Outside: a.Outside, UserAgents: a.UserAgents, Findings: a.Findings}
		if one.Severity, err = rule.ParseSeverity(a.Severity); err != nil {
			return nil, fmt.Errorf("incident %s: %w", d.ID, err)
		}
		i.Actors = append(i.Actors, one)
	}
	for _, p := range d.Pods {
		i.Pods = append(i.Pods, incident.Pod{Name: p.Name, Workload: p.Workload, Writer: p.Writer, Parts: p.Parts})
	}
	for _, s := range d.Timeline {
		one := incident.Step{
			First: readStamp(s.Time), Last: readStamp(s.LastTime), Actor: s.Actor, As: s.As, From: s.From, External: s.External, Text: s.Text,
			Titles: s.Titles, Findings: s.Findings, Count: s.Count, Failed: s.Failed,
		}
		if one.Severity, err = rule.ParseSeverity(s.Severity); err != nil {
			return nil, fmt.Errorf("incident %s: %w", d.ID, err)
		}
		i.Timeline = append(i.Timeline, one)
	}
	return i, nil
}

// readStamp reads a time of a document; what cannot be read is the zero time.
func readStamp(text *string) time.Time {
	if text == nil {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, *text)
	if err != nil {
		return time.Time{}
	}
	return t
}
