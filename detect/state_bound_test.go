package detect

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

func TestFloodIsMutedVisibly(t *testing.T) {
	b := newBed(t, StateOptions{FindingsPerHour: 10}, execRule(nil), single("other", rule.Low, eq("resource.type", "nodes"), nil))
	for i := range 100 {
		b.observe(exec(float64(i), fmt.Sprint("a", i), "jane", fmt.Sprint("pod-", i), 101))
	}
	b.observe(exec(200, "again", "jane", "pod-3", 101), exec(4000, "later", "jane", "pod-next", 101), call{at: 4001, id: "o", user: "x", resource: "nodes"})
	fs := b.state.Finish()
	summaries, count := 0, int64(0)
	for _, f := range fs {
		if count += f.Count; f.Summary {
			summaries++
			if f.Count != 90 || f.Target.Name != "" || f.Actor.User != "jane" || !strings.Contains(strings.Join(f.Reasons, " "), "muted") {
				t.Errorf("%+v", f)
			}
		}
	}
	if len(fs) != 13 || summaries != 1 || count != 103 {
		t.Errorf("%d findings, %d summaries, %d requests", len(fs), summaries, count)
	}
	var r coverage.Report
	if b.state.Cover(&r); !slices.Equal(r.Muted, []string{"exec"}) {
		t.Errorf("muted: %v", r.Muted)
	}
}

func TestFindingsAreBounded(t *testing.T) {
	b := newBed(t, StateOptions{FindingsPerHour: 1 << 30, FindingBytes: 1 << 16}, execRule(nil))
	const n = 5000
	for i := range n {
		b.observe(exec(float64(i), fmt.Sprint("a", i), "jane", fmt.Sprint("pod-", i), 101))
	}
	if got := b.state.findings.bytes; got > 1<<16+1<<12 {
		t.Errorf("%d bytes", got)
	}
	count, summaries := int64(0), 0
	for _, f := range b.state.Finish() {
		if count += f.Count; f.Summary {
			summaries++
		}
	}
	if count != n || summaries != 1 {
		t.Errorf("%d requests of %d counted, %d summaries", count, n, summaries)
	}
}

func TestWaitingIsBounded(t *testing.T) {
	b := newBed(t, StateOptions{WaitingBytes: 1 << 14}, execRule(nil))
	const n = 1000
	for i := range n {
		b.observe(call{at: 1 + float64(i)/100, id: fmt.Sprint(i), user: "jane", resource: "pods", sub: "exec", name: "x", stage: "ResponseStarted", code: 101})
		if s := b.state; s.queue.bytes > 1<<14 || s.open.bytes > 1<<14 {
			t.Fatalf("%d bytes wait, %d bytes are open", s.queue.bytes, s.open.bytes)
		}
	}
	for i := range n { // what was counted already does not count again
		b.observe(call{at: 20 + float64(i)/100, received: 1 + float64(i)/100, id: fmt.Sprint(i), user: "jane", resource: "pods", sub: "exec", name: "x", code: 101})
	}
	var r coverage.Report
	b.state.Cover(&r)
	if r.Evicted["waiting"] == 0 || r.Evicted["requests"] == 0 {
		t.Errorf("evicted: %v", r.Evicted)
	}
	fs := b.state.Finish()
	if len(fs) != 1 || fs[0].Count != n {
		t.Errorf("%d findings, %d requests", len(fs), fs[0].Count)
	}
}

// unsettled is a Context that learns late that an address is inside.
type unsettled struct{ inside map[string]bool }

// Observe implements Context.
func (u *unsettled) Observe(e *event.Event) bool {
	if event.ActorUserName.Get(e) == "teacher" {
		u.inside[event.SrcEndpointIP.Get(e)] = true
	}
	u.Resolve(e)
	return event.AuditCallerOutside.Get(e) != "yes"
}

// Resolve implements Context.
func (u *unsettled) Resolve(e *event.Event) {
	event.AuditCallerOutside.Set(e, "yes")
	if u.inside[event.SrcEndpointIP.Get(e)] {
		event.AuditCallerOutside.Set(e, "no")
	}
}

// Lacks implements Context.
func (u *unsettled) Lacks() bool { return false }

// Evicted implements Context.
func (u *unsettled) Evicted() int64 { return 0 }

// TestContextSettles judges calls from an address only when it is known where
// that is, be it in the condition, an adjustment or the finding itself.
func TestContextSettles(t *testing.T) {
	rules := func() []*rule.Rule {
		return []*rule.Rule{
			single("outside", rule.High, and(eq("resource.type", "secrets"), eq("audit.caller_outside", "yes")), nil),
			single("raised", rule.Low, eq("resource.type", "pods"), &rule.Extension{Severity: []rule.Adjust{{If: eq("audit.caller_outside", "yes"), Raise: 2, Why: "from outside"}}}),
		}
	}
	early := []call{
		{at: 0, id: "a", user: "jane", ip: "203.0.113.5", resource: "secrets"}, {at: 1, id: "b", user: "jane", ip: "198.51.100.7", resource: "secrets"},
		{at: 2, id: "c", user: "jane", ip: "203.0.113.5", resource: "pods"}, {at: 3, id: "d", user: "joe", ip: "198.51.100.7", resource: "pods"},
		{at: 4, received: -600, id: "l", user: "ann", ip: "203.0.113.5", resource: "secrets"}, // a long one
		{at: 60, id: "t", user: "teacher", ip: "203.0.113.5"},
	}
	for _, n := range []int{0, 1} {
		b := newBed(t, StateOptions{Context: &unsettled{map[string]bool{}}}, rules()...)
		b.observe(early...)
		if n == 1 { // time passes, instead of the end of input
			b.observe(call{at: 1000, id: "e", user: "teacher", ip: "10.0.0.1"})
		}
		want := []string{"outside high 1 [b]", "raised high 1 [d]; from outside", "raised low 1 [c]"}
		fs := b.state.Finish()
		if got := lines(fs); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		} else if fs[0].Actor.Outside != "yes" || fs[2].Actor.Outside != "no" {
			t.Errorf("%+v, %+v", fs[0].Actor, fs[2].Actor)
		}
	}
}

func TestAdvance(t *testing.T) {
	c := rule.Correlation{Type: rule.Temporal, Rules: []string{"get", "put"}, GroupBy: []string{"actor.user.name"}, Timespan: 60e9, Absent: []string{"put"}}
	b := newBed(t, StateOptions{}, joined(c)...)
	b.observe(calls("jane", "get@0")...)
	if b.state.Advance(seconds(60)); len(b.state.findings.byID) != 0 {
		t.Error("what may still happen is taken for absent")
	}
	if b.state.Advance(seconds(61)); len(b.state.findings.byID) != 1 {
		t.Error("the watermark does not close the window")
	}
	if got := lines(b.state.Finish()); !slices.Equal(got, []string{"joined high 1 [jane:get@0]"}) {
		t.Errorf("%q", got)
	}
}
