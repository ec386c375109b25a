package output

import (
	"io"
	"strings"

	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/load"
)

// CheckSchema names the document of a check of rules.
const CheckSchema = "lynceus.rules-check/v1"

// CheckWriter returns what writes the result of reading rules for people.
func CheckWriter(o TextOptions) func(io.Writer, *load.Result) error {
	return func(w io.Writer, r *load.Result) error {
		p := newPage(o)
		for _, e := range r.Errors {
			p.problem("broken", sgrRed, e)
		}
		for _, u := range r.Unsupported {
			p.problem("unsupported", sgrYellow, u)
		}
		for _, x := range r.Warnings {
			p.problem("warning", sgrDim, x)
		}
		if len(r.Errors)+len(r.Unsupported)+len(r.Warnings) > 0 {
			p.line("")
		}
		text := amount(int64(len(rule.Distinct(r.Rules))), "rule") + " loaded"
		if n := documents(r.Unsupported); n > 0 {
			text += ", " + number(int64(n)) + " not supported"
		}
		if n := len(r.Errors); n > 0 {
			text += ", " + amount(int64(n), "error")
		}
		p.line(p.bold(text))
		return p.writeTo(w)
	}
}

// documents counts the documents that problems are about.
func documents(list []*rule.Problem) int {
	type document struct{ file, id, title string }
	seen := map[document]bool{}
	for _, p := range list {
		seen[document{p.File, p.RuleID, p.Title}] = true
	}
	return len(seen)
}

// problem writes what is wrong in a rule file, with the place in it.
func (p *page) problem(word, color string, e *rule.Problem) {
	for i, l := range strings.Split(e.Detail(), "\n") {
		if i == 0 {
			p.hang(p.with(color, word)+" ", len(word)+1, len(word)+1, Clean(l), nil)
			continue
		}
		p.line(p.dim(cleanTabs(l)))
	}
}

// Problem is the document of something wrong in a rule file.
type Problem struct {
	Rule    string `json:"rule"` // its title
	ID      string `json:"id"`
	File    string `json:"file"`
	Line    int    `json:"line"`   // from 1; 0 when the file as a whole is meant
	Column  int    `json:"column"` // from 1
	Feature string `json:"feature"`
	Reason  string `json:"reason"`
	Advice  string `json:"advice"`
	// Kind is what Rule names where that is no rule: macro, list, exception.
	Kind string `json:"kind"`
	Code string `json:"code"` // Falco's word for such a problem
}

func problemDocs(list []*rule.Problem) []Problem {
	out := []Problem{}
	for _, p := range list {
		out = append(out, Problem{p.Title, p.RuleID, p.File, p.Line, p.Col, p.Feature, p.Reason, p.Advice, p.Kind, p.Code})
	}
	return out
}

// WriteCheckJSON writes the result of reading rules as one document.
func WriteCheckJSON(w io.Writer, r *load.Result) error {
	docs := []report.Rule{}
	for _, x := range rule.Distinct(r.Rules) {
		docs = append(docs, report.NewRule(x))
	}
	return writeJSON(w, struct {
		Schema      string        `json:"schema"`
		Documents   int           `json:"documents"`
		Loaded      int           `json:"loaded"`
		Rules       []report.Rule `json:"rules"`
		Unsupported []Problem     `json:"unsupported"`
		Errors      []Problem     `json:"errors"`
		Warnings    []Problem     `json:"warnings"`
	}{CheckSchema, r.Documents, len(rule.Distinct(r.Rules)), docs, problemDocs(r.Unsupported), problemDocs(r.Errors), problemDocs(r.Warnings)})
}
