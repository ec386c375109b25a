package detect

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// ofProcess returns a rule on processes.
func ofProcess(t *testing.T, id string, ext *rule.Extension, conditions ...string) *rule.Rule {
	t.Helper()
	var all expr.And
	for i := 0; i < len(conditions); i += 2 {
		all.X = append(all.X, &expr.Pred{Field: refOf(t, conditions[i]), Name: conditions[i], Op: expr.OpEq, Text: conditions[i+1]})
	}
	return &rule.Rule{ID: id, Name: id, Title: id, Severity: rule.Medium, Table: event.ClassProcess, Vocabulary: "process_creation", Expr: &all, Ext: ext}
}

func refOf(t *testing.T, field string) event.Ref {
	t.Helper()
	ref, ok := event.Resolve(event.ClassProcess, field)
	if !ok {
		t.Fatal("no field", field)
	}
	return ref
}

// execution is a row about a program that was executed.
type execution struct {
	at       float64
	id       string
	name     string
	pod      string // empty: not known yet
	revision int64
	awaits   bool
}

func (x execution) event() (*event.Event, event.UID) {
	uid := event.NewUIDHasher().Sum("test", x.id)
	e := &event.Event{Class: event.ClassProcess}
	event.MetadataUID.Set(e, uid.String())
	event.Time.Set(e, seconds(x.at))
	event.ProcessName.Set(e, x.name)
	if x.pod != "" {
		event.K8sPod.Set(e, x.pod)
		event.K8sNamespace.Set(e, "shop")
	}
	if x.revision > 0 {
		event.MetadataRevision.Set(e, x.revision)
	}
	if x.awaits {
		event.MetadataAwaits.Set(e, true)
	}
	return e, uid
}

// runtimeRules are one whose findings are told apart by pod, one that needs the pod, one that only holds without, and one
// that counts by pod.
func runtimeRules(t *testing.T) []*rule.Rule {
	byPod := &rule.Extension{Target: []event.Ref{refOf(t, "k8s.pod")}}
	absent := ofProcess(t, "nameless", nil, "process.name", "sh")
	absent.Expr = &expr.And{X: []expr.Node{absent.Expr, &expr.Not{X: &expr.Pred{Field: refOf(t, "k8s.namespace"), Name: "k8s.namespace", Op: expr.OpEq, Text: "shop"}}}}
	count := &rule.Rule{
		ID: "three", Name: "three", Title: "three", Severity: rule.High, Table: event.ClassProcess,
		Correlation: &rule.Correlation{Type: rule.EventCount, Rules: []string{"shell"}, GroupBy: []string{"k8s.pod"}, Timespan: time.Minute, Conditions: []rule.Comparison{{Op: expr.OpGe, Value: 3}}, Generate: true},
	}
	return []*rule.Rule{ofProcess(t, "shell", byPod, "process.name", "sh"), ofProcess(t, "in-shop", nil, "process.name", "sh", "k8s.namespace", "shop"), absent, count}
}

