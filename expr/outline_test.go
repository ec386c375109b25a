package expr

import (
	"regexp"
	"regexp/syntax"
	"testing"
)

func TestOutline(t *testing.T) {
	tests := []struct {
		re       string
		excludes []string
		not      []string
	}{
		{`^\[[a-z]+\]`, []string{"", "[]", "/usr/bin/awk", "a[b]"}, []string{"[kworker/0:1]"}},
		{`(?i)^K`, []string{"", "x"}, []string{"k", "K", "\u212a"}},
		{`^([a-z]{8,63}\.){4,}x`, []string{"short.name.x", "abcdefgh.abcdefgh.abcdefgh.abcdefghx"}, []string{"abcdefgh.abcdefgh.abcdefgh.abcdefgh.x"}},
		{`^(a|b*c|(?:^d))`, []string{"e", "ae"[1:]}, []string{"a", "c", "bc", "d"}},
		{`^a?`, nil, []string{"", "b"}},
		{`^(a?|b)c`, []string{"d"}, []string{"c", "ac", "bc"}},
		{`^[^/]`, []string{"", "/"}, []string{"a", "\xff", "\u00e9"}},
		{`^.`, []string{""}, []string{"\xff"}},
		{`(?m)^a`, []string{""}, []string{"b\na"}},
		{`a|^b`, []string{""}, []string{"xa"}},
		{`\bab`, []string{"a"}, []string{"-ab"}},
	}
	for _, tt := range tests {
		tree, err := syntax.Parse(tt.re, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		o := outlineOf(tree)
		for _, text := range tt.excludes {
			if !o.excludes(text) {
				t.Errorf("%s: %q is not excluded", tt.re, text)
			}
		}
		for _, text := range tt.not {
			if o.excludes(text) {
				t.Errorf("%s: %q is excluded", tt.re, text)
			}
		}
	}
}

// FuzzRegexShortcuts holds that what a value is refused for before the
// expression runs is never wrong.
func FuzzRegexShortcuts(f *testing.F) {
	for _, s := range [][2]string{
		{`^\[[a-z][a-z_]+(/[0-9a-z:.+-]+)*\](\s|$)`, "[kworker/0:1]"},
		{`/\.[^/]+$|/(\.\.\.+|\s+|\.\s+)(/|$)|^/(tmp|run)/(.*/)?\.[^/.][^/]*/`, "/tmp/ /x"},
		{`(?i)^([a-z0-9_-]{8,63}\.){4,}[a-z0-9-]+`, "K\u212a"},
		{`(foo|ba+r)+x{2,}(?m:^y)?`, "foobaaarxx"},
		{`(a*|b)c+|d?e`, "bcc"},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, expression, text string) {
		if len(expression) > 200 || len(text) > 1000 {
			return
		}
		re, err := regexp.Compile(expression)
		if err != nil {
			return
		}
		tree, err := syntax.Parse(expression, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		if !re.MatchString(text) {
			return
		}
		if o := outlineOf(tree); o.excludes(text) {
			t.Errorf("%q matches %q and is excluded by its outline, %d bytes", expression, text, o.least)
		}
		if required := requiredTexts(tree); !containsAll(string(AppendFold(nil, text)), required) {
			t.Errorf("%q matches %q, which has none of one of %q", expression, text, required)
		}
	})
}
