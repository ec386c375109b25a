//go:build cgo

package hub

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus/link"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/detect/node"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/incident/row"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/files"
	ruleload "github.com/lynceus-io/lynceus/rule/load"
)

const shellRule = `
title: Shell
id: 00000000-0000-4000-8000-000000000001
name: shell
logsource: {category: process_creation, product: linux}
detection: {selection: {process.name: sh}, condition: selection}
level: high
`

const dogRule = `
title: Dog
id: 00000000-0000-4000-8000-000000000002
logsource: {category: process_creation, product: linux}
detection: {selection: {process.name: dog}, condition: selection}
level: medium
`

func rulesOf(t *testing.T, text string) []*rule.Rule {
	t.Helper()
	r := ruleload.Load(files.Tree{FS: fstest.MapFS{"r.yml": {Data: []byte(text)}}, Root: "r.yml", Name: "r.yml"})
	if len(r.Errors)+len(r.Unsupported) > 0 {
		t.Fatal(r.Errors, r.Unsupported)
	}
	return r.Rules
}

// judgingNode is a node that judges what it does itself, and sends both.
type judgingNode struct {
	*testing.T
	link    *link.Link
	judge   *node.Judge
	numbers map[peer.Lane]uint64
}

func newJudgingNode(t *testing.T, u *Up, dir, name, rules string) *judgingNode {
	t.Helper()
	_, p := proof(t, dir, token.New{Name: name, Role: token.Sensor, Cluster: "prod", Node: name, By: "test"})
	judge, left, err := node.New(rulesOf(t, rules), node.Options{})
	if err != nil || len(left) > 0 {
		t.Fatal(err, left)
	}
	return &judgingNode{t, connect(t, u, p, nil), judge, map[peer.Lane]uint64{}}
}

// send sends rows in a lane.
func (n *judgingNode) send(lane peer.Lane, rows ...*event.Event) {
	n.Helper()
	var b wire.Builder
	b.Reset("sensor", 1)
	for _, e := range rows {
		if err := b.Add(e); err != nil {
			n.Fatal(err)
		}
	}
	n.numbers[lane]++
	if err := n.link.Send(n.Context(), lane, "epoch", n.numbers[lane], b.AppendTo(nil)); err != nil {
		n.Fatal(err)
	}
}

// launch is a row about a program that was executed.
func launch(uid, program, args string) *event.Event {
	e := &event.Event{}
	e.Reset(event.ClassProcess)
	event.MetadataUID.Set(e, uid)
	event.MetadataSource.Set(e, "sensor")
	event.Time.Set(e, time.Now().UnixNano())
	event.ReceivedTime.Set(e, time.Now().UnixNano())
	event.Activity.Set(e, "Launch")
	event.ProcessName.Set(e, program)
	event.ProcessCmdLine.Set(e, program+" "+args)
	event.ContainerUID.Set(e, "c1")
	return e
}

// findings are what the node finds in a row, as rows.
func (n *judgingNode) findings(e *event.Event) (out []*event.Event) {
	n.Helper()
	for _, f := range n.judge.Event(e) {
		out = append(out, n.row(f))
	}
	if len(out) == 0 {
		n.Fatal("nothing is found")
	}
	return out
}

func (n *judgingNode) row(f *detect.Finding) *event.Event {
	n.Helper()
	e := &event.Event{}
	if err := row.Finding(e, f, row.Standing{Revision: 1, Received: time.Now()}); err != nil {
		n.Fatal(err)
	}
	return e
}

func uidOf(n int) string { return fmt.Sprintf("%032x", n) }

