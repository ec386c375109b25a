package detect

import (
	"slices"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/rule"
)

// A rule that is off makes no findings and feeds correlations as before; what
// it found earlier stays and does not grow.
func TestRulesThatAreOff(t *testing.T) {
	c := rule.Correlation{Type: rule.EventCount, Rules: []string{"get"}, GroupBy: []string{"actor.user.name"}, Timespan: time.Minute, Conditions: ge(3)}
	absent := rule.Correlation{Type: rule.Temporal, Rules: []string{"get", "put"}, GroupBy: []string{"actor.user.name"}, Timespan: time.Minute, Absent: []string{"put"}}
	f := func(c rule.Correlation, off map[string][2]float64, input string, want ...string) {
		t.Helper()
		rules := joined(c)
		for _, r := range rules {
			r.Silent = false
		}
		b := newBed(t, StateOptions{Off: func(r *rule.Rule, cluster string, at time.Time) bool {
			span, ok := off[r.ID]
			return ok && at.UnixNano() >= seconds(span[0]) && at.UnixNano() < seconds(span[1])
		}}, rules...)
		b.observe(calls("jane", input)...)
		if got := lines(b.state.Finish()); !slices.Equal(got, want) {
			t.Errorf("%v off, %s: got\n %q, want\n %q", off, input, got, want)
		}
	}
	whole := "joined high 3 [jane:get@0 jane:get@10 jane:get@20]"
	f(c, nil, "get@0 get@10 get@20", whole, "get low 3 [jane:get@0 jane:get@10 jane:get@20]")
	f(c, map[string][2]float64{"get": {0, 100}}, "get@0 get@10 get@20", whole)
	f(c, map[string][2]float64{"get": {5, 15}}, "get@0 get@10 get@20", whole, "get low 2 [jane:get@0 jane:get@20]")
	f(c, map[string][2]float64{"joined": {0, 100}}, "get@0 get@10 get@20", "get low 3 [jane:get@0 jane:get@10 jane:get@20]")
	f(c, map[string][2]float64{"get": {0, 100}, "joined": {25, 100}}, "get@0 get@10 get@20 get@30", whole)
	// What must be absent is not taken for absent because its rule is off.
	f(absent, map[string][2]float64{"get": {0, 100}, "put": {0, 100}}, "get@0 put@10")
}
