package backtest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/rule"
)

var (
	day   = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	shell = &rule.Rule{ID: "shell", Title: "A shell", Severity: rule.Medium}
	quiet = &rule.Rule{ID: "quiet", Title: "Nothing", Severity: rule.Low}
)

// found is a finding of shell, i hours after the first.
func found(i int, user string, sev rule.Severity) *detect.Finding {
	at := day.Add(time.Duration(i) * time.Hour)
	return &detect.Finding{
		ID: fmt.Sprintf("f%02d", i), Rule: shell, Severity: sev, First: at, Last: at, Count: 2, Failed: 1, EventUIDs: []string{"1", "2", "3", "4", "5", "6"},
		Actor:    detect.Actor{User: user},
		Target:   detect.Target{Verb: "get", Resource: "pods", Subresource: "exec", Namespace: "shop", Name: "web-1"},
		Evidence: []detect.Value{{Field: "k8s.workload", Value: "web"}, {Field: "k8s.workload_kind", Value: "Deployment"}},
	}
}

func TestNew(t *testing.T) {
	in := Input{
		Rules: []*rule.Rule{quiet, shell}, Muted: []string{"shell"}, Now: day,
		Exclusions: []exclude.Exclusion{
			{ID: "x", Rules: []string{"shell"}, Scope: exclude.Scope{User: "bob"}, Expires: day.Add(time.Hour)},
			{ID: "over", Rules: []string{"shell"}, Expires: day},
		},
	}
	for i := range 30 {
		user, sev := "ann", rule.Medium
		if i%10 == 0 {
			user, sev = "bob", rule.High
		}
		in.Findings = append(in.Findings, found(i*5, user, sev))
	}
	gone := found(1000, "ann", rule.Low)
	in.Stored = append([]*detect.Finding{gone}, in.Findings[:10]...)
	r := New(in)
	if r.Findings != 30 || r.Requests != 60 || !r.ExclusionsKnown || len(r.Rules) != 2 || r.Rules[1].ID != "quiet" || r.Rules[1].Findings != 0 {
		t.Fatalf("%+v", r)
	}
	x := r.Rules[0]
	if x.Failed != 30 || !x.Muted || x.ExcludedFindings != 3 || x.Excluded[0] != (Tally{"x", 3, 6}) {
		t.Errorf("%+v", x)
	}
	if want := []Tally{{"high", 3, 6}, {"medium", 27, 54}}; !slices.Equal(x.Severities, want) {
		t.Errorf("severities %v, want %v", x.Severities, want)
	}
	if n := len(x.Days); n != 7 || x.Days[0].Name != "2026-03-04" || x.Days[0].Findings != 3 || x.Days[6].Name != "2026-03-10" {
		t.Errorf("days %v", x.Days)
	}
	if x.Workloads.Distinct != 1 || x.Workloads.Top[0].Name != "shop/Deployment/web" || x.Targets.Top[0].Name != "shop/pods/exec/web-1" || x.Users.Distinct != 2 || x.Users.Top[0].Name != "ann" {
		t.Errorf("%+v %+v %+v", x.Workloads, x.Targets, x.Users)
	}
	if x.Stored != (Stored{Findings: 11, Requests: 22, Both: 10, OnlyHere: 20, OnlyThen: 1}) {
		t.Errorf("%+v", x.Stored)
	}
	if len(x.Samples) != maxSamples || x.Samples[0].Severity != "high" || x.Samples[0].ID != "f100" || x.Samples[0].Excluded != "x" || len(x.Samples[0].EventUIDs) != maxSampleUIDs || x.Samples[3].ID != "f145" {
		t.Errorf("%+v", x.Samples)
	}
	if New(Input{Rules: in.Rules}).ExclusionsKnown {
		t.Error("exclusions that nobody asked for are known")
	}
}

func TestDays(t *testing.T) {
	f := func(want int, times ...time.Time) {
		t.Helper()
		days := tallies{}
		for _, at := range times {
			days.add(at.Format(time.DateOnly), &detect.Finding{Count: 1})
		}
		got := days.byDay()
		if len(got) != want {
			t.Errorf("%v: %d days, want %d", times, len(got), want)
		}
	}
	f(0)
	f(1, day, day)
	f(3, day, day.AddDate(0, 0, 2))
	f(maxDays, day, day.AddDate(90, 0, 0))
	f(0, day.AddDate(20_000, 0, 0))
}

func TestPlaces(t *testing.T) {
	f := func(target1 detect.Target, wantTarget, wantWorkload string) {
		t.Helper()
		x := &detect.Finding{Target: target1}
		if got := target(x); got != wantTarget {
			t.Errorf("target %q, want %q", got, wantTarget)
		}
		if got := workload(x); got != wantWorkload {
			t.Errorf("workload %q, want %q", got, wantWorkload)
		}
	}
	f(detect.Target{Resource: "daemonsets", Namespace: "kube-system", Name: "x"}, "kube-system/daemonsets/x", "kube-system/DaemonSet/x")
	f(detect.Target{Resource: "pods", Namespace: "shop", Name: "web-1"}, "shop/pods/web-1", "")
	f(detect.Target{URI: "/version"}, "/version", "")
	f(detect.Target{Namespace: "shop", Name: "web-1"}, "shop/web-1", "")
	f(detect.Target{Resource: "secrets"}, "secrets", "")
}
