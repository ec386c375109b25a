package detect

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// orderRules are rules of every kind whose findings could depend on order.
func orderRules() []*rule.Rule {
	user := []string{"actor.user.name"}
	minute := func(n int) time.Duration { return time.Duration(n) * time.Minute }
	correlation := func(id string, c rule.Correlation) *rule.Rule {
		return &rule.Rule{ID: id, Title: id, Severity: rule.High, Correlation: &c}
	}
	novel := single("novel", rule.Informational, eq("resource.type", "secrets"), &rule.Extension{
		Target: refs("k8s.namespace"), Window: time.Hour,
		Severity: []rule.Adjust{{Novel: &rule.Novelty{Key: refs("actor.user.name", "resource.name"), MinHistory: minute(20)}, Raise: 1, Why: "new"}}})
	fresh := single("fresh", rule.Low, eq("resource.type", "secrets"), &rule.Extension{New: &rule.Novelty{
		Key: refs("api.request.uid"), Within: refs("k8s.namespace"), MinHistory: minute(10)}})
	return append([]*rule.Rule{
		novel, fresh,
		single("plain", rule.Medium, eq("resource.type", "pods"), nil),
		single("failed", rule.Low, pred("api.response.code", expr.OpGe, "400"), nil),
		correlation("count", rule.Correlation{Type: rule.EventCount, Rules: []string{"get"}, GroupBy: user, Timespan: minute(3), Conditions: ge(6)}),
		correlation("exact", rule.Correlation{Type: rule.EventCount, Rules: []string{"put"}, GroupBy: user, Timespan: minute(5), Conditions: []rule.Comparison{{Op: expr.OpEq, Value: 5}}}),
		correlation("names", rule.Correlation{Type: rule.ValueCount, Rules: []string{"get", "put"}, GroupBy: user, Field: []string{"resource.name"}, Timespan: minute(2), Conditions: ge(5)}),
		correlation("median", rule.Correlation{Type: rule.ValueMedian, Rules: []string{"get"}, Field: []string{"api.response.code"}, Timespan: minute(10), Conditions: ge(250)}),
		correlation("all", rule.Correlation{Type: rule.Temporal, Rules: []string{"get", "put", "watch"}, GroupBy: []string{"resource.name"}, Timespan: minute(2)}),
		correlation("steps", rule.Correlation{Type: rule.TemporalOrdered, Rules: []string{"count", "put", "watch"}, GroupBy: user, Timespan: minute(6)}),
		correlation("alone", rule.Correlation{Type: rule.Temporal, Rules: []string{"put", "watch"}, GroupBy: user, Timespan: minute(2), Absent: []string{"put"}}),
		correlation("unanswered", rule.Correlation{Type: rule.TemporalOrdered, Rules: []string{"get", "watch"}, GroupBy: user, Timespan: minute(2), Absent: []string{"watch"}}),
		correlation("without", rule.Correlation{Type: rule.Temporal, Rules: []string{"get", "watch"}, GroupBy: user, Timespan: minute(1), Condition: and(leg("get"), &expr.Not{X: leg("watch")})}),
	}, verbs("get", "put", "watch")...)
}

// stage is an event, and when it arrives.
type stage struct {
	call
	arrives float64
}

// traffic is two hours of requests, some in two stages.
func traffic(r *rand.Rand) []stage {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	var out []stage
	for i := range 1500 {
		c := call{at: r.Float64() * 7200, id: fmt.Sprint("r", i), user: pick("jane", "joe", "ann", "bob"), verb: pick("get", "get", "put", "watch"),
			resource: pick("secrets", "pods"), ns: pick("shop", "bank"), name: pick("a", "b", "c", "d", "e", "f", "g"), code: int64(200 + 203*r.IntN(2))}
		if r.IntN(4) == 0 {
			c.at = float64(int(c.at)) // second precision: equal times
		}
		if r.IntN(3) == 0 {
			first := c
			first.stage, first.code = "RequestReceived", 0
			out = append(out, stage{call: first})
			c.received, c.at = c.at, c.at+50*r.Float64()
		}
		out = append(out, stage{call: c})
	}
	return out
}

// TestOrderDoesNotMatter gives the same events in different orders, none later
// than the lateness allows, and expects the same findings byte for byte.
func TestOrderDoesNotMatter(t *testing.T) {
	seeds := uint64(6)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		events := traffic(rand.New(rand.NewPCG(seed, 1)))
		var want []byte
		for run := range uint64(5) {
			r := rand.New(rand.NewPCG(seed, 100+run))
			jitter := map[string]float64{}
			for i := range events {
				e := &events[i]
				if _, there := jitter[e.id]; !there {
					jitter[e.id] = 60 * r.Float64() * float64(min(run, 1))
				}
				e.arrives = e.at + jitter[e.id]
			}
			r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
			slices.SortFunc(events, func(a, b stage) int {
				return cmp.Or(cmp.Compare(a.arrives, b.arrives), -cmp.Compare(a.stage, b.stage))
			})
			b := newBed(t, StateOptions{}, orderRules()...)
			for _, e := range events {
				b.observe(e.call)
			}
			got, err := json.Marshal(summary(b.state.Finish()))
			if err != nil {
				t.Fatal(err)
			}
			if run == 0 {
				want = got
				checkAllKinds(t, b)
			} else if string(got) != string(want) {
				t.Fatalf("seed %d, run %d:\n%s\nin order:\n%s", seed, run, got, want)
			}
		}
	}
}

// summary is everything a finding says, with the rule by its id.
func summary(fs []*Finding) []any {
	var out []any
	for _, f := range fs {
		c := *f
		c.Rule = nil
		out = append(out, f.Rule.ID, c)
	}
	return out
}

// checkAllKinds sees to it that the traffic exercises every rule.
func checkAllKinds(t *testing.T, b *testBed) {
	t.Helper()
	made := map[string]bool{}
	for _, f := range b.state.findings.byID {
		made[f.plan.rule.ID] = true
	}
	for _, r := range b.rules {
		if !r.Silent && !made[r.ID] {
			t.Errorf("rule %s made no finding", r.ID)
		}
	}
}
