package detect

import (
	"reflect"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

func execRule(ext *rule.Extension) *rule.Rule {
	return single("exec", rule.Medium, and(eq("resource.type", "pods"), eq("resource.subresource", "exec")), ext)
}

func exec(at float64, id, user, name string, code int64) call {
	return call{at: at, id: id, user: user, verb: "create", resource: "pods", sub: "exec", ns: "shop", name: name, code: code}
}

func TestFindings(t *testing.T) {
	tests := []struct {
		name string
		rule *rule.Rule
		in   []call
		want []string
	}{
		{"repeats count", execRule(nil), []call{
			exec(0, "a", "jane", "web-1", 101), exec(5, "b", "jane", "web-1", 101),
		}, []string{"exec medium 2 [a b]"}},
		{"actors and targets are told apart", execRule(nil), []call{
			exec(0, "a", "jane", "web-1", 101), exec(1, "b", "joe", "web-1", 101), exec(2, "c", "jane", "web-2", 101),
		}, []string{"exec medium 1 [a]", "exec medium 1 [b]", "exec medium 1 [c]"}},
		{"windows are aligned to the epoch", execRule(nil), []call{
			exec(13.9*3600, "a", "jane", "web-1", 101), exec(14.1*3600, "b", "jane", "web-1", 101),
		}, []string{"exec medium 1 [a]", "exec medium 1 [b]"}},
		{"a window of its own", execRule(&rule.Extension{Window: 48 * time.Hour}), []call{
			exec(13.9*3600, "a", "jane", "web-1", 101), exec(14.1*3600, "b", "jane", "web-1", 101),
		}, []string{"exec medium 2 [a b]"}},
		{"actor and target of its own", execRule(&rule.Extension{Actor: refs("src_endpoint.ip"), Target: refs("k8s.namespace")}), []call{
			exec(0, "a", "jane", "web-1", 101), exec(1, "b", "joe", "web-2", 101),
		}, []string{"exec medium 2 [a b]"}},
		{"out of order", execRule(nil), []call{
			exec(30, "b", "jane", "web-1", 101), exec(5, "a", "jane", "web-1", 101), exec(7, "c", "jane", "web-1", 101),
		}, []string{"exec medium 3 [a c b]"}},
		{"a failed attempt is low", execRule(nil), []call{exec(0, "a", "jane", "web-1", 403)},
			[]string{"exec low 1 failed=1 [a]; the request failed"}},
		{"the highest of its matches", execRule(nil), []call{exec(0, "a", "jane", "web-1", 403), exec(1, "b", "jane", "web-1", 101)},
			[]string{"exec medium 2 failed=1 [a b]"}},
		{"a low one becomes informational when it fails", single("secret", rule.Low, eq("resource.type", "secrets"), nil),
			[]call{{id: "a", user: "jane", resource: "secrets", code: 404}}, []string{"secret informational 1 failed=1 [a]; the request failed"}},
		{"a rule about failures keeps its severity",
			single("denied", rule.High, and(eq("resource.type", "secrets"), pred("api.response.code", expr.OpGe, "400")), nil),
			[]call{{id: "a", user: "jane", resource: "secrets", code: 403}}, []string{"denied high 1 failed=1 [a]"}},
		{"a rule whose block speaks of failures has its way",
			execRule(&rule.Extension{Severity: []rule.Adjust{{If: pred("api.response.code", expr.OpGe, "400"), Set: rule.High, Why: "refused"}}}),
			[]call{exec(0, "a", "jane", "web-1", 403)}, []string{"exec high 1 failed=1 [a]; refused"}},
		{"sets first, then raises", execRule(&rule.Extension{Severity: []rule.Adjust{
			{If: eq("k8s.namespace", "shop"), Raise: 1, Why: "the shop"},
			{If: eq("actor.user.name", "jane"), Set: rule.Low, Why: "it is only jane"},
			{If: eq("actor.user.name", "joe"), Set: rule.Informational, Why: "not joe"},
		}}), []call{exec(0, "a", "jane", "web-1", 101)}, []string{"exec medium 1 [a]; the shop; it is only jane"}},
		{"stages are one request", execRule(nil), []call{
			{at: 0, id: "a", user: "jane", resource: "pods", sub: "exec", ns: "shop", name: "web-1", stage: "RequestReceived"},
			{at: 1, received: 1e-9, id: "a", user: "jane", resource: "pods", sub: "exec", ns: "shop", name: "web-1", stage: "ResponseStarted", code: 101},
			{at: 2, received: 1e-9, id: "a", user: "jane", resource: "pods", sub: "exec", ns: "shop", name: "web-1", code: 101},
		}, []string{"exec medium 1 [a]"}},
		{"a later stage takes a match back", single("allowed", rule.Medium, and(eq("resource.type", "secrets"), &expr.Not{X: pred("api.response.code", expr.OpGe, "400")}), nil), []call{
			{at: 0, id: "a", user: "jane", resource: "secrets", stage: "RequestReceived"},
			{at: 1, id: "b", user: "jane", resource: "secrets", stage: "RequestReceived"},
			{at: 900, received: 1e-9, id: "a", user: "jane", resource: "secrets", code: 403},
			{at: 901, received: 1, id: "b", user: "jane", resource: "secrets", code: 200},
		}, []string{"allowed medium 1 [b]"}},
		{"a later stage lowers a severity", execRule(nil), []call{
			{at: 0, id: "a", user: "jane", resource: "pods", sub: "exec", stage: "RequestReceived"},
			{at: 900, received: 1e-9, id: "a", user: "jane", resource: "pods", sub: "exec", code: 403},
		}, []string{"exec low 1 failed=1 [a]; the request failed"}},
		{"a request of which the end was not seen", execRule(nil), []call{
			{at: 0, id: "a", user: "jane", resource: "pods", sub: "exec", stage: "ResponseStarted", code: 101},
		}, []string{"exec medium 1 [a]"}},
		{"what is silent feeds correlations only", func() *rule.Rule { r := execRule(nil); r.Silent = true; return r }(),
			[]call{exec(0, "a", "jane", "web-1", 101)}, nil},
		{"a pending match is verified", single("outside", rule.High, eq("audit.caller_outside", "yes"), nil), []call{
			{at: 0, id: "a", user: "jane", resource: "pods", outside: "yes"}, {at: 1, id: "b", user: "jane", resource: "pods", outside: "no"},
			{at: 2, id: "c", user: "jane", resource: "pods"},
		}, []string{"outside high 1 [a]"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBed(t, StateOptions{}, tt.rule)
			b.observe(tt.in...)
			if got := lines(b.state.Finish()); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got\n %q, want\n %q", got, tt.want)
			}
		})
	}
}

