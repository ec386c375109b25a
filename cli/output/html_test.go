package output

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/internal/sample"
)

func html(t *testing.T, r *report.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteHTML(&b, r, "v1.2.3"); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHTMLShowsAll(t *testing.T) {
	page := html(t, sample.Full())
	for _, want := range []string{
		"3 incidents in 26,950 requests", "bound cluster-admin to backup-operator, from 203.0.113.66", `id="i-`, `id="f-00000000000000000000000000000006"`,
		"Whoever has cluster-admin may do everything.", "T1609 Container Administration Command", "https://attack.mitre.org/techniques/T1609/",
		"node-1/audit.log.gz:9204", "Muted", "Lynceus v1.2.3", "5ad7c0de-0000-4000-8000-000000000002", "<svg", "Privilege Escalation",
	} {
		if !strings.Contains(strings.ReplaceAll(page, nbsp, " "), want) && !strings.Contains(strings.ToLower(page), strings.ToLower(want)) {
			t.Errorf("the page does not have %q", want)
		}
	}
	if quiet := html(t, sample.Quiet()); !strings.Contains(quiet, "Nothing found") || strings.Contains(quiet, `id="findings"`) {
		t.Error("the page of a quiet scan")
	}
}

// The page loads nothing, and its policy allows its own script and style only.
func TestHTMLIsSelfContained(t *testing.T) {
	for _, page := range []string{html(t, sample.Full()), html(t, sample.Quiet())} {
		for _, bad := range []string{" src=", " style=", "@import", "url(", "javascript:", "onclick", "onload", "http-equiv=\"refresh", "<link", "<iframe", "<img", "<object", "fetch("} {
			if strings.Contains(page, bad) {
				t.Errorf("the page has %q", bad)
			}
		}
		for _, m := range regexp.MustCompile(`https?://[^/"' <]+`).FindAllString(page, -1) {
			if m != "https://attack.mitre.org" {
				t.Errorf("the page names %s", m)
			}
		}
		policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]+)"`).FindStringSubmatch(page)
		if policy == nil {
			t.Fatal("no policy")
		}
		text := strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(policy[1])
		for tag, directive := range map[string]string{"style": "style-src", "script": "script-src"} {
			content := regexp.MustCompile(`(?s)<` + tag + `>(.*?)</` + tag + `>`).FindStringSubmatch(page)[1]
			if want := fmt.Sprintf("%s '%s'", directive, sourceHash([]byte(content))); !strings.Contains(text, want) {
				t.Errorf("policy %s\nlacks %s", text, want)
			}
		}
		if !strings.HasPrefix(text, "default-src 'none';") {
			t.Errorf("policy %s", text)
		}
	}
}

// What an attacker wrote stands in the page as text.
func TestHTMLIsSafe(t *testing.T) {
	page := html(t, sample.Full())
	if strings.Contains(page, "<script>alert") || !strings.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Error("markup of an event is not escaped")
	}
	if strings.Count(page, "<script>") != 1 {
		t.Error("there is more than one script")
	}
	for _, r := range page {
		if r < ' ' && r != '\n' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x202e || r == 0x200b {
			t.Fatalf("the page has the character %U", r)
		}
	}
}

func TestHTMLIsBounded(t *testing.T) {
	r := sample.Quiet()
	base := sample.Full().Findings[0]
	for i := range htmlRows + 500 {
		f := *base
		f.ID = fmt.Sprintf("%032x", i)
		f.Actor.User, f.Actor.ServiceAccount = fmt.Sprintf("user-%d", i%40), ""
		f.First = sample.Day.Add(time.Duration(i) * time.Second)
		f.Last = f.First
		r.Findings = append(r.Findings, &f)
	}
	page := html(t, r)
	if n := strings.Count(page, "<tr id=\"f-"); n != htmlRows {
		t.Errorf("%d rows, want %d", n, htmlRows)
	}
	for _, want := range []string{"500" + nbsp + "more findings", "and 28" + nbsp + "more actors"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestScale(t *testing.T) {
	day := sample.Day
	for _, c := range []struct {
		first, last time.Time
		want        string
	}{
		{day, day, "2.50% 08:59:30, 50.00% 09:00:00, 97.50% 09:00:30"},
		{day, day.Add(9 * time.Hour), "2.50% 09:00, 34.17% 12:00, 65.83% 15:00, 97.50% 18:00"},
		{day, day.AddDate(0, 0, 3), "22.29% 03-05, 53.96% 03-06, 85.62% 03-07"},
		{day, day.AddDate(9000, 0, 0), ""},
	} {
		var got []string
		for _, tick := range newScale(c.first, c.last).ticks() {
			got = append(got, tick.X+" "+tick.Label)
		}
		if s := strings.Join(got, ", "); s != c.want && c.want != "" || len(got) > maxTicks+1 {
			t.Errorf("%s to %s: got %s, want %s", c.first, c.last, s, c.want)
		}
	}
}

func TestLanesAreOrdered(t *testing.T) {
	l := overview(sample.Full())
	var got []string
	for _, x := range l.Lanes {
		got = append(got, x.Severity)
	}
	if s := strings.Join(got, " "); s != "critical high medium medium informational" {
		t.Errorf("lanes %s", s)
	}
	if overview(&report.Result{Findings: []*detect.Finding{}}) != nil {
		t.Error("a picture of nothing")
	}
}
