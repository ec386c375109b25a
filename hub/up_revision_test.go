//go:build cgo && linux

package hub

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/collect/sensor/stream"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/jsonl"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/files"
	rules "github.com/lynceus-io/lynceus/rule/load"
)

// revisionRules find a program whoever runs it, told apart by pod, and only in one namespace.
const revisionRules = `
title: Shell
id: 00000000-0000-4000-8000-000000000011
logsource: {category: process_creation, product: linux}
detection:
  selection: {process.name: sh}
  condition: selection
level: high
lynceus:
  target: [k8s.pod]
---
title: Shell in the shop
id: 00000000-0000-4000-8000-000000000012
logsource: {category: process_creation, product: linux}
detection:
  selection: {process.name: sh, k8s.namespace: shop}
  condition: selection
level: medium
`

func rulesFrom(t *testing.T, text string) []*rule.Rule {
	t.Helper()
	r := rules.Load(files.Tree{FS: fstest.MapFS{"r.yml": {Data: []byte(text)}}, Root: "r.yml", Name: "r.yml"})
	if len(r.Errors)+len(r.Unsupported) > 0 {
		t.Fatal(r.Errors, r.Unsupported)
	}
	return r.Rules
}

// fillRevision makes a row of a sensor: at first without the pod's name, which comes with the next revision.
func fillRevision(e *event.Event, at time.Time, revision int64) {
	e.Reset(event.ClassProcess)
	event.MetadataUID.Set(e, strings.Repeat("a", 32))
	event.Time.Set(e, at.UnixNano())
	event.ReceivedTime.Set(e, at.UnixNano())
	event.Activity.Set(e, "Launch")
	event.ProcessName.Set(e, "sh")
	if revision == 0 {
		event.MetadataAwaits.Set(e, true)
		return
	}
	event.MetadataRevision.Set(e, revision)
	event.K8sPod.Set(e, "web-0")
	event.K8sNamespace.Set(e, "shop")
}

// The name of a pod that a sensor learns late makes no second finding of what was found without it, whose row says the pod
// then; what only it shows is found.
func TestUpRevisions(t *testing.T) {
	t.Parallel()
	sensor, server := sensorPair(t)
	u := startUp(t, UpOptions{Dir: t.TempDir(), Sensor: server, Cluster: "prod", Maintain: time.Hour, Rules: rulesFrom(t, revisionRules), Log: logs(t)})
	sender := stream.NewSender(sensor, 0)
	at := time.Now()
	send := func(fill func(e *event.Event)) {
		t.Helper()
		b := wire.Builder{}
		b.Reset("sensor", 1)
		var e event.Event
		fill(&e)
		if err := b.Add(&e); err != nil {
			t.Fatal(err)
		}
		if err := sender.Send(b.AppendTo); err != nil {
			t.Fatal(err)
		}
	}
	pass := func(uid string, after time.Duration) { // time passes with what is no match
		send(func(e *event.Event) {
			fillRevision(e, at.Add(after), 1)
			e.Clear(event.MetadataRevision.ID())
			event.MetadataUID.Set(e, uid)
			event.ProcessName.Set(e, "ls")
		})
	}
	found := func() map[string]map[string]string {
		rows, _ := answerOf(t, u.store, hunt.Request{KQL: "finding | project title=finding_info.title, uid=finding_info.uid, n=['count'], about=finding_info.about"})
		out := map[string]map[string]string{}
		for _, r := range rows {
			out[r["title"]] = r
		}
		return out
	}
	send(func(e *event.Event) { fillRevision(e, at, 0) })
	pass("later", 20*time.Second)
	until(t, time.Minute, "nothing is found", func() bool { return len(found()) == 1 })
	first := found()["Shell"]["uid"]
	send(func(e *event.Event) { fillRevision(e, at, 1) })
	pass("later still", 40*time.Second)
	until(t, time.Minute, "what the name shows is not found", func() bool { return len(found()) == 2 })
	if got := found()["Shell"]; got["uid"] != first || got["n"] != "1" || !strings.Contains(got["about"], "web-0") {
		t.Errorf("%v; it was %s", got, first)
	}
	if got := number(t, u.store, "process | where process.name == 'sh' | project n = strcat(k8s.pod, ' ', metadata.revision)"); got != "web-0 8" {
		t.Errorf("the row is %q", got)
	}
}

// The same in a file.
func TestScanRevisions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "events.jsonl")
	encoder := jsonl.NewEncoder()
	var out []byte
	at := time.Now().Add(-time.Hour)
	for revision := range int64(2) {
		var e event.Event
		fillRevision(&e, at, revision)
		out = append(encoder.Append(out, &e), '\n')
	}
	if err := os.WriteFile(file, out, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Scan(t.Context(), ScanOptions{Files: []string{file}, Rules: rulesFrom(t, revisionRules)})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, f := range r.Findings {
		got[f.Rule.Title+" "+f.Target.Name] += f.Count
	}
	if len(r.Findings) != 2 || got["Shell web-0"] != 1 || got["Shell in the shop web-0"] != 1 {
		t.Errorf("%v", got)
	}
}
