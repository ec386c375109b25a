package detect

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// reporting is a State beside somebody who judges the same rows by themselves and reports.
type reporting struct {
	*testing.T
	state, other *State
	at           float64
}

func newReporting(t *testing.T, o StateOptions, rules ...*rule.Rule) *reporting {
	t.Helper()
	r := &reporting{T: t}
	var err error
	if r.state, err = NewState(rules, o); err == nil {
		r.other, err = NewState(rules, StateOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// row is a row that the first rule matches.
func (r *reporting) row(id string) (*event.Event, event.UID) {
	return execution{at: r.at, id: id, name: "sh", pod: "web-1"}.event()
}

// sees has the State see a row.
func (r *reporting) sees(id string) {
	e, uid := r.row(id)
	event.K8sCluster.Set(e, "prod")
	r.state.Observe(e, uid, []Match{{Rule: 0}}, SeenFirst)
}

// reports has the other one report what it finds in a row. Its findings have ids of its own.
func (r *reporting) reports(id string) {
	r.Helper()
	e, _ := r.row(id)
	for _, f := range r.other.Instant(e, []Match{{Rule: 0}}) {
		f.ID, f.Cluster = "ffff"+f.ID[4:], "prod"
		if !r.state.Report(f) {
			r.Error("no room")
		}
	}
}

// passes has time pass.
func (r *reporting) passes(seconds float64) {
	r.at += seconds
	r.state.Advance(start.Add(time.Duration(r.at * float64(time.Second))).UnixNano())
}

// found are the findings: how they are called and what they count.
func (r *reporting) found() (out []string) {
	for _, f := range r.state.Findings() {
		who := "own"
		if f.ID[:4] == "ffff" {
			who = "reported"
		}
		out = append(out, fmt.Sprintf("%s %d of %d", who, f.Count, len(f.EventUIDs)))
	}
	return out
}

// Whatever comes first, what both find is found once, counts each row once, and keeps the id under which it was told.
func TestReport(t *testing.T) {
	sh := func(t *testing.T) *rule.Rule { return ofProcess(t, "sh", nil, "process.name", "sh") }
	for _, tt := range []struct {
		name string
		do   func(r *reporting)
		want []string
	}{
		{"the report alone", func(r *reporting) { r.reports("a") }, []string{"reported 1 of 1"}},
		{"the row alone", func(r *reporting) { r.sees("a") }, []string{"own 1 of 1"}},
		{"the report first", func(r *reporting) { r.reports("a"); r.sees("a") }, []string{"reported 1 of 1"}},
		{"the report while the row waits", func(r *reporting) { r.sees("a"); r.reports("a") }, []string{"reported 1 of 1"}},
		{"the row long before", func(r *reporting) { r.sees("a"); r.passes(1000); r.at -= 1000; r.reports("a") }, []string{"own 1 of 1"}},
		{"the row long after", func(r *reporting) { r.reports("a"); r.passes(1000); r.at -= 1000; r.sees("a") }, []string{"reported 1 of 1"}},
		{"the report twice", func(r *reporting) { r.reports("a"); r.reports("a"); r.sees("a") }, []string{"reported 1 of 1"}},
		{"several, of which one row was given up", func(r *reporting) {
			for i := range 4 {
				r.reports(fmt.Sprint(i))
				if i != 2 {
					r.sees(fmt.Sprint(i))
				}
			}
		}, []string{"reported 4 of 4"}},
		{"several, of which only the first was reported", func(r *reporting) {
			r.reports("0")
			for i := range 4 {
				r.sees(fmt.Sprint(i))
				r.at++
			}
		}, []string{"reported 4 of 4"}},
		{"reports begin when rows have come", func(r *reporting) {
			for i := range 3 {
				r.sees(fmt.Sprint(i))
			}
			r.passes(1000)
			r.at -= 1000
			for i := range 4 {
				r.reports(fmt.Sprint(i))
			}
			r.sees("3")
		}, []string{"own 4 of 4"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newReporting(t, StateOptions{Lateness: 5 * time.Second}, sh(t))
			tt.do(r)
			r.passes(10000)
			if got := r.found(); !slices.Equal(got, tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

// After a restart what was reported is known again by what it names, and forgotten with it.
func TestReportRestored(t *testing.T) {
	r := newReporting(t, StateOptions{}, ofProcess(t, "sh", nil, "process.name", "sh"))
	r.reports("a")
	kept := r.state.Findings()[0]
	again := newReporting(t, StateOptions{}, ofProcess(t, "sh", nil, "process.name", "sh"))
	again.state.Restore(kept)
	again.sees("a")
	again.reports("a")
	again.reports("b")
	again.passes(1000)
	if got := again.found(); !slices.Equal(got, []string{"reported 2 of 2"}) {
		t.Errorf("%q", got)
	}
	again.state.Forget(start.Add(24*time.Hour), func(string) bool { return false })
	if n := len(again.state.findings.restored); n != 0 || len(again.found()) != 0 {
		t.Errorf("%d rows are remembered, %q", n, again.found())
	}
}

// A rule that is off is not told by reports either; one that nobody here has is told by what the report says.
func TestReportOfRules(t *testing.T) {
	r := newReporting(t, StateOptions{Off: func(r *rule.Rule, cluster string, _ time.Time) bool { return r.ID == "sh" && cluster == "prod" }},
		ofProcess(t, "sh", nil, "process.name", "sh"))
	r.reports("a")
	if got := r.found(); len(got) != 0 {
		t.Errorf("%q", got)
	}
	foreign := &Finding{ID: "ffff0000000000000000000000000001", Rule: &rule.Rule{ID: "theirs", Title: "Their rule"}, Severity: rule.High, Cluster: "prod", First: start, Last: start,
		Count: 1, EventUIDs: []string{"00000000000000000000000000000001"}, Target: Target{Name: "web-1"}, Reasons: []string{"because"}}
	for range 2 {
		if !r.state.Report(foreign) {
			t.Error("no room")
		}
	}
	foreign.EventUIDs = []string{"00000000000000000000000000000002"}
	r.state.Report(foreign)
	list := r.state.Changed()
	if len(list) != 1 || list[0].Rule.Title != "Their rule" || list[0].Severity != rule.High || list[0].Count != 2 || list[0].Target.Name != "web-1" || !slices.Equal(list[0].Reasons, []string{"because"}) {
		t.Errorf("%+v", list)
	}
	for _, broken := range []*Finding{{ID: "x", Rule: foreign.Rule}, {ID: "", Rule: &rule.Rule{ID: "sh"}}} {
		if r.state.Report(broken) {
			t.Errorf("%+v was taken", broken)
		}
	}
}

// A rule that finds too much is muted, whoever finds it.
func TestReportsFlood(t *testing.T) {
	r := newReporting(t, StateOptions{FindingsPerHour: 3}, ofProcess(t, "sh", nil, "process.name", "sh"))
	for i := range 10 {
		id := fmt.Sprintf("ffff%028d", i)
		r.state.Report(&Finding{ID: id, Rule: &rule.Rule{ID: "sh"}, Severity: rule.High, Cluster: "prod", First: start, Last: start, Count: 1, EventUIDs: []string{fmt.Sprintf("%032d", i)}})
	}
	if list := r.state.Findings(); len(list) != 4 || r.state.Muted()["sh"] != 7 {
		t.Errorf("%d findings, muted %v", len(list), r.state.Muted())
	}
}
