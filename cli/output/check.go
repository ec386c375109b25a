package output

import (
	"io"
	"strings"

	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule/sigma"
)

// CheckSchema names the document of a check of rules.
const CheckSchema = "lynceus.rules-check/v1"

// CheckWriter returns what writes the result of reading rules for people.
func CheckWriter(o TextOptions) func(io.Writer, *sigma.Result) error {
	return func(w io.Writer, r *sigma.Result) error {
		p := newPage(o)
		for _, e := range r.Errors {
			p.problem("broken", sgrRed, e)
		}
		for _, u := range r.Unsupported {
			p.problem("unsupported", sgrYellow, u)
		}
		if len(r.Errors)+len(r.Unsupported) > 0 {
			p.line("")
		}
		text := amount(int64(len(r.Rules)), "rule") + " loaded"
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
func documents(list []*sigma.Problem) int {
	type document struct{ file, id, title string }
	seen := map[document]bool{}
	for _, p := range list {
		seen[document{p.File, p.RuleID, p.Title}] = true
	}
	return len(seen)
}

// problem writes what is wrong in a rule file, with the place in it.
func (p *page) problem(word, color string, e *sigma.Problem) {
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
}

func problemDocs(list []*sigma.Problem) []Problem {
	out := []Problem{}
	for _, p := range list {
		out = append(out, Problem{p.Title, p.RuleID, p.File, p.Line, p.Col, p.Feature, p.Reason, p.Advice})
	}
	return out
}

// WriteCheckJSON writes the result of reading rules as one document.
func WriteCheckJSON(w io.Writer, r *sigma.Result) error {
	docs := []report.Rule{}
	for _, x := range r.Rules {
		docs = append(docs, report.NewRule(x))
	}
	return writeJSON(w, struct {
		Schema      string        `json:"schema"`
		Documents   int           `json:"documents"`
		Loaded      int           `json:"loaded"`
		Rules       []report.Rule `json:"rules"`
		Unsupported []Problem     `json:"unsupported"`
		Errors      []Problem     `json:"errors"`
	}{CheckSchema, r.Documents, len(r.Rules), docs, problemDocs(r.Unsupported), problemDocs(r.Errors)})
}
