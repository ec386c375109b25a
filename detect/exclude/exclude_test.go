package exclude_test

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

var (
	day    = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	single = &rule.Rule{ID: "exec", Title: "A shell in a pod", Vocabulary: "audit", Table: event.ClassAudit}
	// byCommand tells its findings apart by command, too.
	byCommand = &rule.Rule{ID: "exec", Vocabulary: "audit", Table: event.ClassAudit, Ext: &rule.Extension{Target: []event.Ref{{Field: event.AuditExecCommandLine.ID()}}}}
	counting  = &rule.Rule{ID: "exec", Correlation: &rule.Correlation{Type: rule.EventCount, GroupBy: []string{"objectRef.namespace"}}}
	temporal  = &rule.Rule{ID: "exec", Correlation: &rule.Correlation{Type: rule.Temporal, GroupBy: []string{"objectRef.namespace"}}}
)

// finding is an exec into a pod, with count requests.
func finding(r *rule.Rule, count int64) *detect.Finding {
	return &detect.Finding{
		ID: "f1", Rule: r, Severity: rule.High, Cluster: "prod", First: day, Last: day.Add(time.Hour), Count: count,
		Actor:    detect.Actor{User: "ann", Groups: []string{"dev", "ops"}, IPs: []string{"10.0.0.1"}, UserAgents: []string{"kubectl"}, Outside: "no"},
		Target:   detect.Target{Verb: "create", Resource: "pods", Subresource: "exec", Namespace: "shop", Name: "web-1", Command: "sh"},
		Evidence: []detect.Value{{Field: "objectRef.name", Value: "web-1"}, {Field: "k8s.workload", Value: "web"}, {Field: "k8s.workload_kind", Value: "Deployment"}, {Field: "objectRef.namespace", Value: "shop"}},
	}
}

func TestJudge(t *testing.T) {
	f := func(s exclude.Scope, fd *detect.Finding, want exclude.Verdict) {
		t.Helper()
		e := exclude.Exclusion{Rules: []string{"other", "exec"}, Scope: s}
		if got := e.Judge(fd); got != want {
			t.Errorf("scope %+v: verdict %d, want %d", s, got, want)
		}
	}
	is := func(field, value string) exclude.Scope {
		return exclude.Scope{Fields: []exclude.Condition{{Field: field, Value: value}}}
	}
	f(exclude.Scope{}, finding(single, 1), exclude.Covered)
	f(exclude.Scope{}, finding(&rule.Rule{ID: "third"}, 1), exclude.Outside)

	// One request: everything that is shown is known.
	full := exclude.Scope{Cluster: "prod", Namespace: "shop", WorkloadKind: "Deployment", Workload: "web", User: "ann", Fields: []exclude.Condition{
		{Field: "audit.exec.command_line", Value: "sh"}, {Field: "actor.user.groups", Value: "ops"}, {Field: "src_endpoint.ip", Value: "10.0.0.1"},
		{Field: "resource.name", Value: "web-1"}, {Field: "audit.caller_outside", Value: "no"},
	}}
	f(full, finding(single, 1), exclude.Covered)
	f(exclude.Scope{Cluster: "test"}, finding(single, 1), exclude.Outside)
	f(exclude.Scope{User: "Ann"}, finding(single, 1), exclude.Outside)
	f(exclude.Scope{User: "an"}, finding(single, 1), exclude.Outside)
	f(exclude.Scope{User: "*"}, finding(single, 1), exclude.Outside)
	f(is("audit.user.name", "ann"), finding(single, 1), exclude.Outside)
	f(is("process.name", "sh"), finding(single, 1), exclude.Outside)

	// Several requests: what they agree in.
	f(exclude.Scope{User: "ann", Namespace: "shop"}, finding(single, 5), exclude.Covered)
	f(is("resource.name", "web-1"), finding(single, 5), exclude.Covered)
	f(is("audit.exec.command_line", "sh"), finding(single, 5), exclude.Uncertain)
	f(is("audit.exec.command_line", "bash"), finding(single, 5), exclude.Outside)
	f(is("audit.exec.command_line", "sh"), finding(byCommand, 5), exclude.Covered)
	f(exclude.Scope{Namespace: "shop"}, finding(byCommand, 5), exclude.Uncertain)
	f(exclude.Scope{Workload: "web"}, finding(single, 5), exclude.Uncertain)
	f(is("actor.user.groups", "ops"), finding(single, 5), exclude.Uncertain)

	// Addresses are those of all requests, while the list is not cut off.
	f(is("src_endpoint.ip", "10.0.0.1"), finding(single, 5), exclude.Covered)
	two := finding(single, 5)
	two.Actor.IPs = []string{"10.0.0.1", "203.0.113.9"}
	f(is("src_endpoint.ip", "10.0.0.1"), two, exclude.Outside)
	cut := finding(single, 50)
	cut.Actor.UserAgents = make([]string, detect.MaxActorTexts)
	for i := range cut.Actor.UserAgents {
		cut.Actor.UserAgents[i] = "kubectl"
	}
	f(is("http_request.user_agent", "kubectl"), cut, exclude.Uncertain)
	none := finding(single, 1)
	none.Actor.IPs = nil
	f(is("src_endpoint.ip", "10.0.0.1"), none, exclude.Outside)

	// Correlations and summaries.
	f(exclude.Scope{User: "ann"}, finding(counting, 5), exclude.Covered)
	f(exclude.Scope{User: "ann"}, finding(temporal, 5), exclude.Uncertain)
	f(is("k8s.workload", "web"), finding(counting, 5), exclude.Uncertain)
	summary := finding(single, 500)
	summary.Summary = true
	f(exclude.Scope{User: "ann"}, summary, exclude.Covered)
	f(exclude.Scope{Workload: "web"}, summary, exclude.Uncertain)

	// A pod group that is the target itself.
	deployment := finding(single, 5)
	deployment.Target.Resource, deployment.Target.Name, deployment.Evidence = "deployments", "api", nil
	f(exclude.Scope{WorkloadKind: "Deployment", Workload: "api"}, deployment, exclude.Covered)
	f(exclude.Scope{WorkloadKind: "DaemonSet", Workload: "api"}, deployment, exclude.Outside)

	// What Lynceus stopped.
	denied := finding(single, 1)
	denied.Denied = true
	f(exclude.Scope{}, denied, exclude.Denied)
	f(exclude.Scope{User: "bob"}, denied, exclude.Outside)
}

