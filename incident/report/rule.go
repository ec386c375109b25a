package report

import "github.com/lynceus-io/lynceus/rule"

// Rule is the document of a rule.
type Rule struct {
	ID             string      `json:"id"`
	Name           string      `json:"name"`
	Title          string      `json:"title"`
	Severity       string      `json:"severity"`
	Status         string      `json:"status"`
	Description    string      `json:"description"`
	Risk           string      `json:"risk"`
	Table          string      `json:"table"`
	Correlation    string      `json:"correlation"` // its type, "" for a rule on single events
	Silent         bool        `json:"silent"`
	Tags           []string    `json:"tags"`
	Tactics        []Tactic    `json:"tactics"`
	Techniques     []Technique `json:"techniques"`
	FalsePositives []string    `json:"false_positives"`
	Runbook        []string    `json:"runbook"`
	References     []string    `json:"references"`
	Tests          int         `json:"tests"`
	File           string      `json:"file"`
	Line           int         `json:"line"`
}

// NewRule returns the document of a rule.
func NewRule(r *rule.Rule) Rule {
	d := Rule{
		ID: r.ID, Name: r.Name, Title: r.Title, Severity: r.Severity.String(), Status: r.Status, Description: r.Description,
		Table: r.Table.String(), Silent: r.Silent, Tags: list(r.Tags), Tactics: Tactics(r.Tags), Techniques: Techniques(r.Tags),
		FalsePositives: list(r.FalsePositives), Runbook: []string{}, References: list(r.References), File: r.Source.File, Line: r.Source.Line,
	}
	if r.Ext != nil {
		d.Risk, d.Runbook, d.Tests = r.Ext.Risk, list(r.Ext.Runbook), len(r.Ext.Tests)
	}
	if r.Correlation != nil {
		d.Correlation = string(r.Correlation.Type)
	}
	return d
}
