package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/attack"
	"github.com/lynceus-io/lynceus/store/switches"
)

// RulesSchema names the document of a list of rules.
const RulesSchema = "lynceus.rules/v1"

// WriteRules writes a list of rules as a table; off has the switches of those
// that are off, by id.
func WriteRules(w io.Writer, rules []*rule.Rule, off map[string][]switches.Stored, o TextOptions) error {
	p := newPage(o)
	var counts [rule.Critical + 1]int
	wide := len("RULE")
	for _, r := range rules {
		counts[r.Severity]++
		wide = max(wide, columns(Clean(callName(r))))
	}
	wide = min(wide, 40)
	head := fmt.Sprintf("%-13s  %-*s  %5s  %s", "SEVERITY", wide, "RULE", "TESTS", "TITLE AND TECHNIQUES")
	p.line(p.dim(fit(head, p.width)))
	for _, r := range rules {
		id := Clean(callName(r))
		text := Clean(r.Title)
		if ts := attack.Techniques(r.Tags); len(ts) > 0 {
			ids := make([]string, len(ts))
			for i, t := range ts {
				ids[i] = t.ID
			}
			text += " (" + strings.Join(ids, ", ") + ")"
		}
		if r.Silent {
			text += ", feeds correlations only"
		}
		tests := 0
		if r.Ext != nil {
			tests = len(r.Ext.Tests)
		}
		severity := fmt.Sprintf("%-13s", r.Severity)
		id = fit(id, wide)
		columnsBefore := 13 + 2 + wide + 2 + 5 + 2
		head := p.severity(r.Severity, severity) + "  " + id + strings.Repeat(" ", wide-columns(id)) + fmt.Sprintf("  %5d  ", tests)
		p.hang(head, columnsBefore, columnsBefore, text, nil)
		for i := range off[r.ID] {
			s := &off[r.ID][i].Switch
			p.hang("", 0, columnsBefore, "OFF "+SwitchWords(s)+", by "+Clean(s.Author)+": "+Clean(s.Reason), p.bold)
		}
	}
	p.line("")
	p.line(amount(int64(len(rules)), "rule") + ": " + tally(counts))
	return p.writeTo(w)
}

// callName is what people call a rule: its name, else its id.
func callName(r *rule.Rule) string {
	if r.Name != "" {
		return r.Name
	}
	return r.ID
}

// WriteRulesJSON writes a list of rules as one document.
func WriteRulesJSON(w io.Writer, rules []*rule.Rule) error {
	docs := []report.Rule{}
	for _, r := range rules {
		docs = append(docs, report.NewRule(r))
	}
	return writeJSON(w, object{"schema": RulesSchema, "rules": docs})
}

// WriteDocument writes a document of a server's as JSON.
func WriteDocument(w io.Writer, doc any) error { return writeJSON(w, doc) }

func writeJSON(w io.Writer, v any) error {
	b, err := report.Encode(v, "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}
