package output

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
)

// The versions of SARIF that are written:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
const (
	sarifVersion = "2.1.0"
	sarifSchema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

type object = map[string]any

// WriteSARIF writes a run as a SARIF 2.1.0 log: one result per finding, whose
// fingerprint is the finding's id, with the rules that fired. Incidents stand
// in the run's properties; places that could not be read are notifications.
func WriteSARIF(w io.Writer, r *report.Result, version string) error {
	rules, at := sarifRules(r.Findings)
	in := r.IncidentOf()
	results := []object{}
	for _, f := range r.Findings {
		results = append(results, sarifResult(f, at[f.Rule.ID], in[f.ID], &r.Coverage))
	}
	incidents := []report.Incident{}
	for _, i := range r.Incidents {
		incidents = append(incidents, report.NewIncident(i))
	}
	b, err := report.Encode(object{
		"$schema": sarifSchema, "version": sarifVersion,
		"runs": []object{{
			"tool": object{"driver": object{"name": "Lynceus", "version": version, "rules": rules}},
			"invocations": []object{{
				"executionSuccessful": true, "toolExecutionNotifications": sarifNotifications(&r.Coverage),
			}},
			"results":    results,
			"properties": object{"incidents": incidents, "coverage": report.NewCoverage(&r.Coverage)},
		}},
	}, "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// sarifRules describes the rules of findings, and maps their ids to their
// places.
func sarifRules(findings []*detect.Finding) (rules []object, at map[string]int) {
	rules, at = []object{}, map[string]int{}
	for _, f := range findings {
		if _, ok := at[f.Rule.ID]; ok {
			continue
		}
		at[f.Rule.ID] = len(rules)
		rules = append(rules, sarifRule(f.Rule))
	}
	return rules, at
}

func sarifRule(r *rule.Rule) object {
	var help []string
	if r.Ext != nil {
		help = append(help, r.Ext.Risk)
		for i, s := range r.Ext.Runbook {
			help = append(help, fmt.Sprintf("%d. %s", i+1, s))
		}
	}
	if len(r.FalsePositives) > 0 {
		help = append(help, "Not an attack: "+strings.Join(r.FalsePositives, "; "))
	}
	text := sarifText(strings.Join(help, "\n"))
	if text == "" {
		text = sarifText(r.Title)
	}
	o := object{
		"id":                   r.ID,
		"shortDescription":     object{"text": sarifText(r.Title)},
		"help":                 object{"text": text},
		"defaultConfiguration": object{"level": sarifLevel(r.Severity)},
		"properties":           object{"tags": nonNil(r.Tags), "security-severity": sarifScore(r.Severity), "source": r.Source.String()},
	}
	if r.Description != "" {
		o["fullDescription"] = object{"text": sarifText(r.Description)}
	}
	return o
}

func sarifResult(f *detect.Finding, ruleIndex int, incidentID string, c *coverage.Report) object {
	message := fmt.Sprintf("%s: %s %s", f.Rule.Title, incident.Responsible(f), incident.Describe(f))
	if f.Count > 1 {
		message += fmt.Sprintf(" (%d times)", f.Count)
	}
	return object{
		"ruleId": f.Rule.ID, "ruleIndex": ruleIndex, "kind": "fail", "level": sarifLevel(f.Severity),
		"message":         object{"text": sarifText(Clean(message))},
		"locations":       []object{sarifLocation(f, c)},
		"fingerprints":    object{"lynceus.finding/v1": f.ID},
		"occurrenceCount": max(f.Count, 1),
		"properties": object{
			"severity": f.Severity.String(), "time": f.First.UTC(), "last_time": f.Last.UTC(), "incident": incidentID,
			"audit_ids": nonNil(f.AuditIDs), "reasons": nonNil(f.Reasons),
		},
	}
}

// sarifLocation is the object that the requests were about, and the log file
// where there is only one it can be in.
func sarifLocation(f *detect.Finding, c *coverage.Report) object {
	name := incident.Object(f)
	if name == "" {
		name = f.Rule.Title
	}
	loc := object{"logicalLocations": []object{{"fullyQualifiedName": name, "kind": "resource"}}}
	if len(c.Sources) == 1 && c.Sources[0].Name != "-" {
		loc["physicalLocation"] = object{"artifactLocation": object{"uri": fileURI(c.Sources[0].Name)}}
	}
	return loc
}

func sarifNotifications(c *coverage.Report) []object {
	out := []object{}
	for _, s := range c.Sources {
		for _, p := range s.Problems {
			place := object{"artifactLocation": object{"uri": fileURI(p.File)}}
			if p.Line > 0 {
				place["region"] = object{"startLine": p.Line}
			}
			out = append(out, object{
				"level": "warning", "message": object{"text": sarifText(Clean(p.Text))},
				"locations": []object{{"physicalLocation": place}},
			})
		}
	}
	return out
}

// fileURI writes a file's path as a relative or file URI reference.
func fileURI(path string) string {
	u := url.URL{Path: path}
	if strings.HasPrefix(path, "/") {
		u.Scheme = "file"
	}
	return u.String()
}

// sarifText keeps text from events from making links, which plain text in
// SARIF writes as [text](target) (section 3.11.6).
func sarifText(s string) string { return strings.ReplaceAll(s, "](", "] (") }

// sarifLevel is a severity in SARIF's three words.
func sarifLevel(s rule.Severity) string {
	switch {
	case s >= rule.High:
		return "error"
	case s == rule.Medium:
		return "warning"
	}
	return "note"
}

// sarifScore is a severity on the scale of CVSS, as code scanning services
// read it from "security-severity".
func sarifScore(s rule.Severity) string {
	return [...]string{"0.0", "0.0", "3.0", "5.5", "8.0", "9.5"}[s]
}

func nonNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
