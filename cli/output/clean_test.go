package output

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"plain text", "plain text"},
		{"héllo – 日本 🙂", "héllo – 日本 🙂"},
		{"\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		{"a\nb\r\tc\x00\x7f", `a\nb\r\tc\x00\x7f`},
		{"\u009b31m", `\x9b31m`},
		{"a\u202eb\u200bc\u2066d", `a\u202eb\u200bc\u2066d`},
		{"bad \xff\xc3", `bad \xff\xc3`},
		{"nb\u00a0sp", `nb\xa0sp`},
		{"\U000e0041", `\U000e0041`},
		{"\ufffd", "\ufffd"},
	} {
		if got := Clean(c.in); got != c.want {
			t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got, want := CleanLines("a\x1b\n\tb\r\n"), "a\\x1b\n\tb\\r\n"; got != want {
		t.Errorf("CleanLines = %q, want %q", got, want)
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\x1b[2J\u202e\xff")
	f.Fuzz(func(t *testing.T, in string) {
		out := Clean(in)
		if !utf8.ValidString(out) {
			t.Fatalf("Clean(%q) = %q is not UTF-8", in, out)
		}
		if i := strings.IndexFunc(out, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
			t.Fatalf("Clean(%q) = %q has %q", in, out, out[i:])
		}
		if Clean(out) != out {
			t.Fatalf("Clean is not idempotent on %q", in)
		}
		for _, width := range []int{1, 8, 40} {
			lines := wrap(out, width)
			if got, want := strings.Join(strings.Fields(strings.Join(lines, "")), ""), strings.Join(strings.Fields(out), ""); got != want {
				t.Fatalf("wrap(%q, %d) lost text: %q", out, width, lines)
			}
			for _, l := range lines {
				if columns(l) > max(width, 8) {
					t.Fatalf("wrap(%q, %d): line %q has %d columns", out, width, l, columns(l))
				}
			}
		}
	})
}
