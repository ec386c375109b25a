package eval

import (
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
)

func TestScore(t *testing.T) {
	found := &detect.Finding{Rule: &rule.Rule{Name: "secrets"}, Severity: rule.High, AuditIDs: []string{"a", "x"}, Actor: detect.Actor{User: "system:serviceaccount:shop:web", ServiceAccount: "shop/web", TokenPod: "web-1", TokenWorkload: "Deployment/web", CallerPod: "data/notebook"}}
	noise := &detect.Finding{Rule: &rule.Rule{Name: "noise"}, Severity: rule.Medium, AuditIDs: []string{"z"}}
	quiet := &detect.Finding{Rule: &rule.Rule{Name: "quiet"}, Severity: rule.Informational, AuditIDs: []string{"b"}}
	all := []*detect.Finding{found, noise, quiet}
	r := &Recording{Name: "r", Steps: []Step{
		{Number: 1, Technique: "T1552.007", Attack: true, Actor: "system:serviceaccount:shop:web", Person: "mira", Pod: "shop/api-1", CallerPod: "data/notebook", Workload: "Deployment/web", AuditIDs: []string{"a"}},
		{Number: 2, Technique: "T1613", Attack: true, AuditIDs: []string{"b"}},
		{Number: 3, Technique: "T1613", Attack: true, AuditIDs: []string{"c"}},
		{Number: 4, AuditIDs: []string{"z"}},
	}}
	s := Summarize([]*Score{score(r, &report.Result{Findings: all, Incidents: []*incident.Incident{{Findings: all, Actors: []incident.Actor{{Name: "mira", Kind: incident.Person}}}}, Coverage: coverage.Report{Requests: 13}})})
	if want := (Recall{Found: Ratio{2, 3}, Quiet: 1, Alarm: 1}); s.All != want {
		t.Errorf("all steps: %+v, want %+v", s.All, want)
	}
	if want := (Recall{Found: Ratio{1, 2}, Quiet: 1}); s.Techniques["T1613"] != want {
		t.Errorf("T1613: %+v, want %+v", s.Techniques["T1613"], want)
	}
	if len(s.Missed) != 1 || s.Missed[0].Step != 3 {
		t.Errorf("missed: %+v, want step 3", s.Missed)
	}
	if want := (Who{Actor: Ratio{1, 1}, Person: Ratio{0, 1}, Told: Ratio{1, 1}, Behind: Ratio{1, 1}, TokenPod: Ratio{0, 1}, CallerPod: Ratio{1, 1}, Workload: Ratio{1, 1}}); s.Who != want {
		t.Errorf("who: %+v, want %+v", s.Who, want)
	}
	if want := []Mistaken{{"r", 1, "person, named by the finding", "mira", "system:serviceaccount:shop:web"}, {"r", 1, "token's pod", "shop/api-1", "shop/web-1"}}; !slices.Equal(s.Mistaken, want) {
		t.Errorf("mistaken: %+v, want %+v", s.Mistaken, want)
	}
	if s.LoudBeside != 1 || s.Loud["noise"] != 1 || s.BesideRequests != 10 || s.Incidents != 1 || s.Joined != 1 || s.NotableBeside != 1 {
		t.Errorf("noise is counted wrong: %+v", s)
	}
}

func TestHoldoutIsApart(t *testing.T) {
	s := Summarize([]*Score{{Recording: "a", Hostile: true, Loud: map[string]int{"x": 1}}, {Recording: "b", Hostile: true, Holdout: true, Loud: map[string]int{"y": 2}}})
	if s.Recordings != 1 || s.LoudBeside != 1 || s.Holdout == nil || s.Holdout.Recordings != 1 || s.Holdout.LoudBeside != 2 {
		t.Errorf("%+v, held out %+v", s, s.Holdout)
	}
	var text strings.Builder
	s.Print(&text)
	for _, want := range []string{"| held out ", "| held out: rule above low"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not in:\n%s", want, text.String())
		}
	}
}

func TestParseAbout(t *testing.T) {
	for _, c := range []struct {
		in   string
		want About
		ok   bool
	}{
		{"", About{}, true},
		{`{"holdout":true}`, About{Holdout: true}, true},
		{`{"actor_from_log":true}`, About{ActorFromLog: true}, true},
		{`{"holdot":true}`, About{}, false},
		{`{`, About{}, false},
	} {
		if got, err := parseAbout([]byte(c.in)); got != c.want || (err == nil) != c.ok {
			t.Errorf("%q: %+v, %v; want %+v", c.in, got, err, c.want)
		}
	}
}

func TestParseSteps(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int
		err  string
	}{
		{"", 0, ""},
		{`{"step":1,"attack":true,"audit_ids":["a"]}` + "\n" + `{"step":2,"attack":false}`, 2, ""},
		{`{"step":1,"what":"exec","attack":true}`, 0, "step 1 (exec) names no audit id"},
		{`{"step":1,"attack":false}` + "\n{", 0, "step 2: "},
	} {
		got, err := parseSteps([]byte(c.in))
		switch {
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%q: error %v, want %q", c.in, err, c.err)
		case c.err == "" && (err != nil || len(got) != c.want):
			t.Errorf("%q: %d steps, %v; want %d", c.in, len(got), err, c.want)
		}
	}
}

func FuzzParseSteps(f *testing.F) {
	f.Add([]byte(`{"step":1,"attack":true,"audit_ids":["a"]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		steps, err := parseSteps(text)
		for _, s := range steps {
			if err == nil && s.Attack && len(s.AuditIDs) == 0 {
				t.Errorf("a step without requests was let in: %+v", s)
			}
		}
	})
}

func TestWorse(t *testing.T) {
	was := func() *Summary {
		return &Summary{Recordings: 1, Techniques: map[string]Recall{"T1613": {Found: Ratio{2, 2}, Alarm: 1}}, Who: Who{Actor: Ratio{1, 1}, TokenPod: Ratio{1, 1}}, Holdout: &Summary{LoudBeside: 1}}
	}
	for name, change := range map[string]func(*Summary){
		"":                  func(*Summary) {},
		"missed now":        func(s *Summary) { s.Missed = []Missed{{What: "exec"}} },
		"T1613: 1 of 2":     func(s *Summary) { s.Techniques["T1613"] = Recall{Found: Ratio{1, 2}, Alarm: 1} },
		"T1613: 0 steps":    func(s *Summary) { s.Techniques["T1613"] = Recall{Found: Ratio{2, 2}} },
		"actor right":       func(s *Summary) { s.Actor = Ratio{0, 1} },
		"token's pod right": func(s *Summary) { s.TokenPod = Ratio{0, 1} },
		"held out: findings above low beside attacks: 2": func(s *Summary) { s.Holdout.LoudBeside = 2 },
		"held out: no recording":                         func(s *Summary) { s.Holdout = nil },
		"ordinary work: 1":                               func(s *Summary) { s.LoudBenign = 1 },
		"beside attacks":                                 func(s *Summary) { s.LoudBeside = 1 },
		"incidents":                                      func(s *Summary) { s.Incidents = 1 },
		"joined":                                         func(s *Summary) { s.Joined = 1 },
		"recordings: 0":                                  func(s *Summary) { s.Recordings = 0 },
	} {
		is := was()
		change(is)
		got := strings.Join(is.Worse(was()), "\n")
		if (name == "") != (got == "") || !strings.Contains(got, name) {
			t.Errorf("want %q, got %q", name, got)
		}
	}
}
