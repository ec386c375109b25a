package report_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
)

func TestEncode(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain", `"plain"`},
		{"a<b>&\"'", `"a<b>&\"'"`},
		{"\x1b[31m\n\t", `"\u001b[31m\n\t"`},
		{"\x7f\u009b", `"\u007f\u009b"`},
		{"a\u202eb\u200b\u2028", `"a\u202eb\u200b\u2028"`},
		{"日本🙂", `"日本🙂"`},
		{"\U000e0041", `"\udb40\udc41"`},
		{"\xff", `"\ufffd"`},
	} {
		got, err := report.Encode(c.in, "")
		if err != nil || string(got) != c.want {
			t.Errorf("Encode(%q) = %s, %v, want %s", c.in, got, err, c.want)
		}
	}
}

func FuzzEncode(f *testing.F) {
	f.Add("a\x1b\u202e\U000e0041\xff")
	f.Fuzz(func(t *testing.T, in string) {
		b, err := report.Encode(map[string]string{"k": in}, "  ")
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsFunc(string(b), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
			t.Fatalf("%q has characters that are not printable", b)
		}
		var out map[string]string
		if err := json.Unmarshal(b, &out); err != nil {
			t.Fatal(err)
		}
		if want := strings.ToValidUTF8(in, "\ufffd"); len([]rune(out["k"])) < len([]rune(want)) {
			t.Fatalf("%q became %q", in, out["k"])
		} else if strings.ToValidUTF8(in, "") == in && out["k"] != in {
			t.Fatalf("%q became %q", in, out["k"])
		}
	})
}

func TestAtLeast(t *testing.T) {
	r := samples()["full"]
	for _, c := range []struct {
		least                       rule.Severity
		findings, incidents, hidden int
	}{
		{rule.Informational, 10, 3, 0},
		{rule.Medium, 7, 3, 3},
		{rule.Critical, 1, 1, 9},
	} {
		got := r.AtLeast(c.least)
		if len(got.Findings) != c.findings || len(got.Incidents) != c.incidents || got.Hidden != c.hidden {
			t.Errorf("%s: %d findings, %d incidents, %d hidden", c.least, len(got.Findings), len(got.Incidents), got.Hidden)
		}
	}
	if r.Worst() != rule.Critical || samples()["quiet"].Worst() != 0 {
		t.Error("worst severity")
	}
}
