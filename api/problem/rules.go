package problem

import (
	"cmp"
	"strings"

	"github.com/lynceus-io/lynceus/rule"
)

// maxRuleErrors bounds how many places of a rule file are told.
const maxRuleErrors = 50

// OfRules tells what is wrong with the text of rules, place by place.
func OfRules(list []*rule.Problem) *Problem {
	p := New(BadRule, "the rule has an error")
	if len(list) > 1 {
		p.Message = "the rules have errors"
	}
	for _, x := range list[:min(len(list), maxRuleErrors)] {
		text := x.Reason
		if x.Feature != "" {
			text = x.Feature + ": " + text
		}
		if x.Title != "" {
			text = cmp.Or(x.Kind, "rule") + " \"" + x.Title + "\": " + text
		}
		if x.Advice != "" {
			text += "; " + x.Advice
		}
		e := QueryError{Message: text, Line: max(x.Line, 1), Column: max(x.Col, 1)}
		if x.Snippet != "" {
			e.Snippet = x.Snippet + "\n" + strings.Repeat(" ", e.Column-1) + "^"
		}
		p.Errors = append(p.Errors, e)
	}
	return p
}