// What a node and the hub find in the same rows is found once, in whatever order it comes; what only the node finds is a
// finding of the hub's, too; and no node can take the place of another's rows and findings.
func TestNodesFind(t *testing.T) {
	dir := t.TempDir()
	u := startUp(t, UpOptions{Dir: dir, Gate: &GateOptions{Listen: "127.0.0.1:0"}, Rules: rulesOf(t, shellRule), Maintain: time.Hour, Log: logs(t)})
	honest := newJudgingNode(t, u, dir, "n1", shellRule+"---"+dogRule)
	count := func(what, want string) {
		t.Helper()
		until(t, 2*time.Minute, what, func() bool {
			rows, _ := answerOf(t, u.store, hunt.Request{KQL: what})
			return len(rows) == 1 && len(rows[0]) == 1 && slices.Collect(maps.Values(rows[0]))[0] == want
		})
	}
	for i := range 4 { // findings come first, as from a sensor
		e := launch(uidOf(i), "sh", "-c id")
		honest.send(peer.Findings, honest.findings(e)...)
		if i != 2 { // one row is given up
			honest.send(peer.Events, e)
		}
	}
	dog := launch(uidOf(10), "dog", "bark")
	honest.send(peer.Findings, honest.findings(dog)...)
	honest.send(peer.Events, dog)
	count("finding | where finding_info.title == 'Shell' | project ['count']", "4")
	count("finding | where finding_info.title == 'Dog' | project strcat(k8s.cluster, ' ', ['count'])", "prod 1")
	count("finding | count", "2")
	count("finding | where finding_info.title == 'Dog' | mv-expand uid = related_events to typeof(string) | join kind=inner (process | extend uid = metadata.uid) on uid | project process.cmd_line", "dog bark")
	count("finding | where finding_info.title == 'Shell' | mv-expand uid = related_events to typeof(string) | join kind=inner (process | extend uid = metadata.uid) on uid | count", "3")
	until(t, 2*time.Minute, "they belong to an incident", func() bool {
		return number(t, u.store, "finding | where isnotempty(incident.uid) | count") == "2"
	})

	// Another node knows the ids of these rows and findings, and sends its own under them.
	hostile := newJudgingNode(t, u, dir, "n2", shellRule+"---"+dogRule)
	forged := launch(uidOf(10), "cat", "nothing to see")
	event.MetadataRevision.Set(forged, 1000)
	hostile.send(peer.Events, forged)
	var f *detect.Finding
	for _, f = range hostile.judge.Event(launch(uidOf(10), "dog", "bark")) {
		f.Severity, f.Count, f.Rule = rule.Informational, 0, &rule.Rule{ID: f.Rule.ID, Title: "Nothing"}
		e := hostile.row(f)
		event.MetadataRevision.Set(e, 1000)
		hostile.send(peer.Findings, e)
	}
	count("process | where process.name in ('dog', 'cat') | count", "2")
	count("process | where process.name == 'dog' and k8s.node == 'n1' | count", "1")
	count("process | where process.name == 'cat' and k8s.node == 'n2' | count", "1")
	count("finding | where finding_info.analytic.uid == '"+f.Rule.ID+"' | count", "2")
	count("finding | where finding_info.title == 'Dog' and severity == 'medium' | project ['count']", "1")

	// After a restart the same rows are known, and findings go on growing.
	if err := honest.link.Close(); err != nil {
		t.Fatal(err)
	}
	stopUp(t, u)
	u = startUp(t, UpOptions{Dir: dir, Gate: &GateOptions{Listen: "127.0.0.1:0"}, Rules: rulesOf(t, shellRule), Maintain: time.Hour, Log: logs(t)})
	again := newJudgingNode(t, u, dir, "n1", shellRule)
	for _, i := range []int{1, 20} {
		again.numbers = map[peer.Lane]uint64{peer.Findings: uint64(100 + i), peer.Events: uint64(100 + i)}
		e := launch(uidOf(i), "sh", "-c id")
		again.send(peer.Findings, again.findings(e)...)
	}
	count("finding | where finding_info.title == 'Shell' | project ['count']", "5")
	count("finding | where finding_info.title == 'Shell' | count", "1")
}

// A finding that cannot be read is refused with its batch.
func TestBrokenFindings(t *testing.T) {
	dir := t.TempDir()
	u := startUp(t, UpOptions{Dir: dir, Gate: &GateOptions{Listen: "127.0.0.1:0"}, Rules: rulesOf(t, shellRule), Maintain: time.Hour, Log: logs(t)})
	n := newJudgingNode(t, u, dir, "n1", shellRule)
	for i, raw := range []string{"", "{", `{"schema":"lynceus.finding/v9"}`, `{"schema":"lynceus.finding/v1","severity":"high"}`} {
		e := n.findings(launch(uidOf(i), "sh", ""))[0]
		e.Raw = []byte(raw)
		var b wire.Builder
		b.Reset("sensor", 1)
		if err := b.Add(e); err != nil {
			t.Fatal(err)
		}
		if err := n.link.Send(t.Context(), peer.Findings, "epoch", uint64(i+1), b.AppendTo(nil)); err == nil {
			t.Errorf("%q was taken", raw)
		}
	}
}

// A peer that stamps its batches itself is refused: it would say whose they are.
func TestPeersStamp(t *testing.T) {
	dir := t.TempDir()
	u := startUp(t, UpOptions{Dir: dir, Gate: &GateOptions{Listen: "127.0.0.1:0"}, Rules: rulesOf(t, shellRule), Maintain: time.Hour, Log: logs(t)})
	n := newJudgingNode(t, u, dir, "n1", shellRule)
	var b wire.Builder
	b.Reset("sensor", 1)
	if err := b.Add(launch(uidOf(1), "sh", "")); err != nil {
		t.Fatal(err)
	}
	stamped := wire.AppendStamped(nil, &wire.Stamp{Cluster: "other", Node: "n2", Source: sensorSource}, b.AppendTo(nil))
	if err := n.link.Send(t.Context(), peer.Events, "epoch", 1, stamped); !errors.Is(err, link.ErrRefused) {
		t.Errorf("a stamped batch: %v", err)
	}
}

// The mark of a peer is its own, and of this installation.
func TestMarks(t *testing.T) {
	m := marker{[]byte("key")}
	one, other := m.mark(peer.Name{Kind: peer.Sensor, Cluster: "prod", Node: "n1"}), m.mark(peer.Name{Kind: peer.Sensor, Cluster: "prod", Node: "n2"})
	if len(one) != markDigits || one == other || one == (marker{[]byte("other")}).mark(peer.Name{Kind: peer.Sensor, Cluster: "prod", Node: "n1"}) {
		t.Errorf("%q, %q", one, other)
	}
}
