package ledger

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/store/lake"
)

// bench is a ledger under test, with a clock that the test moves.
type bench struct {
	*testing.T
	*Ledger
	dir   string
	lake  *lake.Lake
	now   time.Time
	tally *coverage.Tally
	hub   []coverage.Condition
	muted map[string]int64
	event event.Event
	// blind: the sensors' trials do not arrive.
	blind bool
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func newBench(t *testing.T) *bench {
	b := &bench{T: t, dir: t.TempDir(), now: noon, muted: map[string]int64{}}
	b.open()
	t.Cleanup(func() { _ = b.lake.Close() })
	return b
}

// open opens the lake and a ledger on it, as a start does.
func (b *bench) open() {
	b.Helper()
	clock := func() time.Time { return b.now }
	var err error
	if b.lake, _, err = lake.Open(b.Context(), lake.Options{Dir: b.dir, Now: clock}); err != nil {
		b.Fatal(err)
	}
	b.tally = coverage.NewTally()
	b.Ledger, err = New(b.Context(), Options{
		Lake: b.lake, Tally: b.tally, Now: clock, Log: slog.New(slog.DiscardHandler), Conditions: func(context.Context) []coverage.Condition { return b.hub },
		Muted: func() map[string]int64 { return b.muted }, Title: func(id string) string { return "rule " + id },
	})
	if err != nil {
		b.Fatal(err)
	}
}

// restart opens everything again.
func (b *bench) restart() {
	b.Helper()
	if err := b.lake.Close(); err != nil {
		b.Fatal(err)
	}
	b.open()
}

// until moves the clock, with a look every CheckEvery, until something is the case, and returns how long that took.
func (b *bench) until(what string, within time.Duration, ok func() bool) time.Duration {
	b.Helper()
	start := b.now
	for !ok() {
		if b.now.Sub(start) > within {
			b.Fatalf("not within %v: %s; holds: %q", within, what, b.holding())
		}
		b.now = b.now.Add(CheckEvery)
		if err := b.Check(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	return b.now.Sub(start)
}

// pass moves the clock, with a look every CheckEvery and a report of each node every coverage.ReportEvery.
func (b *bench) pass(d time.Duration, nodes ...string) {
	b.Helper()
	for end := b.now.Add(d); b.now.Before(end); {
		b.now = b.now.Add(CheckEvery)
		if b.now.Truncate(coverage.ReportEvery).Equal(b.now) {
			for _, n := range nodes {
				b.report(n)
			}
		}
		if err := b.Check(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// report has a sensor account for the last twenty seconds.
func (b *bench) report(node string, change ...func(*coverage.Account)) {
	b.Helper()
	a := coverage.Account{
		Key: coverage.Key{Cluster: "prod", Node: node, Source: coverage.SensorSource}, Role: coverage.Sensor, Kind: coverage.Total, Reporter: coverage.SensorSource,
		From: b.now.Add(-coverage.ReportEvery), To: b.now, Counts: coverage.Counts{Seen: 1000},
	}
	for _, f := range change {
		f(&a)
	}
	coverage.Fill(&b.event, &a, b.now, event.NewUIDHasher())
	b.store(&b.event)
	if !b.blind {
		b.trial(node)
	}
}

// trialDelay is how long the trials take that sensors send.
const trialDelay = 300 * time.Millisecond

// trial has a trial of a sensor arrive.
func (b *bench) trial(node string) {
	b.Helper()
	a := coverage.Account{
		Key: coverage.Key{Cluster: "prod", Node: node, Source: coverage.SensorSource}, Role: coverage.Sensor, Kind: coverage.Trial, Reporter: coverage.SensorSource,
		From: b.now.Add(-trialDelay), To: b.now,
	}
	coverage.Fill(&b.event, &a, b.now, event.NewUIDHasher())
	b.store(&b.event)
}

// store does what the hub does with an event that comes.
func (b *bench) store(e *event.Event) {
	b.Helper()
	n := b.lake.Mark("test") + 1
	a := b.lake.Begin("test", n, n)
	b.Observe(e)
	if err := a.Add(e); err != nil {
		b.Fatal(err)
	}
	if err := a.Commit(b.Context()); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) node(name, change string) {
	b.Helper()
	e := &b.event
	e.Reset(event.ClassInventory)
	event.MetadataUID.Set(e, name+change)
	event.Time.Set(e, b.now.UnixNano())
	event.ReceivedTime.Set(e, b.now.UnixNano())
	event.K8sCluster.Set(e, "prod")
	event.ResourceType.Set(e, "nodes")
	event.ResourceName.Set(e, name)
	event.InventoryChange.Set(e, change)
	b.store(e)
}

// holding are the conditions by code and what they concern.
func (b *bench) holding() (out []string) {
	for _, c := range b.Conditions() {
		out = append(out, c.Code+": "+c.About)
	}
	return out
}

func (b *bench) holds(code string) bool {
	return slices.ContainsFunc(b.Conditions(), func(c coverage.Condition) bool { return c.Code == code })
}

// findings are the stored health findings: their code, what they are about and their status, by id.
func (b *bench) findings() map[string]string {
	b.Helper()
	out := map[string]string{}
	err := b.lake.Scan(b.Context(), lake.All(event.ClassFinding), func(e *event.Event) error {
		if !slices.Equal(event.FindingInfoTypes.Get(e), []string{HealthType}) {
			b.Error("the finding does not say that it is about health")
		}
		out[event.MetadataUID.Get(e)] = fmt.Sprintf("%s %s %s", event.FindingInfoAnalyticUID.Get(e), event.FindingInfoAbout.Get(e), event.Status.Get(e))
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// A sensor that stops is a condition and a finding within a minute, which ends when it comes back; a restart of the hub
// changes neither.
func TestSensorSilent(t *testing.T) {
	b := newBench(t)
	b.pass(3*time.Minute, "w1", "w2")
	if got := b.holding(); len(got) != 0 {
		t.Fatalf("holds: %q", got)
	}
	last := b.now
	took := b.until("it is told", time.Minute, func() bool { return b.holds("sensor-silent") })
	t.Logf("silence is told %v after the last report", b.now.Sub(last))
	if took > time.Minute || coverage.Worst(b.Conditions()) != coverage.Failure {
		t.Errorf("after %v: %q", took, b.holding())
	}
	if want := []string{"sensor-silent: node w1 of cluster prod", "sensor-silent: node w2 of cluster prod"}; !slices.Equal(b.holding(), want) {
		t.Errorf("holds: %q", b.holding())
	}
	before := b.findings()
	b.restart()
	b.pass(CheckEvery)
	if got := b.findings(); len(got) != 2 || fmt.Sprint(got) != fmt.Sprint(before) {
		t.Errorf("after a restart: %q, before: %q", got, before)
	}
	b.pass(time.Minute, "w1", "w2")
	if got := b.holding(); len(got) != 0 {
		t.Errorf("holds: %q", got)
	}
	got := b.findings()
	if len(got) != 2 {
		t.Fatalf("%q", got)
	}
	for id, text := range got {
		if !strings.HasSuffix(text, "resolved") || before[id] == "" {
			t.Errorf("%s: %s", id, text)
		}
	}
	s := b.State(coverage.Question{Node: "w1"})
	if len(s.Gaps) != 1 || s.Gaps[0].Reason != coverage.Silent || !s.Gaps[0].From.Equal(last) {
		t.Errorf("%s", s.Line())
	}
	b.restart()
	if got := b.State(coverage.Question{Node: "w1"}).Line(); got != s.Line() {
		t.Errorf("after a restart: %s\nbefore: %s", got, s.Line())
	}
}

// Loss of 5 % at each hop, one node and minute each, is told of that node, at that hop, in that minute.
func TestInjectedLoss(t *testing.T) {
	for h := range coverage.Hops {
		t.Run(h.String(), func(t *testing.T) {
			b := newBench(t)
			b.pass(2*time.Minute, "w1", "w2")
			minute := b.now
			for range 3 {
				b.now = b.now.Add(coverage.ReportEvery)
				b.report("w1")
				b.report("w2", func(a *coverage.Account) {
					switch h {
					case coverage.Ring, coverage.Parse: // what never became an event
						a.Seen = 950
						a.Lose(h, 50)
					case coverage.Queue, coverage.Spool:
						a.Drop(h, 50)
					}
				})
			}
			if h == coverage.Bus {
				b.tally.Lose(coverage.Key{Cluster: "prod", Node: "w2", Source: coverage.SensorSource}, coverage.Sensor, coverage.Bus, 150)
			}
			took := b.until("it is told", time.Minute, func() bool { return b.holds("events-missing") })
			b.pass(time.Minute, "w1", "w2")
			c := b.Conditions()
			if want := "node w2 of cluster prod at " + h.String(); len(c) != 1 || c[0].About != want || c[0].Level != coverage.Warning || c[0].Node != "w2" || took > time.Minute {
				t.Fatalf("after %v: %+v", took, c)
			}
			s := b.State(coverage.Question{From: noon, To: b.now})
			if len(s.Gaps) != 1 {
				t.Fatalf("%s", s.Line())
			}
			g := s.Gaps[0]
			if g.Node != "w2" || !g.From.Equal(minute) || !g.To.Equal(minute.Add(time.Minute)) || len(g.Missing) != 1 || g.Missing[h] != 150 || g.Share() < 0.045 || g.Share() > 0.055 {
				t.Errorf("%.2f %%: %+v", 100*g.Share(), g)
			}
			t.Log(c[0].Text)
		})
	}
}

// A node without a sensor is told within a minute, where others of its cluster have one; one that is gone is missed no
// longer.
func TestNodeWithoutSensor(t *testing.T) {
	b := newBench(t)
	b.node("w1", "created")
	b.node("w2", "created")
	b.pass(2 * time.Minute)
	if len(b.holding()) != 0 {
		t.Errorf("a cluster without any sensor: %q", b.holding())
	}
	b.pass(2*time.Minute, "w1")
	if want := []string{"node-without-sensor: node w2 of cluster prod"}; !slices.Equal(b.holding(), want) {
		t.Errorf("holds: %q", b.holding())
	}
	b.node("w3", "created")
	if took := b.until("w3 is missed", time.Minute, func() bool {
		if b.now.Truncate(coverage.ReportEvery).Equal(b.now) {
			b.report("w1")
		}
		return len(b.holding()) == 2
	}); took > time.Minute {
		t.Errorf("after %v", took)
	}
	if got := b.State(coverage.Question{Node: "w2"}).Line(); !strings.HasPrefix(got, "1 gap: node w2 of cluster prod had no sensor since 2026-03-02 12:0") {
		t.Error(got)
	}
	b.node("w2", "deleted")
	b.node("w3", "deleted")
	b.node("w1", "deleted")
	b.pass(3 * time.Minute)
	if len(b.holding()) != 0 {
		t.Errorf("nodes that are gone: %q", b.holding())
	}
	b.restart()
	b.pass(time.Minute)
	if len(b.holding()) != 0 {
		t.Errorf("nodes that are gone, after a restart: %q", b.holding())
	}
}

// What the hub knows besides, clocks, rules that are muted, what waits: each is told.
func TestConditions(t *testing.T) {
	b := newBench(t)
	b.hub = []coverage.Condition{{Code: "disk-full", About: "store", Level: coverage.Failure, Text: "the disk is full"}}
	b.muted["r1"] = 7
	b.now = b.now.Add(coverage.ReportEvery)
	b.report("w1", func(a *coverage.Account) {
		a.Offset, a.Timed, a.Waiting, a.Oldest = -3*time.Second, true, 4096, b.now.Add(-5*time.Minute)
	})
	b.pass(CheckEvery)
	if want := []string{"disk-full: store", "source-behind: node w1 of cluster prod", "clock-offset: node w1 of cluster prod", "rule-muted: r1"}; !slices.Equal(b.holding(), want) {
		t.Errorf("holds: %q", b.holding())
	}
	b.hub = nil
	b.report("w1", func(a *coverage.Account) { a.Timed = true })
	b.pass(mutedHolds+time.Minute, "w1")
	if len(b.holding()) != 0 {
		t.Errorf("holds: %q", b.holding())
	}
	for _, text := range b.findings() {
		if !strings.HasSuffix(text, " resolved") {
			t.Error(text)
		}
	}
}

// Trials of a sensor become canaries with how long they took, and are missed when they stop.
func TestSensorTrials(t *testing.T) {
	b := newBench(t)
	b.blind = true
	b.pass(time.Minute, "w1")
	b.trial("w1")
	b.pass(time.Minute, "w1")
	if _, d := b.Delays(); len(b.holding()) != 0 || d[coverage.Key{Cluster: "prod", Node: "w1", Source: coverage.SensorSource}] != trialDelay {
		t.Errorf("%q, %v", b.holding(), d)
	}
	b.pass(3*time.Minute, "w1")
	if want := []string{"trial-late: node w1 of cluster prod"}; !slices.Equal(b.holding(), want) {
		t.Errorf("holds: %q", b.holding())
	}
	b.trial("w1")
	b.pass(CheckEvery, "w1")
	if len(b.holding()) != 0 {
		t.Errorf("holds: %q", b.holding())
	}
	n := 0
	err := b.lake.Scan(b.Context(), lake.All(event.ClassHealth), func(e *event.Event) error {
		if a, ok := coverage.Read(e); ok && a.Kind == coverage.Canary {
			n++
			if a.Delay != trialDelay || a.Node != "w1" {
				t.Errorf("%+v", a)
			}
		}
		return nil
	})
	if err != nil || n < 1 {
		t.Errorf("%d canaries, %v", n, err)
	}
}

// A sensor that accounts for itself, and whose hooks never told of a trial, is missed as one whose trials stopped; one
// that is silent altogether is told as that.
func TestSensorWithoutTrials(t *testing.T) {
	b := newBench(t)
	b.blind = true
	b.pass(2*time.Minute, "w1")
	if len(b.holding()) != 0 {
		t.Errorf("holds: %q", b.holding())
	}
	b.pass(2*time.Minute, "w1")
	if want := []string{"trial-late: node w1 of cluster prod"}; !slices.Equal(b.holding(), want) {
		t.Errorf("holds: %q", b.holding())
	}
	if _, delays := b.Delays(); len(delays) != 0 {
		t.Errorf("delays of trials that never came: %v", delays)
	}
	b.trial("w1")
	b.pass(CheckEvery)
	if len(b.holding()) != 0 {
		t.Errorf("holds: %q", b.holding())
	}
}
