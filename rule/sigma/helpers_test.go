package sigma

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// ruleText is a document around the members of one selection.
func ruleText(members string) string {
	return "title: t\nlogsource: {product: kubernetes, service: audit}\ndetection:\n  s:\n" + indented(members, "    ") + "  condition: s\n"
}

func indented(text, by string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		b.WriteString(by + line)
	}
	return b.String()
}

// outcome draws what a text became: its rules' trees, one a line, or its
// problems.
func outcome(r *Result) string {
	var out []string
	for _, p := range r.Errors {
		out = append(out, fmt.Sprintf("error %d:%d %s: %s", p.Line, p.Col, p.Feature, p.Reason))
	}
	for _, p := range r.Unsupported {
		out = append(out, fmt.Sprintf("unsupported %d:%d %s: %s", p.Line, p.Col, p.Feature, p.Reason))
	}
	if len(out) > 0 {
		return strings.Join(out, "\n")
	}
	for _, r := range r.Rules {
		if r.Expr != nil {
			out = append(out, expr.Print(r.Expr))
		}
	}
	return strings.Join(out, "\n")
}

// one loads a text with exactly one sound rule.
func one(t *testing.T, text string) *rule.Rule {
	t.Helper()
	r := Parse(Options{}, "t.yml", text)
	if len(r.Rules) != 1 || len(r.Errors)+len(r.Unsupported) > 0 {
		t.Fatalf("not one sound rule:\n%s", outcome(r))
	}
	return r.Rules[0]
}

// byTitle returns the rule of a title.
func byTitle(t *testing.T, r *Result, title string) *rule.Rule {
	t.Helper()
	for _, x := range r.Rules {
		if x.Title == title {
			return x
		}
	}
	t.Fatalf("no rule %q:\n%s", title, outcome(r))
	return nil
}
