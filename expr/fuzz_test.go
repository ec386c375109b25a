package expr

import (
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/event"
)

// FuzzFold compares folds with strings.EqualFold.
func FuzzFold(f *testing.F) {
	f.Add("Straße", "STRAẞE")
	f.Add("\u212a", "k")
	f.Add("ſ", "S")
	f.Add("abcdefgh", "ABCDEFGH")
	f.Add("@[`{abcd", "@[`{ABCD")
	f.Fuzz(func(t *testing.T, a, b string) {
		if isFolded(a) && string(AppendFold(nil, a)) != a {
			t.Fatalf("%q is no fold", a)
		}
		if !utf8.ValidString(a) || !utf8.ValidString(b) {
			return
		}
		if got, want := fold(a) == fold(b), strings.EqualFold(a, b); got != want {
			t.Fatalf("%q and %q: %v, want %v", a, b, got, want)
		}
		if fold(fold(a)) != fold(a) {
			t.Fatalf("the fold of %q folds further", a)
		}
	})
}

// FuzzAddress compares ParseAddr with netip.ParseAddr.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"10.0.0.1", "::", "::1", "1::", "fe80::1%eth0", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4", "1::2::3", "01.2.3.4", "1.2.3.4.5", ":::", "12345::", "1:2:3:4:5:6:7::", "::1.2.3.4:5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := ParseAddr(s)
		want, err := netip.ParseAddr(s)
		wantOK := err == nil && want.Zone() == ""
		if ok != wantOK || ok && got != want.Unmap() {
			t.Fatalf("%q: %v %v, want %v %v", s, got, ok, want, wantOK)
		}
	})
}

// FuzzGlob compares globs with regular expressions.
func FuzzGlob(f *testing.F) {
	f.Add("a*b?c", "axbyc")
	f.Add(`\**?`, "*x")
	f.Add("*ab*ab*?", "ababa")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if !utf8.ValidString(pattern) || len(pattern) > 100 {
			return
		}
		if got, want := parseGlob(pattern).matches(text), globRegexp(pattern).MatchString(text); got != want {
			t.Fatalf("%q on %q: %v, want %v", pattern, text, got, want)
		}
	})
}

func globRegexp(pattern string) *regexp.Regexp {
	var re strings.Builder
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			re.WriteString(quoteRune(r))
			escaped = false
		case r == '\\':
			escaped = true
		case r == '*':
			re.WriteString(`(?s:.*)`)
		case r == '?':
			re.WriteString(`(?s:.)`)
		default:
			re.WriteString(quoteRune(r))
		}
	}
	if escaped {
		re.WriteString(`\\`)
	}
	return regexp.MustCompile(`\A` + re.String() + `\z`)
}

// quoteRune is a regular expression for r alone; U+FFFD, which otherwise also
// stands for bytes that are no UTF-8, is left to the few who write it.
func quoteRune(r rune) string { return regexp.QuoteMeta(string(r)) }

// FuzzRegex compares OpRegex, with the texts it requires, with the plain
// regular expression.
func FuzzRegex(f *testing.F) {
	f.Add("(foo|b.r)+baz[ab]", "xbarbaza", true)
	f.Add("^/bin/(ba|z)?sh$", "/bin/ſh", true)
	f.Add("[k-m]{2}|x\\b", "\u212al", true)
	f.Add("a\ufffdb", "a\xffb", false)
	f.Fuzz(func(t *testing.T, re, text string, fold bool) {
		p, err := NewProgram([]Node{&Pred{Field: event.Ref{Field: event.ResourceName.ID()}, Op: OpRegex, Text: re, Fold: fold}}, Options{})
		if err != nil || len(re) > 200 {
			return
		}
		if fold {
			re = "(?i)" + re
		}
		e := auditEvent("", func(e *event.Event) { event.ResourceName.Set(e, text) })
		s := p.NewSubject()
		s.Load(e)
		if got, want := p.Eval(s, 0), regexp.MustCompile(re).MatchString(text); got != want {
			t.Fatalf("%q on %q: %v, want %v", re, text, got, want)
		}
	})
}

// FuzzDocument looks for panics, and for texts that a document has and a
// keyword does not find.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(`{"a": ["x\ny", 1.5, null, true], "b": {"c": "d"}}`), "x")
	f.Add([]byte(`{"a": "\`), "")
	f.Fuzz(func(t *testing.T, raw []byte, text string) {
		n := []Node{
			&Pred{Op: OpKeyword, Text: text, Fold: true},
			&Pred{Field: event.Ref{Path: "a"}, Op: OpContains, Text: text, Fold: true},
			&Pred{Field: event.Ref{Path: "a"}, Other: event.Ref{Path: "b.c"}, Op: OpFieldContains},
		}
		p, err := NewProgram(n, Options{})
		if err != nil {
			t.Fatal(err)
		}
		s := p.NewSubject()
		s.Load(auditEvent(string(raw)))
		c, _ := p.Column(event.Ref{Path: "a"})
		for i := range s.Len(c) {
			v := s.cell(c, i)
			if v.kind == kindNull || len(v.text) == 0 || v.text[0] == '{' {
				continue
			}
			k := newKeyword(&Pred{Text: escapeGlob(v.text), Fold: true})
			if !k.holds(s) {
				t.Fatalf("no keyword finds %q in %q", v.text, raw)
			}
		}
		for i := range n {
			p.Eval(s, i)
		}
	})
}

func escapeGlob(text string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`).Replace(text)
}
