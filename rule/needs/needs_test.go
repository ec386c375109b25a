package needs

import (
	"slices"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rule/load"
	"github.com/lynceus-io/lynceus/rules"
)

// one reads a Sigma rule about requests.
func one(t *testing.T, detection string) *rule.Rule {
	t.Helper()
	r := load.Texts(files.File{Name: "x.yml", Text: "title: One\nlogsource: {product: kubernetes, service: audit}\nlevel: low\ndetection:\n" + detection})
	if len(r.Rules) != 1 {
		t.Fatalf("%v %v", r.Errors, r.Unsupported)
	}
	return r.Rules[0]
}

func TestBody(t *testing.T) {
	f := func(detection string, want bool) {
		t.Helper()
		if got := Of(one(t, detection), nil); got.Body != want || !slices.Equal(got.Tables, []event.Class{event.ClassAudit}) {
			t.Errorf("%s: %+v", detection, got)
		}
	}
	f("  s: {verb: get}\n  condition: s", false)
	f("  s: {audit.pod.privileged: 'true'}\n  condition: s", true)
	f("  s: {audit.pod.privileged: 'true', verb: create}\n  condition: s", true)
	f("  s: {audit.request_object.spec.x: y}\n  condition: s", true)
	f("  s: {responseObject.status: y}\n  condition: s", true)
	f("  s: {audit.pod.privileged: 'true'}\n  o: {verb: list}\n  condition: s or o", false)
	f("  s: {audit.pod.privileged: 'true'}\n  o: {audit.pod.host_pid: 'true'}\n  condition: s or o", true)
	f("  s: {verb: create}\n  o: {audit.pod.privileged: 'true'}\n  condition: s and not o", false)
	f("  s: {audit.pod.privileged: null}\n  condition: s", false)
}

// Every rule that comes with Lynceus needs a table, and fields of the
// registry; a correlation what its parts need.
func TestBuiltin(t *testing.T) {
	loaded := load.Load(files.Tree{FS: rules.FS, Root: ".", Name: "builtin"})
	bodies, joined := 0, 0
	for _, r := range loaded.Rules {
		n := Of(r, loaded.Rules)
		if len(n.Tables) == 0 || len(n.Fields) == 0 {
			t.Errorf("%s: %+v", r.Title, n)
		}
		if n.Body {
			bodies++
		}
		if r.Correlation != nil {
			joined++
		}
	}
	if bodies < 10 || bodies > len(loaded.Rules)/2 || joined == 0 {
		t.Errorf("%d of %d rules need bodies, %d are correlations", bodies, len(loaded.Rules), joined)
	}
}

// Correlations that refer to each other end.
func TestCircle(t *testing.T) {
	a := &rule.Rule{ID: "a", Correlation: &rule.Correlation{Rules: []string{"b", "c"}, Absent: []string{"c"}}}
	b := &rule.Rule{ID: "b", Correlation: &rule.Correlation{Rules: []string{"a", "d"}}}
	c := &rule.Rule{ID: "c", Table: event.ClassDNS}
	d := &rule.Rule{ID: "d", Table: event.ClassFile}
	if n := Of(a, []*rule.Rule{a, b, c, d}); !slices.Equal(n.Tables, []event.Class{event.ClassFile}) {
		t.Errorf("%+v", n)
	}
}
