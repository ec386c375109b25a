package output

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/internal/sample"
	"github.com/lynceus-io/lynceus/rule"
)

func text(t *testing.T, r *report.Result, o TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteText(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		golden string
		r      *report.Result
		o      TextOptions
	}{
		{"full.txt", sample.Full(), TextOptions{}},
		{"full-narrow.txt", sample.Full(), TextOptions{Width: 60}},
		{"full-color.txt", sample.Full(), TextOptions{Width: 120, Color: true}},
		{"high-only.txt", sample.Full().AtLeast(rule.High), TextOptions{}},
		{"critical-only.txt", sample.Quiet().AtLeast(rule.Critical), TextOptions{}},
		{"quiet.txt", sample.Quiet(), TextOptions{Width: 80}},
	} {
		golden(t, c.golden, []byte(text(t, c.r, c.o)))
	}
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Nothing of what an attacker wrote may reach the terminal as more than text,
// and no line may be wider than the screen.
func TestTextIsSafeAndFits(t *testing.T) {
	for width := 20; width < 200; width += 7 {
		for _, color := range []bool{false, true} {
			out := sgr.ReplaceAllString(text(t, sample.Full(), TextOptions{Width: width, Color: color}), "")
			for l := range strings.Lines(out) {
				l = strings.TrimSuffix(l, "\n")
				if Clean(l) != l {
					t.Fatalf("width %d: unclean line %q", width, l)
				}
				if n := columns(l); n > max(width, minWidth) {
					t.Errorf("width %d: line of %d columns: %s", width, n, l)
				}
			}
		}
	}
}

func TestNothingButHidden(t *testing.T) {
	r := sample.Full().AtLeast(rule.Critical)
	r.Findings, r.Incidents = nil, nil
	if out := text(t, r, TextOptions{}); !strings.HasPrefix(out, "Nothing of note; 9 findings are less severe and not shown.\n") {
		t.Error(out)
	}
}