func TestExpiryArmsAgain(t *testing.T) {
	s := exclude.NewSet([]exclude.Exclusion{
		{ID: "old", Rules: []string{"exec"}, Expires: day},
		{ID: "new", Rules: []string{"exec"}, Expires: day.Add(time.Hour)},
	})
	f := func(now time.Time, want string) {
		t.Helper()
		if id, _ := s.Match(finding(single, 1), now); id != want {
			t.Errorf("at %v exclusion %q covers the finding, want %q", now, id, want)
		}
	}
	f(day.Add(-1), "old")
	f(day, "new")
	f(day.Add(time.Hour), "")
}

// What covers a finding no longer covers it when other requests join it.
func TestGrowingFindingIsTold(t *testing.T) {
	s := exclude.NewSet([]exclude.Exclusion{{ID: "x", Rules: []string{"exec"}, Expires: day, Scope: exclude.Scope{
		Fields: []exclude.Condition{{Field: "audit.exec.command_line", Value: "sh"}},
	}}})
	now := day.Add(-1)
	if _, ok := s.Match(finding(single, 1), now); !ok {
		t.Error("one request that meets the condition is told")
	}
	if _, ok := s.Match(finding(single, 2), now); ok {
		t.Error("a second request, of which nothing is known, is covered")
	}
}

func TestValidate(t *testing.T) {
	f := func(change func(e *exclude.Exclusion), want ...string) {
		t.Helper()
		e := exclude.Exclusion{Rules: []string{"exec"}, Reason: "the health check does it", Author: "ann", Expires: day.Add(exclude.DefaultLife)}
		change(&e)
		err := e.Validate(day)
		if len(want) == 0 && err != nil || len(want) > 0 && !errors.Is(err, exclude.ErrInvalid) {
			t.Errorf("%+v: %v", e, err)
		}
		for _, w := range want {
			if !strings.Contains(fmt.Sprint(err), w) {
				t.Errorf("the error %v says nothing of %q", err, w)
			}
		}
	}
	f(func(e *exclude.Exclusion) {})
	f(func(e *exclude.Exclusion) { *e = exclude.Exclusion{} }, "no rule", "no reason", "no author", "no end")
	f(func(e *exclude.Exclusion) { e.Expires = day }, "ended at")
	f(func(e *exclude.Exclusion) { e.Expires = day.AddDate(2, 0, 0) }, "731 days, at most 366")
	f(func(e *exclude.Exclusion) { e.Rules = make([]string, 101) }, "101 rules")
	f(func(e *exclude.Exclusion) { e.Scope.Workload = "web" }, "no namespace")
	f(func(e *exclude.Exclusion) { e.Scope.WorkloadKind = "Deployment" }, "no workload")
	cond := func(field, value string) func(e *exclude.Exclusion) {
		return func(e *exclude.Exclusion) { e.Scope.Fields = []exclude.Condition{{Field: field, Value: value}} }
	}
	f(cond("resource.name", "web"))
	f(cond("audit.request_object.spec.replicas", "3"))
	f(cond("resource.nam", "web"), "no field", "docs/fields.md")
	f(cond("resource.name", ""), "no value")
	f(cond("resource.name", "\xff"), "no text")
	f(cond("resource.name", strings.Repeat("x", 3000)), "more than")
	f(func(e *exclude.Exclusion) { e.Scope.Fields = make([]exclude.Condition, 21) }, "21 conditions")
}

