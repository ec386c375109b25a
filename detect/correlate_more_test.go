package detect

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

func TestValueCorrelations(t *testing.T) {
	tests := []struct {
		name  string
		c     rule.Correlation
		names string // of the objects, one request a second
		want  string // the measured figure; "" for no finding
	}{
		{"different values", rule.Correlation{Type: rule.ValueCount, Conditions: ge(3)}, "a b c", "3"},
		{"repeated values", rule.Correlation{Type: rule.ValueCount, Conditions: ge(3)}, "a b a b a", ""},
		{"values as they are added", rule.Correlation{Type: rule.ValueCount, Conditions: ge(2)}, "a a b c c d", "4"},
		{"exactly so many values", rule.Correlation{Type: rule.ValueCount, Conditions: []rule.Comparison{{Op: expr.OpEq, Value: 2}}}, "a b a", "2"},
		{"two fields as one value", rule.Correlation{Type: rule.ValueCount, Field: []string{"resource.name", "api.operation"}, Conditions: ge(2)}, "a a", ""},
		{"a sum", rule.Correlation{Type: rule.ValueSum, Conditions: ge(10)}, "3 3 4", "10"},
		{"a sum not reached", rule.Correlation{Type: rule.ValueSum, Conditions: ge(10)}, "3 3 3.9", ""},
		{"a sum that is low", rule.Correlation{Type: rule.ValueSum, Conditions: []rule.Comparison{{Op: expr.OpLt, Value: 10}}}, "3 3 3.5", "9.5"},
		{"what is no number is not counted", rule.Correlation{Type: rule.ValueSum, Conditions: ge(6)}, "3 x 3 NaN", "6"},
		{"a mean", rule.Correlation{Type: rule.ValueAvg, Conditions: ge(4)}, "2 4 6", "4"},
		{"a mean of the whole window", rule.Correlation{Type: rule.ValueAvg, Conditions: ge(6)}, "6 1", ""},
		{"a median", rule.Correlation{Type: rule.ValueMedian, Conditions: ge(5)}, "100 5 1", "5"},
		{"a median between two", rule.Correlation{Type: rule.ValueMedian, Conditions: ge(0)}, "1 2 5 9", "3.5"},
		{"a percentile", rule.Correlation{Type: rule.ValuePercentile, Percentile: 90, Conditions: ge(0)}, "1 2 3 4 5 6 7 8 9 10 11", "10"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.c.Rules, tt.c.GroupBy, tt.c.Timespan = []string{"get"}, []string{"actor.user.name"}, time.Minute
			if tt.c.Field == nil {
				tt.c.Field = []string{"resource.name"}
			}
			b := newBed(t, StateOptions{}, joined(tt.c)...)
			for i, n := range strings.Fields(tt.names) {
				b.observe(call{at: float64(i), id: fmt.Sprint(i), user: "jane", verb: "get", resource: "secrets", name: n})
			}
			got := ""
			for _, f := range b.state.Finish() {
				if len(f.Evidence) != 2 || f.Evidence[0] != (Value{"actor.user.name", "jane"}) || f.Evidence[1].Field != string(tt.c.Type) {
					t.Fatalf("evidence %v", f.Evidence)
				}
				got += f.Evidence[1].Value
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// TestChaining joins a burst of failures to what followed it, though the
// burst is grouped by another field, and the outer name is an alias.
func TestChaining(t *testing.T) {
	inner := &rule.Rule{ID: "burst", Name: "burst", Title: "burst", Severity: rule.Medium, Correlation: &rule.Correlation{
		Type: rule.EventCount, Rules: []string{"get"}, GroupBy: []string{"src_endpoint.ip"}, Timespan: time.Minute, Conditions: ge(3)}}
	outer := &rule.Rule{ID: "outer", Name: "outer", Title: "outer", Severity: rule.Critical, Correlation: &rule.Correlation{
		Type: rule.TemporalOrdered, Rules: []string{"burst", "put"}, GroupBy: []string{"who"}, Timespan: 10 * time.Minute,
		Aliases: map[string]map[string]string{"who": {"burst": "actor.user.name", "put": "resource.name"}}}}
	for _, silent := range []bool{false, true} {
		inner.Silent = silent
		b := newBed(t, StateOptions{}, append([]*rule.Rule{outer, inner}, verbs("get", "put")...)...)
		for i := range 5 {
			b.observe(call{at: 20 * float64(i), id: fmt.Sprint("g", i), user: "jane", ip: "203.0.113.66", verb: "get", resource: "secrets"})
		}
		b.observe(call{at: 300, id: "p1", user: "x", verb: "put", resource: "users", name: "joe"},
			call{at: 670, id: "p2", user: "x", verb: "put", resource: "users", name: "jane"},
			call{at: 700, id: "p3", user: "x", verb: "put", resource: "users", name: "jane"})
		fs := b.state.Finish()
		want := []string{"outer critical 6 [g0 g1 g2 g3 g4 p2]"}
		if !silent {
			want = append(want, "burst medium 5 [g0 g1 g2 g3 g4]")
		}
		if got := lines(fs); !reflect.DeepEqual(got, want) {
			t.Fatalf("got\n %q, want\n %q", got, want)
		}
		if parts := fs[0].Parts; !silent && (len(parts) != 1 || parts[0] != fs[1].ID) || silent && len(parts) != 0 {
			t.Errorf("parts %v", parts)
		}
	}
}

// TestBurstsOfBursts counts a burst that goes on as one.
func TestBurstsOfBursts(t *testing.T) {
	inner := &rule.Rule{ID: "burst", Title: "burst", Silent: true, Correlation: &rule.Correlation{
		Type: rule.EventCount, Rules: []string{"get"}, GroupBy: []string{"actor.user.name"}, Timespan: time.Minute, Conditions: ge(3)}}
	outer := &rule.Rule{ID: "outer", Title: "outer", Correlation: &rule.Correlation{
		Type: rule.EventCount, Rules: []string{"burst"}, GroupBy: []string{"actor.user.name"}, Timespan: time.Hour, Conditions: ge(2)}}
	b := newBed(t, StateOptions{}, append([]*rule.Rule{outer, inner}, verbs("get")...)...)
	b.observe(calls("jane", "get@0 get@10 get@20 get@30 get@40")...)
	b.observe(calls("joe", "get@50 get@51 get@52")...)
	b.observe(calls("joe", "get@600 get@601 get@602")...)
	want := []string{"outer low 6 [joe:get@50 joe:get@51 joe:get@52 joe:get@600 joe:get@601 joe:get@602]"}
	if got := lines(b.state.Finish()); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCorrelationDetails(t *testing.T) {
	c := rule.Correlation{Type: rule.EventCount, Rules: []string{"get"}, GroupBy: []string{"k8s.namespace"}, Timespan: time.Minute, Conditions: ge(2)}
	t.Run("absent values group nothing, empty ones do", func(t *testing.T) {
		b := newBed(t, StateOptions{}, joined(c)...)
		b.observe(calls("jane", "get@0 get@1")...)
		if got := b.state.Finish(); len(got) != 0 {
			t.Errorf("absent: %v", lines(got))
		}
		b = newBed(t, StateOptions{}, joined(c)...)
		for i := range 2 {
			e := call{at: float64(i), id: fmt.Sprint(i), user: "jane", verb: "get"}.event()
			event.K8sNamespace.Set(e, "")
			b.state.Observe(e, call{id: fmt.Sprint(i)}.uid(), b.matches(e), SeenFirst)
		}
		if got := b.state.Finish(); len(got) != 1 {
			t.Errorf("empty: %v", lines(got))
		}
	})
	t.Run("a request that fails more than one leg counts once", func(t *testing.T) {
		rules := joined(rule.Correlation{Type: rule.EventCount, Rules: []string{"get", "also"}, GroupBy: []string{"actor.user.name"}, Timespan: time.Minute, Conditions: ge(2)})
		rules[2].Expr = eq("api.operation", "get")
		b := newBed(t, StateOptions{}, rules...)
		b.observe(calls("jane", "get@0")...)
		if got := b.state.Finish(); len(got) != 0 {
			t.Errorf("%v", lines(got))
		}
	})
	t.Run("what is withdrawn does not count", func(t *testing.T) {
		c := rule.Correlation{Type: rule.EventCount, Rules: []string{"allowed"}, GroupBy: []string{"actor.user.name"}, Timespan: time.Hour, Conditions: ge(2)}
		rules := joined(c)
		rules[1].Expr = &expr.Not{X: pred("api.response.code", expr.OpGe, "400")}
		b := newBed(t, StateOptions{}, rules...)
		b.observe(call{at: 0, id: "a", user: "jane", stage: "RequestReceived"}, call{at: 600, id: "x", user: "joe", code: 500},
			call{at: 700, received: 1e-9, id: "a", user: "jane", code: 403}, call{at: 800, id: "b", user: "jane", code: 200})
		if got := b.state.Finish(); len(got) != 0 {
			t.Errorf("%v", lines(got))
		}
	})
	t.Run("what its requests have in common is shown", func(t *testing.T) {
		b := newBed(t, StateOptions{}, joined(c)...)
		for i := range 3 {
			b.observe(call{at: float64(i), id: fmt.Sprint(i), user: fmt.Sprint("u", i), ip: "203.0.113.66", verb: "get", resource: "secrets", ns: "shop", name: fmt.Sprint("s", i)})
		}
		f := b.state.Finish()[0]
		if f.Actor.User != "" || !slices.Equal(f.Actor.IPs, []string{"203.0.113.66"}) || f.Target != (Target{Verb: "get", Resource: "secrets", Namespace: "shop"}) {
			t.Errorf("%+v %+v", f.Actor, f.Target)
		}
	})
	t.Run("parts are the findings of rules that make their own", func(t *testing.T) {
		rules := joined(c)
		rules[1].Silent = false
		b := newBed(t, StateOptions{}, rules...)
		for i := range 2 {
			b.observe(call{at: float64(i), id: fmt.Sprint(i), user: fmt.Sprint("u", i), verb: "get", ns: "shop"})
		}
		fs := b.state.Finish()
		ids := []string{fs[1].ID, fs[2].ID}
		if slices.Sort(ids); len(fs) != 3 || !slices.Equal(fs[0].Parts, ids) {
			t.Errorf("%v: parts %v", lines(fs), fs[0].Parts)
		}
	})
	t.Run("time that jumps back begins anew", func(t *testing.T) {
		b := newBed(t, StateOptions{}, joined(rule.Correlation{Type: rule.EventCount, Rules: []string{"get"}, GroupBy: []string{"actor.user.name"}, Timespan: time.Minute, Conditions: ge(3)})...)
		b.observe(calls("jane", "get@9000 get@9010 get@0 get@1 get@2")...)
		if got, want := lines(b.state.Finish()), []string{"joined high 3 [jane:get@0 jane:get@1 jane:get@2]"}; !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
	})
	t.Run("one that is disabled finds nothing", func(t *testing.T) {
		rules := joined(c)
		rules[0].Disabled = true
		b := newBed(t, StateOptions{}, rules...)
		b.observe(call{at: 0, id: "a", user: "jane", verb: "get", ns: "shop"}, call{at: 1, id: "b", user: "jane", verb: "get", ns: "shop"})
		if got := b.state.Finish(); len(got) != 0 {
			t.Errorf("%v", lines(got))
		}
	})
	t.Run("a novelty of its groups", func(t *testing.T) {
		rules := joined(c)
		rules[0].Ext = &rule.Extension{New: &rule.Novelty{Key: refs("actor.user.name")}}
		b := newBed(t, StateOptions{}, rules...)
		b.observe(call{at: 0, id: "a", user: "jane", verb: "get", ns: "shop"}, call{at: 1, id: "b", user: "jane", verb: "get", ns: "shop"})
		if got := b.state.Finish(); len(got) != 0 {
			t.Errorf("it claims to know what is new: %v", lines(got))
		}
	})
}

func TestCorrelationErrors(t *testing.T) {
	ok := rule.Correlation{Type: rule.EventCount, Rules: []string{"get"}, Timespan: time.Minute, Conditions: ge(2)}
	tests := []struct {
		change func(*rule.Correlation)
		want   string
	}{
		{func(c *rule.Correlation) {}, ""},
		{func(c *rule.Correlation) { c.Rules = []string{"get", "nothing"} }, `no rule with id "nothing"`},
		{func(c *rule.Correlation) { c.Rules = []string{"joined"} }, "refers to itself"},
		{func(c *rule.Correlation) { c.Rules = nil }, "refers to no rule"},
		{func(c *rule.Correlation) { c.Timespan = 0 }, "no timespan"},
		{func(c *rule.Correlation) { c.Conditions = nil }, "no condition"},
		{func(c *rule.Correlation) { c.Type = "sometimes" }, `no correlation type "sometimes"`},
		{func(c *rule.Correlation) { c.Type = rule.ValueSum }, "names no field"},
		{func(c *rule.Correlation) {
			c.Type, c.Field, c.Percentile = rule.ValuePercentile, []string{"resource.name"}, 101
		}, "percentile 101"},
		{func(c *rule.Correlation) { c.GroupBy = []string{"no.field"} }, `has no field no.field`},
		{func(c *rule.Correlation) {
			c.GroupBy = []string{"a"}
			c.Aliases = map[string]map[string]string{"a": {}}
		}, "alias a says no field"},
		{func(c *rule.Correlation) { c.Absent = []string{"get"} }, "absent rules need a temporal"},
		{func(c *rule.Correlation) { c.Type, c.Absent = rule.Temporal, []string{"get"} }, "all its rules are absent"},
		{func(c *rule.Correlation) { c.Type, c.Absent = rule.Temporal, []string{"put"} }, `absent names "put"`},
		{func(c *rule.Correlation) {
			c.Type, c.Conditions = rule.Temporal, []rule.Comparison{{Op: expr.OpLt, Value: 2}}
		}, "at least so many"},
		{func(c *rule.Correlation) { c.Type = rule.TemporalOrdered }, "does not hold when all rules match"},
		{func(c *rule.Correlation) { c.Type, c.Condition = rule.Temporal, leg("get") }, "both a numeric condition"},
		{func(c *rule.Correlation) { c.Type, c.Conditions, c.Condition = rule.Temporal, nil, leg("x") }, `names "x"`},
		{func(c *rule.Correlation) {
			c.Type, c.Conditions, c.Condition = rule.TemporalOrdered, nil, &expr.Or{X: []expr.Node{leg("get"), leg("get")}}
		}, "cannot have an or"},
		{func(c *rule.Correlation) {
			c.Type, c.Conditions, c.Condition = rule.TemporalOrdered, nil, &expr.Not{X: leg("get")}
		}, "only says what must be absent"},
	}
	for _, tt := range tests {
		c := ok
		tt.change(&c)
		rules := append(joined(c)[:1], verbs("get")...)
		_, err := NewState(rules, StateOptions{})
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), `"joined"`)) {
			t.Errorf("error %v, want %q", err, tt.want)
		}
	}
}

// TestWindowBound floods windows with groups and with matches of one group.
func TestWindowBound(t *testing.T) {
	if testing.Short() {
		t.Skip("testing.Short: tens of thousands of events, one after another")
	}
	for name, c := range map[string]rule.Correlation{
		"groups":   {Type: rule.EventCount, GroupBy: []string{"actor.user.name"}, Conditions: ge(3)},
		"distinct": {Type: rule.ValueCount, Field: []string{"actor.user.name"}, Conditions: ge(1e6)},
		"sum":      {Type: rule.ValueSum, Field: []string{"resource.name"}, Conditions: ge(1e12)},
		"closing":  {Type: rule.ValueMedian, Field: []string{"resource.name"}, Conditions: ge(1e12)},
		"temporal": {Type: rule.Temporal, Rules: []string{"get", "put"}},
		"absent":   {Type: rule.Temporal, Rules: []string{"get", "put"}, Absent: []string{"put"}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.Timespan = time.Hour; c.Rules == nil {
				c.Rules = []string{"get"}
			}
			rules := joined(c)
			rules[0].Silent = true
			b := newBed(t, StateOptions{WindowBytes: 1 << 18}, rules...)
			most := int64(0)
			for i := range 10_000 {
				b.observe(call{at: float64(i) / 10, id: fmt.Sprint(i), user: fmt.Sprint("u", i), verb: "get", name: "1"})
				most = max(most, b.state.windows.bytes)
			}
			if most > 1<<18+1<<12 {
				t.Errorf("%d bytes", most)
			}
			var r coverage.Report
			if b.state.Cover(&r); r.Evicted["windows"] == 0 {
				t.Error("nothing was counted as evicted")
			}
			b.state.Finish()
		})
	}
}
