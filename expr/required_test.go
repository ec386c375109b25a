package expr

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"testing"
)

func TestRequiredTexts(t *testing.T) {
	tests := []struct{ re, want string }{
		{"abc", "[[abc]]"},
		{"(?i)ABC", "[[abc]]"},
		{"ab+c", "[[ab] [bc]]"},
		{"foo.*bar", "[[foo] [bar]]"},
		{"(foo|bar)baz", "[[foobaz barbaz]]"},
		{"foo(x|yy)?bar", "[[fooxbar fooyybar foobar]]"},
		{"(foo.*|bar[0-9]+)$", "[[foo bar]]"},
		{"(foo|.*)", "[]"},
		{"(foo)+x", "[[foo] [foox]]"},
		{"(foo){2,}", "[[foo]]"},
		{"(foo){0,2}", "[]"},
		{"[ab]cd", "[[acd bcd]]"},
		{"[a-z]cd", "[[cd]]"},
		{"^/bin/(ba|z)?sh$", "[[/bin/bash /bin/zsh /bin/sh]]"},
		{"foo\uFFFDbar", "[]"},
		{"(nc|ncat|netcat)x?", "[[nc netcat]]"},
		{`\b(a[0-9]\.)*(one|two)\.(org|com)`, "[[one.org one.com two.org two.com]]"},
		{`/(\.\.\.+|[ \t]+|\.[ \t]+)(/|$)`, "[[/... /\t /  /.\t /. ]]"},
		{`x/([a-z]+/)*y`, "[[x/]]"},
		{"a+", "[]"},
		{`\b(nc|ncat)[ \t]+x`, "[[nc\t nc  ncat\t ncat ] [\tx  x]]"},
		{"a*b+c", "[[bc]]"},
		{"(ab)*cd", "[[cd]]"},
		{"", "[]"},
	}
	var many []string
	for i := range maxChoices {
		many = append(many, fmt.Sprintf("name%03d", i))
	}
	tests = append(tests, struct{ re, want string }{`(^|[/\s])(` + strings.Join(many, "|") + `)\b`, fmt.Sprint([][]string{many})},
		struct{ re, want string }{"(?i)" + strings.Join(append(many, "other"), "|"), "[]"})
	for _, tt := range tests {
		re, err := syntax.Parse(tt.re, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(requiredTexts(re)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.re, got, tt.want)
		}
	}
}
