package api

import (
	"errors"
	"net/http"
	"strings"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/sigma"
	"github.com/lynceus-io/lynceus/store/ownrules"
)

// RuleText is the text of a rule of one's own, as somebody writes it.
type RuleText struct {
	// ID is that of the rule; where it is left out the document says it.
	ID       string `json:"id,omitempty"`
	Document string `json:"document"`
}

// CheckedRule says what is wrong with a text, and what it says of itself.
type CheckedRule struct {
	ID     string               `json:"id"`
	Title  string               `json:"title"`
	Errors []problem.QueryError `json:"errors"`
	Tests  int                  `json:"tests"`
	Learns []Learns             `json:"learns"`
}

// Learns is what a rule must have learned before it finds anything, or before
// its severity is all that it can be.
type Learns struct {
	Key    []string `json:"key"`
	Within []string `json:"within"`
	// Hours are how much of the past it must know, Matches how many matches of
	// its own in that.
	Hours   float64 `json:"hours"`
	Matches int     `json:"matches"`
	// Silent says that it finds nothing until then.
	Silent bool `json:"silent"`
}

// checkRule says what is wrong with the text of a rule, its own tests included,
// and keeps nothing.
func (c *call) checkRule() error {
	var in RuleText
	if err := c.body(&in); err != nil {
		return err
	}
	book, err := c.own()
	if err != nil {
		return err
	}
	done, err := c.slot()
	if err != nil {
		return err
	}
	defer done()
	read := sigma.Parse(sigma.Options{}, ownrules.Dir+"rule.yml", in.Document)
	out := CheckedRule{ID: in.ID, Errors: []problem.QueryError{}, Learns: []Learns{}}
	if out.ID == "" {
		out.ID = mainID(read.Rules)
	}
	for _, r := range read.Rules {
		if r.ID == out.ID {
			out.Title = r.Title
		}
		out.Learns = append(out.Learns, learnsOf(r)...)
		if r.Ext != nil {
			out.Tests += len(r.Ext.Tests)
		}
	}
	r := ownrules.Rule{ID: out.ID, Document: in.Document, On: true}
	if _, old, err := c.ownNamed(out.ID); err == nil {
		r.Scope = old.Scope
	} else if r.Scope, err = c.ownScope(book, out.ID); err != nil && len(read.Errors) == 0 {
		out.Errors = append(out.Errors, wrongRule(err)...)
	}
	switch err := book.Try(c.r.Context(), r); {
	case errors.Is(err, ownrules.ErrInvalid):
		out.Errors = append(out.Errors, wrongRule(err)...)
	case err != nil:
		return err
	}
	return c.json(http.StatusOK, out)
}

// mainID returns the id of the rule that the others of a document feed: theirs
// begin with it.
func mainID(list []*rule.Rule) (id string) {
	for _, r := range list {
		if id == "" || strings.HasPrefix(id, r.ID+"_") {
			id = r.ID
		}
	}
	return id
}

// wrongRule returns everything that an error says of a rule, each with its
// place where that is known.
func wrongRule(err error) (out []problem.QueryError) {
	var p *rule.Problem
	var api *problem.Problem
	many, isMany := err.(interface{ Unwrap() []error })
	switch {
	case err == ownrules.ErrInvalid: // the words before the others
	case isMany:
		for _, x := range many.Unwrap() {
			out = append(out, wrongRule(x)...)
		}
	case errors.As(err, &p):
		out = problem.OfRules([]*rule.Problem{p}).Errors
	case errors.As(err, &api):
		out = append(out, problem.QueryError{Message: strings.TrimSuffix(api.Message+"; "+api.Do, "; "), Line: 1, Column: 1})
	default:
		out = append(out, problem.QueryError{Message: err.Error(), Line: 1, Column: 1})
	}
	return out
}

// learnsOf returns the novelties of a rule.
func learnsOf(r *rule.Rule) (out []Learns) {
	if r.Ext == nil {
		return nil
	}
	add := func(n *rule.Novelty, silent bool) {
		if n == nil {
			return
		}
		x := Learns{Key: []string{}, Within: []string{}, Hours: n.MinHistory.Hours(), Matches: detect.DefaultMinMatches, Silent: silent}
		if x.Hours <= 0 {
			x.Hours = detect.DefaultMinHistory.Hours()
		}
		for _, list := range []struct {
			to   *[]string
			refs []event.Ref
		}{{&x.Key, n.Key}, {&x.Within, n.Within}} {
			for _, f := range list.refs {
				*list.to = append(*list.to, f.Name())
			}
		}
		out = append(out, x)
	}
	add(r.Ext.New, true)
	for _, s := range r.Ext.Severity {
		add(s.Novel, false)
	}
	return out
}