// The proposal made from a finding covers it and its repeats, and nobody else.
func TestPropose(t *testing.T) {
	for _, r := range []*rule.Rule{single, byCommand, counting} {
		e := exclude.Propose(finding(r, 1))
		if got := e.Judge(finding(r, 9)); got != exclude.Covered {
			t.Errorf("rule %+v: verdict %d of a repeat, from %+v", r, got, e.Scope)
		}
		other := finding(r, 1)
		other.Actor.User = "bob"
		if r != byCommand {
			if got := e.Judge(other); got != exclude.Outside {
				t.Errorf("verdict %d of another user's, from %+v", got, e.Scope)
			}
		}
		e.Reason, e.Author, e.Expires = "r", "a", day.Add(time.Hour)
		if err := e.Validate(day); err != nil {
			t.Error(err)
		}
	}
}

func all(fs []*detect.Finding, err error) iter.Seq2[*detect.Finding, error] {
	return func(yield func(*detect.Finding, error) bool) {
		for _, f := range fs {
			if !yield(f, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

func TestLookBack(t *testing.T) {
	var fs []*detect.Finding
	for i := range 30 {
		f := finding(single, int64(i+1))
		f.ID, f.First, f.Last = fmt.Sprintf("f%02d", i), day.AddDate(0, 0, i), day.AddDate(0, 0, i).Add(time.Hour)
		f.Target.Namespace = []string{"shop", "bank", "shop"}[i%3]
		if i == 7 {
			f.Severity = rule.Critical
		}
		fs = append(fs, f)
	}
	denied := finding(single, 1)
	denied.Denied = true
	uncertain := finding(byCommand, 2)
	fs = append(fs, denied, uncertain, finding(&rule.Rule{ID: "other"}, 1))
	e := &exclude.Exclusion{Rules: []string{"exec"}, Scope: exclude.Scope{User: "ann", Namespace: "shop"}}
	p, err := exclude.LookBack(e, all(fs, nil))
	if err != nil {
		t.Fatal(err)
	}
	if p.Looked != 32 || p.Covered != 20 || p.Denied != 1 || p.Uncertain != 1 || p.Requests != 310 {
		t.Errorf("looked at %d, covered %d with %d requests, %d uncertain, %d denied", p.Looked, p.Covered, p.Requests, p.Uncertain, p.Denied)
	}
	if !p.Oldest.Equal(day) || !p.Newest.Equal(day.AddDate(0, 0, 29).Add(time.Hour)) {
		t.Errorf("from %v to %v", p.Oldest, p.Newest)
	}
	if len(p.Workloads) != 1 || p.Workloads[0] != (exclude.Tally{Name: "shop/Deployment/web", Findings: 20, Requests: 310}) || len(p.Rules) != 1 {
		t.Errorf("workloads %+v, rules %+v", p.Workloads, p.Rules)
	}
	if len(p.Samples) != 10 || p.Samples[0].ID != "f29" || p.Samples[9].ID != "f15" {
		t.Errorf("samples %+v", p.Samples)
	}
	if _, err := exclude.LookBack(e, all(fs, errors.New("the store is gone"))); err == nil {
		t.Error("an error of the store is lost")
	}
	if p, err := exclude.LookBack(e, all(nil, nil)); err != nil || p.Oldest != nil || p.Samples == nil || p.Rules == nil {
		t.Errorf("of nothing: %+v, %v", p, err)
	}
}

func BenchmarkMatch(b *testing.B) {
	var es []exclude.Exclusion
	for i := range 1000 {
		es = append(es, exclude.Exclusion{ID: fmt.Sprint(i), Rules: []string{fmt.Sprint("rule", i%100)}, Expires: day, Scope: exclude.Scope{User: fmt.Sprint("user", i), Namespace: "shop"}})
	}
	s := exclude.NewSet(es)
	r := *single
	r.ID = "rule7"
	f := finding(&r, 3)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := s.Match(f, day.Add(-1)); ok {
			b.Fatal("a finding of another user is covered")
		}
	}
}
