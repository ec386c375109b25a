package detect

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// joined is a correlation of rules on verbs, one for each name.
func joined(c rule.Correlation) []*rule.Rule {
	out := []*rule.Rule{{ID: "joined", Name: "joined", Title: "joined", Severity: rule.High, Correlation: &c}}
	return append(out, verbs(c.Rules...)...)
}

// verbs are silent rules, each for one verb, called like it.
func verbs(names ...string) []*rule.Rule {
	var out []*rule.Rule
	for _, n := range names {
		r := single(n, rule.Low, eq("api.operation", n), nil)
		r.Silent = true
		out = append(out, r)
	}
	return out
}

// calls reads "verb@seconds ..." by a user; the audit id is the word.
func calls(user, text string) []call {
	var out []call
	for _, w := range strings.Fields(text) {
		verb, at, _ := strings.Cut(w, "@")
		d, err := time.ParseDuration(at + "s")
		if err != nil {
			panic(err)
		}
		out = append(out, call{at: d.Seconds(), id: user + ":" + w, user: user, verb: verb, resource: "secrets"})
	}
	return out
}

func ge(v float64) []rule.Comparison { return []rule.Comparison{{Op: expr.OpGe, Value: v}} }

func leg(name string) expr.Node { return &expr.Pred{Name: name, Op: expr.OpExists} }

