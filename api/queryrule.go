package api

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/kql/torule"
	"github.com/lynceus-io/lynceus/store/ownrules"
)

// RuleQuery is a query that is to become a rule, and what it does not say of
// one.
type RuleQuery struct {
	QueryDocument
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	// Severity is informational, low, medium, high or critical; medium unless
	// given.
	Severity string `json:"severity,omitempty"`
	// Tags are as Sigma has them: attack.t1552.007, attack.credential-access.
	Tags []string `json:"tags,omitempty"`
}

// RuleDraft is the rule that a query makes. Where Problems says why it makes
// none, there is no document.
type RuleDraft struct {
	ID       string      `json:"id"`
	Document string      `json:"document"`
	Table    string      `json:"table"`
	Problems []string    `json:"problems"`
	Notes    []string    `json:"notes"` // what of the query the rule leaves out
	Tests    []DraftTest `json:"tests"`
}

// DraftTest is a test of a draft, made of an event that is stored.
type DraftTest struct {
	Name  string `json:"name"`
	Match bool   `json:"match"`
}

var idLetters = regexp.MustCompile(`[^a-z0-9]+`)

// ruleID makes an id of a title, for a rule of somebody so limited.
func ruleID(title string, of scope.Scope) string {
	const most = 50
	id := strings.Trim(idLetters.ReplaceAllString(strings.ToLower(title), "_"), "_")
	if len(id) > most {
		id = strings.TrimRight(id[:most], "_")
	}
	if id == "" {
		id = "rule"
	}
	return ownrules.Space(of) + id
}

// ruleFromQuery makes a rule of a query, with tests of events that the query
// finds, and keeps nothing.
func (c *call) ruleFromQuery() error {
	var in RuleQuery
	if err := c.body(&in); err != nil {
		return err
	}
	if c.s.o.Queries == nil {
		return missing("the store")
	}
	if in.Title = strings.TrimSpace(in.Title); in.Title == "" {
		return problem.New(problem.BadRequest, "title is empty: a rule needs one")
	}
	if in.Severity == "" {
		in.Severity = "medium"
	}
	r, err := c.requestOf(in.QueryDocument)
	if err != nil {
		return err
	}
	q, err := hunt.Compile(hunt.Request{KQL: r.KQL, Params: r.Params, Now: r.Now}, c.s.o.Now())
	if err != nil {
		return err
	}
	out := RuleDraft{ID: ruleID(in.Title, c.who.Scope), Problems: []string{}, Notes: []string{}, Tests: []DraftTest{}}
	draft, err := torule.Convert(q.Plan())
	var why torule.Problems
	if errors.As(err, &why) {
		out.Problems = why
		return c.json(http.StatusOK, out)
	}
	if err != nil {
		return err
	}
	done, err := c.slot()
	if err != nil {
		return err
	}
	defer done()
	ctx, cancel := context.WithTimeoutCause(c.r.Context(), r.Timeout, errQueryTime)
	defer cancel()
	head := torule.Header{
		ID: out.ID, Title: in.Title, Description: in.Description, Author: c.who.Name, Severity: in.Severity, Tags: in.Tags, Date: c.s.o.Now(), Query: in.Query,
	}
	if out.Document, err = draft.Document(head); err != nil {
		return problem.New(problem.BadRequest, "%v", err).Because(err)
	}
	if c.s.o.OwnRules != nil {
		if err := c.s.o.OwnRules.Try(ctx, ownrules.Rule{ID: out.ID, Document: out.Document, On: true}); err != nil {
			return ownProblem(err)
		}
	}
	out.Table, out.Notes = draft.Table.String(), append(out.Notes, draft.Notes...)
	m := &testMaker{c: c, request: r, draft: draft, head: head}
	cases, err := m.cases(ctx)
	if err != nil {
		return queryProblem(ctx, r, err)
	}
	if out.Document, err = draft.Document(head, cases...); err != nil {
		return err
	}
	for _, x := range cases {
		out.Tests = append(out.Tests, DraftTest{x.Name, x.Match})
	}
	out.Notes = append(out.Notes, m.notes...)
	return c.json(http.StatusOK, out)
}