func TestRevisions(t *testing.T) {
	nameless := func(at float64, id string) execution {
		return execution{at: at, id: id, name: "sh", awaits: true}
	}
	named := func(at float64, id string) execution {
		return execution{at: at, id: id, name: "sh", pod: "web", revision: 1}
	}
	hashed := func(x execution) execution {
		x.revision++
		return x
	}
	awaiting := func(x execution) execution {
		x.awaits = true
		return x
	}
	other := execution{at: 60, id: "other", name: "ls"} // time passes
	for name, tt := range map[string]struct {
		rows []execution
		want []string // rule, count, pod
	}{
		"known at once":        {[]execution{{at: 0, id: "a", name: "sh", pod: "web"}}, []string{"in-shop 1 web", "shell 1 web"}},
		"before it was judged": {[]execution{nameless(0, "a"), named(0, "a")}, []string{"in-shop 1 web", "shell 1 web"}},
		"after it was judged":  {[]execution{nameless(0, "a"), other, named(0, "a")}, []string{"in-shop 1 web", "nameless 1 ", "shell 1 web"}},
		"twice":                {[]execution{nameless(0, "a"), other, awaiting(named(0, "a")), hashed(named(0, "a"))}, []string{"in-shop 1 web", "nameless 1 ", "shell 1 web"}},
		"without its first":    {[]execution{named(0, "a"), other}, []string{"in-shop 1 web", "shell 1 web"}},
		"counted by what became known": {
			[]execution{nameless(0, "a"), nameless(1, "b"), nameless(2, "c"), other, named(0, "a"), named(1, "b"), named(2, "c")},
			[]string{"in-shop 3 web", "nameless 3 ", "shell 3 web", "three 3 web"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			rules := runtimeRules(t)
			s, err := NewState(rules, StateOptions{Lateness: time.Second})
			if err != nil {
				t.Fatal(err)
			}
			program := compileAll(t, rules)
			ids := map[string]string{}
			for _, x := range tt.rows {
				e, uid := x.event()
				seen := SeenFirst
				if x.revision > 0 {
					seen = SeenAmended
				}
				s.Observe(e, uid, program(e), seen)
				for _, f := range s.Changed() {
					if was := ids[f.Rule.ID]; was != "" && was != f.ID {
						t.Errorf("%s was %s, and is %s now", f.Rule.ID, was, f.ID)
					}
					ids[f.Rule.ID] = f.ID
				}
			}
			var got []string
			for _, f := range s.Finish() {
				got = append(got, fmt.Sprintf("%s %d %s", f.Rule.ID, f.Count, f.Target.Name))
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if s.awaited.bytes != 0 || len(s.awaited.byUID) != 0 {
				t.Errorf("%d bytes are kept of rows that nothing will be added to", s.awaited.bytes)
			}
		})
	}
}

// compileAll returns what finds the rules that match an event.
func compileAll(t *testing.T, rules []*rule.Rule) func(*event.Event) []Match {
	t.Helper()
	set, err := Compile(rules, Options{})
	if err != nil {
		t.Fatal(err)
	}
	scratch := set.NewScratch()
	return func(e *event.Event) []Match { return set.Match(scratch, e, nil) }
}

// A finding that an earlier run told keeps its id when the row is amended in this one.
func TestRevisionAfterRestart(t *testing.T) {
	rules := runtimeRules(t)
	program := compileAll(t, rules)
	first, err := NewState(rules, StateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	e, uid := execution{id: "a", name: "sh", awaits: true}.event()
	first.Observe(e, uid, program(e), SeenFirst)
	second, err := NewState(rules, StateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for _, f := range first.Finish() {
		told[f.Rule.ID] = f.ID
		second.Restore(f)
	}
	e, uid = execution{id: "a", name: "sh", pod: "web", revision: 1}.event()
	second.Observe(e, uid, program(e), SeenAmended)
	for _, f := range second.Finish() {
		if was := told[f.Rule.ID]; f.Count != 1 || was != "" && was != f.ID || was == "" && f.Rule.ID != "in-shop" {
			t.Errorf("%s: %d, %s, was %s", f.Rule.ID, f.Count, f.ID, was)
		}
	}
	if n := len(second.Findings()); n != 3 {
		t.Errorf("%d findings", n)
	}
}

// Rows that are never amended do not fill the memory, and what had to go is counted.
func TestRevisionsAreBounded(t *testing.T) {
	rules := runtimeRules(t)[:1]
	program := compileAll(t, rules)
	s, err := NewState(rules, StateOptions{Lateness: time.Second, WaitingBytes: 64 << 10})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		e, uid := execution{at: float64(i) / 10, id: fmt.Sprint(i), name: "sh", awaits: true}.event()
		s.Observe(e, uid, program(e), SeenFirst)
		if s.awaited.bytes > 64<<10 {
			t.Fatalf("%d bytes after %d rows", s.awaited.bytes, i)
		}
	}
	if s.evicted["amendments"] == 0 {
		t.Error("nothing was counted")
	}
	many := s.evicted["amendments"]
	e, uid := execution{at: 3600, id: "late", name: "sh", awaits: true}.event()
	s.Observe(e, uid, program(e), SeenFirst)
	if len(s.awaited.byUID) != 1 || s.evicted["amendments"] != many {
		t.Errorf("%d rows are kept after an hour, %d counted besides", len(s.awaited.byUID), s.evicted["amendments"]-many)
	}
}