func TestCorrelations(t *testing.T) {
	user := []string{"actor.user.name"}
	count := func(cs ...rule.Comparison) rule.Correlation {
		return rule.Correlation{Type: rule.EventCount, Rules: []string{"get"}, GroupBy: user, Timespan: time.Minute, Conditions: cs}
	}
	together := func(rules ...string) rule.Correlation {
		return rule.Correlation{Type: rule.Temporal, Rules: rules, GroupBy: user, Timespan: time.Minute}
	}
	ordered := func(rules ...string) rule.Correlation {
		return rule.Correlation{Type: rule.TemporalOrdered, Rules: rules, GroupBy: user, Timespan: time.Minute}
	}
	with := func(c rule.Correlation, f func(*rule.Correlation)) rule.Correlation { f(&c); return c }
	early := "; the log ends before the time in which it could have turned out otherwise"
	tests := []struct {
		name string
		c    rule.Correlation
		in   string // by jane
		more string // by joe
		want []string
	}{
		{"count reached", count(ge(3)...), "get@0 get@10 get@20", "", []string{"joined high 3 [jane:get@0 jane:get@10 jane:get@20]"}},
		{"count not reached", count(ge(3)...), "get@0 get@10 put@20", "", nil},
		{"count within the window only", count(ge(3)...), "get@0 get@40 get@70", "", nil},
		{"count at the edge of the window", count(ge(3)...), "get@0 get@40 get@60", "", []string{"joined high 3 [jane:get@0 jane:get@40 jane:get@60]"}},
		{"greater than", count(rule.Comparison{Op: expr.OpGt, Value: 2}), "get@0 get@1", "", nil},
		{"greater than, reached", count(rule.Comparison{Op: expr.OpGt, Value: 2}), "get@0 get@1 get@2", "", []string{"joined high 3 [jane:get@0 jane:get@1 jane:get@2]"}},
		{"a window that is not aligned", count(ge(3)...), "get@50 get@70 get@80", "", []string{"joined high 3 [jane:get@50 jane:get@70 jane:get@80]"}},
		{"a burst goes on", count(ge(2)...), "get@0 get@10 get@60 get@110 get@400", "", []string{"joined high 4 [jane:get@0 jane:get@10 jane:get@60 jane:get@110]"}},
		{"two bursts of a day", count(ge(2)...), "get@0 get@10 get@400 get@410", "", []string{"joined high 4 [jane:get@0 jane:get@10 jane:get@400 jane:get@410]"}},
		{"groups are apart", count(ge(3)...), "get@0 get@10", "get@5 get@15", nil},
		{"at most", count(rule.Comparison{Op: expr.OpLe, Value: 2}), "get@0 get@10 put@400", "", []string{"joined high 2 [jane:get@0 jane:get@10]"}},
		{"at most, exceeded", count(rule.Comparison{Op: expr.OpLe, Value: 2}), "get@0 get@10 get@20 put@400", "", nil},
		{"exactly", count(rule.Comparison{Op: expr.OpEq, Value: 2}), "get@0 get@10 get@400 get@410 get@420 get@900 put@1000", "", []string{"joined high 2 [jane:get@0 jane:get@10]"}},
		{"not exactly", count(rule.Comparison{Op: expr.OpEq, Neq: true, Value: 2}), "get@0 get@10 get@400 put@1000", "", []string{"joined high 1 [jane:get@400]"}},
		{"a range", count(ge(2)[0], rule.Comparison{Op: expr.OpLt, Value: 4}), "get@0 get@10 get@20 get@30 get@200 get@210 put@400", "", []string{"joined high 2 [jane:get@200 jane:get@210]"}},
		{"a window still open at the end", count(rule.Comparison{Op: expr.OpEq, Value: 2}), "get@0 get@10", "", []string{"joined high 2 [jane:get@0 jane:get@10]" + early}},

		{"all together", together("get", "put"), "put@0 get@50", "", []string{"joined high 2 [jane:put@0 jane:get@50]"}},
		{"one is missing", together("get", "put"), "put@0 put@50", "", nil},
		{"too far apart", together("get", "put"), "put@0 get@61", "", nil},
		{"not of the same group", together("get", "put"), "put@0", "get@1", nil},
		{"three", together("get", "put", "watch"), "watch@0 get@30 put@61 watch@62", "", []string{"joined high 3 [jane:get@30 jane:put@61 jane:watch@62]"}},
		{"at least two of three", with(together("get", "put", "watch"), func(c *rule.Correlation) { c.Conditions = ge(2) }), "get@0 watch@5", "", []string{"joined high 2 [jane:get@0 jane:watch@5]"}},
		{"a condition over rules", with(together("get", "put", "watch"), func(c *rule.Correlation) {
			c.Condition = and(leg("get"), &expr.Or{X: []expr.Node{leg("put"), leg("watch")}})
		}), "get@0 watch@5", "put@0 watch@1", []string{"joined high 2 [jane:get@0 jane:watch@5]"}},
		{"a condition with not", with(together("get", "put"), func(c *rule.Correlation) { c.Condition = and(leg("get"), &expr.Not{X: leg("put")}) }),
			"get@0 get@200 put@230 list@400", "put@0 get@30 get@100 list@400", []string{"joined high 1 [jane:get@0]", "joined high 1 [joe:get@100]"}},

		{"in order", ordered("get", "put"), "get@0 put@50", "", []string{"joined high 2 [jane:get@0 jane:put@50]"}},
		{"in another order", ordered("get", "put"), "put@0 get@50", "", nil},
		{"in order, too late", ordered("get", "put"), "get@0 put@61", "", nil},
		{"in order, the second try in time", ordered("get", "put"), "get@0 get@30 put@61", "", []string{"joined high 2 [jane:get@30 jane:put@61]"}},
		{"three in order", ordered("get", "put", "watch"), "put@0 get@10 watch@15 put@20 watch@30", "", []string{"joined high 3 [jane:get@10 jane:put@20 jane:watch@30]"}},
		{"at the same time in either order", ordered("get", "put", "watch"), "watch@5 put@5 get@5", "", []string{"joined high 3 [jane:put@5 jane:watch@5 jane:get@5]"}},
		{"in order, one of three does not matter", with(ordered("get", "list", "put"), func(c *rule.Correlation) { c.Condition = and(leg("get"), leg("put")) }), "get@0 put@50", "", []string{"joined high 2 [jane:get@0 jane:put@50]"}},

		{"absent before", with(together("get", "put"), func(c *rule.Correlation) { c.Absent = []string{"get"} }), "put@100 list@300", "", []string{"joined high 1 [jane:put@100]"}},
		{"not absent before", with(together("get", "put"), func(c *rule.Correlation) { c.Absent = []string{"get"} }), "get@45 put@100 list@300", "", nil},
		{"long before is absent", with(together("get", "put"), func(c *rule.Correlation) { c.Absent = []string{"get"} }), "get@30 put@100 list@300", "", []string{"joined high 1 [jane:put@100]"}},
		{"later is absent before", with(together("get", "put"), func(c *rule.Correlation) { c.Absent = []string{"get"} }), "put@100 get@101 list@300", "", []string{"joined high 1 [jane:put@100]"}},
		{"absent after", with(together("get", "put"), func(c *rule.Correlation) { c.Absent = []string{"put"} }), "get@0 list@300", "", []string{"joined high 1 [jane:get@0]"}},
		{"not absent after", with(together("get", "put"), func(c *rule.Correlation) { c.Absent = []string{"put"} }), "get@0 put@60 list@300", "", nil},
		{"absent until the log ends", with(together("get", "put"), func(c *rule.Correlation) { c.Absent = []string{"put"} }), "get@0 list@20", "", []string{"joined high 1 [jane:get@0]" + early}},
		{"absent between", with(ordered("get", "put", "watch"), func(c *rule.Correlation) { c.Absent = []string{"put"} }), "get@0 watch@30", "get@0 put@10 watch@30", []string{"joined high 2 [jane:get@0 jane:watch@30]"}},
		{"absent in order, by its condition", with(ordered("get", "put", "watch"), func(c *rule.Correlation) {
			c.Condition = and(leg("get"), &expr.Not{X: leg("put")}, leg("watch"))
		}), "get@0 watch@30", "get@0 put@10 watch@30", []string{"joined high 2 [jane:get@0 jane:watch@30]"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBed(t, StateOptions{}, joined(tt.c)...)
			b.observe(inOrder(append(calls("jane", tt.in), calls("joe", tt.more)...))...)
			if got := lines(b.state.Finish()); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got\n %q, want\n %q", got, tt.want)
			}
		})
	}
}
