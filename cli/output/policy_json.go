package output

import (
	"fmt"
	"io"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/incident/report"
)

// SimulationSchema names the document of a simulated audit policy.
const SimulationSchema = "lynceus.audit-policy-simulation/v1"

// PolicyProblem is the document of something wrong in an audit policy.
type PolicyProblem struct {
	Severity string   `json:"severity"` // note, warning, error or refused
	Kind     string   `json:"kind"`
	Line     int      `json:"line"` // from 1; 0 when the policy as a whole is meant
	Column   int      `json:"column"`
	Path     string   `json:"path"`
	Text     string   `json:"text"`
	Advice   string   `json:"advice"`
	Rules    []string `json:"rules"`
}

// WritePolicyLintJSON writes the check of a policy as one document.
func WritePolicyLintJSON(w io.Writer, l *PolicyLint) error {
	docs := []PolicyProblem{}
	for _, p := range l.Problems {
		docs = append(docs, PolicyProblem{p.Severity.String(), p.Kind, p.At.Line, p.At.Col, p.Path, p.Text, p.Advice, append([]string{}, p.Rules...)})
	}
	doc := object{"schema": PolicyLintSchema, "file": l.File, "legal": !policy.Illegal(l.Problems), "problems": docs}
	if l.Meter != nil {
		doc["volume"] = meterDoc(l.Meter)
	}
	return writeJSON(w, doc)
}

func meterDoc(m *policy.Meter) object {
	rules := []object{}
	for i, v := range m.Rules {
		name := fmt.Sprintf("rules[%d]", i)
		if i == len(m.Rules)-1 {
			name = ""
		}
		rules = append(rules, object{"rule": name, "decided": m.Decided[i], "events": v.Events, "bytes": v.Bytes})
	}
	return object{"recorded": volumeDoc(m, m.Before), "kept": volumeDoc(m, m.After), "rules": rules, "short": m.Short}
}

func volumeDoc(m *policy.Meter, v policy.Volume) object {
	doc := object{"events": v.Events, "bytes": v.Bytes}
	if day, ok := m.PerDay(v); ok {
		doc["events_per_day"], doc["bytes_per_day"] = day.Events, day.Bytes
	}
	return doc
}

// WriteSimulationJSON writes a simulated policy as one document.
func WriteSimulationJSON(w io.Writer, s *hub.Simulation) error {
	weaker := []object{}
	for _, x := range s.Weaker {
		weaker = append(weaker, object{"finding": report.NewFinding(x.Finding, ""), "severity": x.Now.String()})
	}
	lost := make([]*detect.Finding, 0, len(s.Lost))
	for _, x := range s.Lost {
		lost = append(lost, x.Finding)
	}
	return writeJSON(w, object{
		"schema": SimulationSchema, "volume": meterDoc(s.Meter), "findings": object{"recorded": len(s.Full.Findings), "kept": len(s.Kept.Findings)},
		"lost": findingDocs(lost), "weaker": weaker, "new": findingDocs(s.New),
	})
}

func findingDocs(list []*detect.Finding) []report.Finding {
	out := []report.Finding{}
	for _, f := range list {
		out = append(out, report.NewFinding(f, ""))
	}
	return out
}
