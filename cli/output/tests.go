package output

import (
	"fmt"
	"io"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/rule"
)

// TestWriter writes the results of rules' own tests as they come.
type TestWriter struct {
	w              io.Writer
	options        TextOptions
	verbose        bool
	passed, failed int
	err            error
}

// NewTestWriter returns a writer to w; a verbose one names the tests that
// passed, too.
func NewTestWriter(w io.Writer, o TextOptions, verbose bool) *TestWriter {
	return &TestWriter{w: w, options: o, verbose: verbose}
}

// Failed returns how many tests failed and how many problems there were.
func (t *TestWriter) Failed() int { return t.failed }

// Broken tells of a rule that cannot be read.
func (t *TestWriter) Broken(e *rule.Problem) {
	t.failed++
	p := newPage(t.options)
	p.problem("BROKEN", sgrRed, e)
	t.write(p)
}

// Result tells how a test of r went that made these findings of the rule. Why
// is asked where it failed, and says what may help to see the reason.
func (t *TestWriter) Result(r *rule.Rule, c *rule.Test, findings []*detect.Finding, why func() []string) {
	want, got, ok := verdict(c, findings)
	p := newPage(t.options)
	name := fmt.Sprintf("%s: %s", Clean(callName(r)), Clean(c.Name))
	if ok {
		t.passed++
		if t.verbose {
			p.hang(p.with(sgrCyan, "ok")+"   ", 5, 5, name, nil)
			t.write(p)
		}
		return
	}
	t.failed++
	p.hang(p.with(sgrRed, "FAIL")+" ", 5, 5, name, p.bold)
	p.hang("     want ", 10, 10, want, nil)
	p.hang("     got  ", 10, 10, got, nil)
	for _, f := range findings {
		text := fmt.Sprintf("%s: %s", f.Severity, Clean(incident.Responsible(f)+" "+incident.Describe(f)))
		if len(f.Reasons) > 0 {
			text += fmt.Sprintf(", because %s", Clean(some(f.Reasons, len(f.Reasons), 5)))
		}
		p.hang("          - ", 12, 12, text, nil)
	}
	for _, line := range why() {
		p.hang("          ", 10, 12, Clean(line), p.dim)
	}
	p.hang("     at   ", 10, 10, Clean(fmt.Sprintf("%s:%d", r.Source.File, c.At.Line)), p.dim)
	t.write(p)
}

// verdict says in words what a test wants and what it got, and whether they
// agree.
func verdict(c *rule.Test, findings []*detect.Finding) (want, got string, ok bool) {
	var worst rule.Severity
	for _, f := range findings {
		worst = max(worst, f.Severity)
	}
	want, got = "no finding", "no finding"
	if c.Match {
		want = "a finding"
		if c.Severity != 0 {
			want += " of severity " + c.Severity.String()
		}
	}
	if n := len(findings); n > 0 {
		got = amount(int64(n), "finding") + " of severity " + worst.String()
	}
	matched := len(findings) > 0
	return want, got, matched == c.Match && (!matched || c.Severity == 0 || c.Severity == worst)
}

// Close writes how many tests passed and failed, and which rules have none.
func (t *TestWriter) Close(untested []string) error {
	p := newPage(t.options)
	text := fmt.Sprintf("%s passed, %s failed", number(int64(t.passed)), number(int64(t.failed)))
	style := sgrBold
	if t.failed > 0 {
		style = sgrRed
	}
	if n := len(untested); n > 0 {
		p.hang("", 0, 0, Clean(fmt.Sprintf("%s no test: %s", hasHave(n, "rule"), some(untested, n, 5))), p.dim)
	}
	p.line(p.with(style, text))
	t.write(p)
	return t.err
}

func hasHave(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " has"
	}
	return amount(int64(n), noun) + " have"
}

func (t *TestWriter) write(p *page) {
	if err := p.writeTo(t.w); err != nil && t.err == nil {
		t.err = err
	}
}
