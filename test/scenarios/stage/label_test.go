package stage

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// line is an audit event, received some milliseconds after noon.
func line(id, user, from, agent, verb, uri string, ms int) string {
	return fmt.Sprintf(`{"auditID":%q,"verb":%q,"requestURI":%q,"userAgent":%q,"user":{"username":%q},"sourceIPs":["192.0.2.1",%q],"requestReceivedTimestamp":%q}`+"\n",
		id, verb, uri, agent, user, from, noon.Add(time.Duration(ms)*time.Millisecond).Format(time.RFC3339Nano))
}

func TestLabel(t *testing.T) {
	step := func(from, to int) *Step {
		return &Step{Actor: "mira", From: "203.0.113.66", T0: noon.Add(time.Duration(from) * time.Millisecond), T1: noon.Add(time.Duration(to) * time.Millisecond), agents: []string{"kubectl"}}
	}
	later, first, effect, only := step(200, 300), step(100, 150), step(100, 150), step(400, 500)
	effect.Effect("system:node:node1", "create", "/pods")
	effect.T0 = effect.T0.Add(time.Nanosecond) // so that the order is certain
	audit := line("before", "mira", "203.0.113.66", "kubectl/v1", "get", "/api/v1/pods", 99) +
		line("own", "mira", "203.0.113.66", "kubectl/v1", "get", "/api/v1/pods", 100) +
		line("own", "mira", "203.0.113.66", "kubectl/v1", "get", "/api/v1/pods", 101) +
		line("elsewhere", "mira", "10.20.0.11", "kubectl/v1", "get", "/api/v1/pods", 110) +
		line("another", "anna", "203.0.113.66", "kubectl/v1", "get", "/api/v1/pods", 110) +
		line("program", "mira", "203.0.113.66", "prometheus", "get", "/api/v1/pods", 110) +
		line("learning", "mira", "203.0.113.66", "kubectl/v1", "get", "/apis/apps/v1?timeout=32s", 110) +
		line("mirror", "system:node:node1", "10.0.0.10", "kubelet/v1", "create", "/api/v1/namespaces/kube-system/pods", 120) +
		line("second", "mira", "203.0.113.66", "kubectl/v1", "list", "/api/v1/secrets", 250) +
		line("discovery", "mira", "203.0.113.66", "kubectl/v1", "get", "/api", 450)
	if err := label(strings.NewReader(audit), []*Step{later, first, effect, only}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		step   *Step
		number int
		want   []string
	}{
		{first, 1, []string{"own"}}, {effect, 2, []string{"mirror"}}, {later, 3, []string{"second"}}, {only, 4, []string{"discovery"}},
	} {
		if c.step.Number != c.number || !slices.Equal(c.step.AuditIDs, c.want) {
			t.Errorf("step %d: %v, want step %d: %v", c.step.Number, c.step.AuditIDs, c.number, c.want)
		}
	}
	if err := label(strings.NewReader("{\n"), nil); err == nil {
		t.Error("a torn line is accepted")
	}
}

func TestIsDiscovery(t *testing.T) {
	for _, c := range []struct {
		uri  string
		want bool
	}{
		{"/api", true}, {"/api/v1?timeout=32s", true}, {"/apis", true}, {"/apis/apps/v1", true}, {"/openapi/v3/apis/apps/v1?hash=1", true},
		{"/api/v1/pods", false}, {"/apis/apps/v1/deployments", false}, {"/version", false}, {"/", false},
	} {
		if got := isDiscovery(c.uri); got != c.want {
			t.Errorf("isDiscovery(%q) = %v", c.uri, got)
		}
	}
}

func TestSubject(t *testing.T) {
	for _, c := range []struct{ token, want string }{
		{"h.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6c2hvcDp3ZWIifQ.s", "system:serviceaccount:shop:web"},
		{"guess-1", ""}, {"a.b!.c", ""}, {"a.bm90anNvbg.c", ""}, {"", ""},
	} {
		if got := subject(c.token); got != c.want {
			t.Errorf("subject(%q) = %q, want %q", c.token, got, c.want)
		}
	}
}
