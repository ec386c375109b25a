package api

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/needs"
)

func (c *call) rules() error {
	if c.s.o.Rules == nil {
		return missing("the list of rules")
	}
	list, off := []Rule{}, c.off()
	for _, r := range c.seenRules() {
		list = append(list, newRule(r, off))
	}
	return c.json(http.StatusOK, map[string]any{"rules": list})
}

func (c *call) rule() error {
	r, err := c.findRule()
	if err != nil {
		return err
	}
	out := newRule(r, c.off())
	out.Explanation, out.Text, out.Cases = rule.Explain(r), r.Source.Text, ruleCases(r)
	need := needs.Of(r, c.s.o.Rules())
	out.Fields = nonNil(need.Fields)
	for _, t := range need.Tables {
		out.Tables = append(out.Tables, t.String())
	}
	return c.json(http.StatusOK, out)
}

// findRule returns the rule whose id or name the path has.
func (c *call) findRule() (*rule.Rule, error) {
	if c.s.o.Rules == nil {
		return nil, missing("the list of rules")
	}
	id := c.r.PathValue("id")
	c.what = id
	all := c.seenRules()
	i := slices.IndexFunc(all, func(r *rule.Rule) bool { return r.ID == id || r.Name == id })
	if i < 0 {
		return nil, problem.New(problem.NotFound, "no rule has the id or name %q", id).Advise("GET /api/v1/rules lists them")
	}
	return all[i], nil
}

// RuleCase is one of the tests that stand in a rule's own file.
type RuleCase struct {
	Name string `json:"name"`
	// Match says whether the rule must find something, Severity how severe; ""
	// for any.
	Match    bool   `json:"match"`
	Severity string `json:"severity"`
	// History are documents that are learned first, Events those judged.
	History []json.RawMessage `json:"history"`
	Events  []json.RawMessage `json:"events"`
}

// ruleCases returns the tests of a rule.
func ruleCases(r *rule.Rule) []RuleCase {
	if r.Ext == nil {
		return nil
	}
	var out []RuleCase
	for _, t := range r.Ext.Tests {
		one := RuleCase{Name: t.Name, Match: t.Match, History: documents(t.History), Events: documents(t.Events)}
		if t.Severity != 0 {
			one.Severity = t.Severity.String()
		}
		out = append(out, one)
	}
	return out
}

// documents returns those of a test that are JSON: all but broken ones, which
// rules check tells.
func documents(list [][]byte) []json.RawMessage {
	out := []json.RawMessage{}
	for _, b := range list {
		if json.Valid(b) {
			out = append(out, b)
		}
	}
	return out
}
