package node

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rule/load"
)

const sigmaRules = `
title: Shell
id: 00000000-0000-4000-8000-000000000001
name: shell
logsource: {category: process_creation, product: linux}
detection:
  selection: {process.name: sh}
  condition: selection
level: high
fields: [process.cmd_line]
---
title: Many shells in a pod
id: 00000000-0000-4000-8000-000000000002
correlation:
  type: event_count
  rules: [shell]
  group-by: [k8s.pod_uid]
  timespan: 1m
  condition: {gte: 3}
  generate: true
level: critical
---
title: Many shells in a namespace
id: 00000000-0000-4000-8000-000000000003
correlation:
  type: event_count
  rules: [shell]
  group-by: [k8s.namespace]
  timespan: 1m
  condition: {gte: 3}
  generate: true
level: critical
---
title: New program
id: 00000000-0000-4000-8000-000000000004
logsource: {category: process_creation, product: linux}
detection:
  selection: {process.name: sh}
  condition: selection
level: low
lynceus:
  new: {key: [process.file.path]}
---
title: Secrets
id: 00000000-0000-4000-8000-000000000005
logsource: {product: kubernetes, service: audit}
detection:
  selection: {objectRef.resource: secrets}
  condition: selection
level: low
`

func rulesOf(t *testing.T, text string) []*rule.Rule {
	t.Helper()
	r := load.Load(files.Tree{FS: fstest.MapFS{"r.yml": {Data: []byte(text)}}, Root: "r.yml", Name: "r.yml"})
	if len(r.Errors)+len(r.Unsupported) > 0 {
		t.Fatal(r.Errors, r.Unsupported)
	}
	return r.Rules
}

func launch(second int, pod string) *event.Event {
	e := &event.Event{Class: event.ClassProcess}
	event.MetadataUID.Set(e, strings.Repeat("0", 30)+string("0123456789abcdef"[second/16%16])+string("0123456789abcdef"[second%16]))
	event.Time.Set(e, int64(second)*int64(time.Second))
	event.Activity.Set(e, "Launch")
	event.ProcessName.Set(e, "sh")
	event.ProcessCmdLine.Set(e, "sh -c id")
	event.K8sPodUID.Set(e, pod)
	return e
}

func TestJudge(t *testing.T) {
	j, left, err := New(rulesOf(t, sigmaRules), Options{})
	if err != nil {
		t.Fatal(err)
	}
	why := map[string]string{}
	for _, l := range left {
		why[l.Rule.Title] = l.Why
	}
	for title, part := range map[string]string{"Many shells in a namespace": "several nodes", "New program": "what is new", "Secrets": "not of a node's sensor"} {
		if !strings.Contains(why[title], part) {
			t.Errorf("%s: %q", title, why[title])
		}
	}
	if len(j.Rules()) != 2 || len(left) != 3 {
		t.Fatalf("%d rules here, left %v", len(j.Rules()), why)
	}
	var shells []*detect.Finding
	var many []*detect.Finding
	take := func(found []*detect.Finding) {
		for _, f := range found {
			if f.Rule.Correlation != nil {
				many = append(many, f)
			} else {
				shells = append(shells, f)
			}
		}
	}
	for second := 1; second <= 4; second++ {
		before := len(shells)
		take(j.Event(launch(second, "a")))
		if len(shells) != before+1 {
			t.Fatal("the finding does not come with the row")
		}
		take(j.Event(launch(second+100, "b")))
	}
	take(j.Pass(int64(1000 * time.Second)))
	take(j.Pass(int64(1001 * time.Second)))
	if len(shells) != 8 || len(many) != 2 {
		t.Errorf("%d shells, %d times many", len(shells), len(many))
	}
	f := shells[0]
	if f.Count != 1 || f.Severity != rule.High || len(f.Evidence) != 1 || f.Evidence[0].Value != "sh -c id" || f.EventUIDs[0] != event.MetadataUID.Get(launch(1, "a")) {
		t.Errorf("%+v", f)
	}
	if many[0].Severity != rule.Critical || many[0].Count < 3 {
		t.Errorf("%+v", many[0])
	}
	// What all events together would make is the same finding.
	if shells[0].ID != shells[2].ID || shells[0].ID == "" {
		t.Errorf("ids %s and %s", shells[0].ID, shells[2].ID)
	}
}

const namedRules = `
title: Shell in the shop
id: 00000000-0000-4000-8000-000000000006
logsource: {category: process_creation, product: linux}
detection:
  selection: {process.name: sh, k8s.namespace: shop}
  condition: selection
level: high
`

// A row that comes again with what was not known before is found by no rule twice, and by those that need what is known
// now.
func TestJudgeAmended(t *testing.T) {
	j, _, err := New(append(rulesOf(t, sigmaRules), rulesOf(t, namedRules)...), Options{})
	if err != nil {
		t.Fatal(err)
	}
	told := func(found []*detect.Finding) string {
		var out []string
		for _, f := range found {
			out = append(out, f.Rule.Title)
		}
		return strings.Join(out, ", ")
	}
	row := func(second int, revision int64, awaits bool) *event.Event {
		e := launch(second, "")
		e.Clear(event.K8sPodUID.ID())
		if revision > 0 {
			event.MetadataRevision.Set(e, revision)
			event.K8sPodUID.Set(e, "a")
			event.K8sNamespace.Set(e, "shop")
		}
		if awaits {
			event.MetadataAwaits.Set(e, true)
		}
		return e
	}
	var got []string
	for second := range 3 {
		for revision := range int64(3) {
			got = append(got, told(j.Event(row(second, revision, revision < 2))))
		}
	}
	want := []string{"Shell", "Shell in the shop", ""}
	for i, g := range got {
		if g != want[i%3] {
			t.Errorf("revision %d: %q, want %q", i%3, g, want[i%3])
		}
	}
	if got := told(j.Pass(int64(1000 * time.Second))); got != "Many shells in a pod" {
		t.Errorf("counted by what became known: %q", got)
	}
}

func TestOtherEventsAreNoFindings(t *testing.T) {
	j, _, err := New(rulesOf(t, sigmaRules), Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := launch(1, "a")
	event.ProcessName.Set(e, "ls")
	if found := j.Event(e); found != nil {
		t.Error(found)
	}
}

func BenchmarkJudge(b *testing.B) {
	r := load.Load(files.Tree{FS: fstest.MapFS{"r.yml": {Data: []byte(sigmaRules)}}, Root: "r.yml", Name: "r.yml"})
	j, _, err := New(r.Rules, Options{})
	if err != nil {
		b.Fatal(err)
	}
	e := launch(1, "a")
	event.ProcessName.Set(e, "ls")
	b.ReportAllocs()
	for b.Loop() {
		j.Event(e)
	}
}
