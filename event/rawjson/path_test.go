package rawjson

import (
	"slices"
	"strings"
	"testing"
)

func bare(name string) Step { return Step{Kind: StepKey, Name: name} }

func TestParsePath(t *testing.T) {
	for _, test := range []struct {
		text string
		want Path
		out  string // where it differs from text
	}{
		{"verb", Path{bare("verb")}, ""},
		{"user.username", Path{bare("user"), bare("username")}, ""},
		{"a.io/decision", Path{bare("a"), bare("io/decision")}, ""},
		{"data.*", Path{bare("data"), AnyKey()}, ""},
		{"*.x", Path{AnyKey(), bare("x")}, ""},
		{"a[0].b", Path{bare("a"), Index(0), bare("b")}, ""},
		{"a[-1][2]", Path{bare("a"), Index(-1), Index(2)}, ""},
		{"[0].b", Path{Index(0), bare("b")}, ""},
		{"['a.b'].c", Path{Key("a.b"), bare("c")}, ""},
		{`a["b.c"]`, Path{bare("a"), Key("b.c")}, "a['b.c']"},
		{`a."b.c".d`, Path{bare("a"), Key("b.c"), bare("d")}, "a['b.c'].d"},
		{`a.'*'`, Path{bare("a"), Key("*")}, "a['*']"},
		{`['it\'s \\']`, Path{Key(`it's \`)}, ""},
		{`a['']`, Path{bare("a"), Key("")}, ""},
		{"a b.c-d", Path{bare("a b"), bare("c-d")}, ""},
	} {
		got, err := ParsePath(test.text)
		if err != nil {
			t.Errorf("ParsePath(%q): %v", test.text, err)
			continue
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("ParsePath(%q) = %+v, want %+v", test.text, got, test.want)
		}
		out := test.out
		if out == "" {
			out = test.text
		}
		if got.String() != out {
			t.Errorf("ParsePath(%q).String() = %q, want %q", test.text, got.String(), out)
		}
	}
}

func TestParsePathErrors(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", "byte offset 0: expected a member name"},
		{"a.", "byte offset 2: expected a member name"},
		{"a..b", "byte offset 2: expected a member name"},
		{"a[", "leave out []"},
		{"a[]", "leave out []"},
		{"a[*].b", "leave out [*]"},
		{"a[x]", "expected an index"},
		{"a[0", "expected ]"},
		{"a['b'", "expected ]"},
		{"a['b]", "quote is not closed"},
		{"a[0]b", "byte offset 4: expected a dot"},
		{"a]b", `a name with ']' must be quoted`},
	} {
		_, err := ParsePath(test.text)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("ParsePath(%q): %v, want %q in it", test.text, err, test.want)
		}
	}
}

func FuzzParsePath(f *testing.F) {
	for _, seed := range []string{"a.b[0]['x.y'].*", `."a"`, "[", "a['\\", "a[99999999999999999999]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePath(text)
		if err != nil {
			return
		}
		again, err := ParsePath(p.String())
		if err != nil || !slices.Equal(p, again) {
			t.Errorf("%q prints as %q, which reads as %v, %v", text, p, again, err)
		}
	})
}
