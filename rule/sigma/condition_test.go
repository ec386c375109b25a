package sigma

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/expr"
)

// parseNames parses a condition over names; the leaves print as their names.
func parseNames(text string, names []string) (expr.Node, *conditionError) {
	leaf := func(name string, _ int) expr.Node { return &expr.Pred{Op: expr.OpExists, Name: name} }
	return parseCondition(text, names, leaf, func(offset int) expr.Pos { return expr.Pos{Line: 1, Col: offset + 1} })
}

func TestCondition(t *testing.T) {
	names := strings.Fields("a b c sel_1 sel_2 sel_3x filter_main filter_opt _hidden _also")
	for _, c := range []struct{ in, want string }{
		{`a`, `a`},
		{`a or b`, `a or b`},
		{`a and b or c`, `a and b or c`},
		{`a or b and c`, `a or b and c`},
		{`(a or b) and c`, `(a or b) and c`},
		{`not a and b`, `not a and b`},
		{`not (a and b)`, `not (a and b)`},
		{`not not a`, `not not a`},
		{`a AND NOT b`, `a and not b`},
		{"a\n and (\tb)", `a and b`},
		{`((((a))))`, `a`},
		{`1 of sel_*`, `sel_1 or sel_2 or sel_3x`},
		{`any of sel_*`, `sel_1 or sel_2 or sel_3x`},
		{`all of sel_*`, `sel_1 and sel_2 and sel_3x`},
		{`all of sel_?`, `!7:no selection's name matches "sel_?"`},
		{`1 of *_*x`, `sel_3x`},
		{`1 of sel*_3*`, `sel_3x`},
		{`1 of sel_1`, `sel_1`},
		{`1 of them`, `a or b or c or sel_1 or sel_2 or sel_3x or filter_main or filter_opt`},
		{`all of *`, `a and b and c and sel_1 and sel_2 and sel_3x and filter_main and filter_opt`},
		{`1 of _*`, `_hidden or _also`},
		{`_hidden and a`, `_hidden and a`},
		{`1 of sel_* and not 1 of filter_*`, `(sel_1 or sel_2 or sel_3x) and not (filter_main or filter_opt)`},
		{`not 1 of filter_* and a`, `not (filter_main or filter_opt) and a`},
		{``, `!0:it is empty`},
		{`d`, `!0:nothing here is called "d"`},
		{`a and`, `!5:a selection is missing at the end`},
		{`a or or b`, `!5:"or" stands where a selection should`},
		{`a b`, `!2:"b" stands where and, or or the end should`},
		{`(a`, `!2:a closing bracket is missing at the end`},
		{`a)`, `!1:")" stands where and, or or the end should`},
		{`()`, `!1:")" stands where a selection should`},
		{`not`, `!3:a selection is missing at the end`},
		{`1 of`, `!4:them, or a pattern of names, is missing at the end`},
		{`of a`, `!0:"of" stands where a selection should`},
		{`1 of nothing*`, `!5:no selection's name matches "nothing*"`},
		{`sel_*`, `!0:nothing here is called "sel_*"`},
		{`2 of sel_*`, `?0:"2" of: Sigma counts 1 of or all of only`},
		{`a | count() > 5`, `?2:aggregations were removed from Sigma`},
		{`count(a) > 5`, `?0:aggregations were removed from Sigma`},
		{strings.Repeat("(", 200) + "a" + strings.Repeat(")", 200), `!100:nested more than 100 levels deep`},
		{strings.Repeat("a or ", 6000) + "a", `!25001:more than 10000 words`},
	} {
		n, err := parseNames(c.in, names)
		var got string
		var u *unsupportedError
		switch {
		case err == nil:
			got = expr.Print(n)
		case errors.As(err.err, &u):
			got = fmt.Sprintf("?%d:%s", err.offset, u.reason)
		default:
			got = fmt.Sprintf("!%d:%s", err.offset, err.err)
		}
		if got != c.want {
			t.Errorf("%.60s\n   gave %s\n   want %s", c.in, got, c.want)
		}
	}
}

func TestSelects(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"them", "a", true}, {"THEM", "a", true}, {"them", "_a", false},
		{"*", "a", true}, {"*", "_a", false}, {"_*", "_a", true},
		{"a*", "abc", true}, {"*c", "abc", true}, {"a*c", "abc", true}, {"a*b*c", "abc", true}, {"a*c*b", "abc", false},
		{"ab*bc", "abc", false}, {"abc", "abc", true}, {"abc", "abcd", false}, {"**", "a", true},
	} {
		if got := selects(c.pattern, c.name); got != c.want {
			t.Errorf("selects(%q, %q) = %v", c.pattern, c.name, got)
		}
	}
}