func TestFindingContent(t *testing.T) {
	r := execRule(nil)
	r.Fields = []string{"k8s.namespace", "verb", "no.such.field"}
	b := newBed(t, StateOptions{AuditIDs: 2}, r)
	late := exec(1, "b", "jane", "web-1", 101)
	late.ip = "198.51.100.7"
	first := exec(0, "a", "jane", "web-1", 101)
	first.ip, first.outside = "10.0.0.1", "no"
	last := exec(60, "c", "jane", "web-1", 500)
	last.outside = "yes"
	b.observe(late, first, last)
	fs := b.state.Finish()
	if len(fs) != 1 {
		t.Fatalf("%d findings", len(fs))
	}
	f := fs[0]
	if got, want := f.AuditIDs, []string{"a", "b"}; !reflect.DeepEqual(got, want) || f.AuditIDsTotal != 3 || len(f.EventUIDs) != 2 {
		t.Errorf("audit ids %v of %d", got, f.AuditIDsTotal)
	}
	if got, want := f.Actor.IPs, []string{"10.0.0.1", "198.51.100.7"}; !reflect.DeepEqual(got, want) || f.Actor.Outside != "yes" || f.Actor.User != "jane" {
		t.Errorf("actor %+v", f.Actor)
	}
	want := Target{Verb: "create", Resource: "pods", Subresource: "exec", Namespace: "shop", Name: "web-1"}
	if f.Target != want {
		t.Errorf("target %+v", f.Target)
	}
	if want := []Value{{"k8s.namespace", "shop"}, {"verb", "create"}}; !reflect.DeepEqual(f.Evidence, want) {
		t.Errorf("evidence %+v", f.Evidence)
	}
	if !f.First.Equal(start) || !f.Last.Equal(start.Add(time.Minute)) || f.Failed != 1 || len(f.ID) != 32 {
		t.Errorf("%+v", f)
	}
	again := newBed(t, StateOptions{}, execRule(nil))
	again.observe(exec(3600, "z", "jane", "web-1", 101))
	if id := again.state.Finish()[0].ID; id != f.ID {
		t.Errorf("another run gives %s, not %s", id, f.ID)
	}
}
