package coverage

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

func processOf(e *event.Event, node, workload string, at time.Time) {
	e.Reset(event.ClassProcess)
	event.MetadataSource.Set(e, SensorSource)
	event.K8sCluster.Set(e, "prod")
	event.K8sNode.Set(e, node)
	if workload != "" {
		event.K8sNamespace.Set(e, "shop")
		event.K8sWorkload.Set(e, workload)
	}
	event.Time.Set(e, at.UnixNano())
}

func TestTally(t *testing.T) {
	tally := NewTally()
	b := tally.Counter()
	b.Begin(noon)
	var e event.Event
	for i := range 10 {
		processOf(&e, "w1", []string{"", "web", "cart"}[min(i/4, 2)], noon.Add(-time.Duration(i)*time.Second))
		b.Count(&e, true)
	}
	b.Count(&e, false)
	e.Reset(event.ClassAudit)
	event.MetadataSource.Set(&e, "a.log")
	event.K8sNode.Set(&e, "w7") // the node of the pod that it is about
	event.Time.Set(&e, noon.UnixNano())
	b.Count(&e, true)
	e.Reset(event.ClassHealth)
	b.Count(&e, true)
	b.Count(&e, false)
	event.MetadataSource.Set(&e, "hubble/relay:443")
	event.K8sNode.Set(&e, "w1")
	event.CoverageMissingQueue.Set(&e, 7)
	b.Count(&e, true) // nobody said it
	event.MetadataLogProvider.Set(&e, "hubble")
	b.Count(&e, true)
	b.Count(&e, false)
	event.CoverageKind.Set(&e, string(Total))
	b.Count(&e, true) // that is for the book
	b.Commit()
	b.Begin(noon)
	b.Count(&e, true)
	b.Lose(Key{Source: "a.log"}, Audit, Bus, 9) // never stored
	b.Begin(noon)
	b.Commit()
	tally.Lose(Key{"prod", "w1", SensorSource}, Sensor, Bus, 5)
	got := tally.Take(noon, noon.Add(time.Minute))
	if len(got) != 5 {
		t.Fatalf("%+v", got)
	}
	if a := got[1]; a.Source != "hubble/relay:443" || a.Node != "w1" || a.Role != Other || a.Lost != 7 || a.Missing[Queue] != 7 || a.Seen != 7 || a.Stored != 0 {
		t.Errorf("%+v", a)
	}
	got = slices.Delete(got, 1, 2)
	if a := got[0]; a.Source != "a.log" || a.Node != "" || a.Role != Audit || a.Seen != 1 || a.Stored != 1 {
		t.Errorf("%+v", a)
	}
	if a := got[1]; a.Node != "w1" || a.Kind != Total || a.Seen != 0 || a.Stored != 10 || a.Repeated != 1 || a.Missing[Bus] != 5 || a.Delay != 9*time.Second {
		t.Errorf("%+v", a)
	}
	if a := got[2]; a.Kind != Part || a.Workload != "web" || a.Stored != 4 {
		t.Errorf("%+v", a)
	}
	if len(tally.Take(noon, noon)) != 0 {
		t.Error("counted twice")
	}
}

func BenchmarkTally(b *testing.B) {
	for name, nodes := range map[string]int{"one node": 1, "300 nodes": 300} {
		b.Run(name, func(b *testing.B) {
			events := make([]event.Event, 20*nodes)
			for i := range events {
				processOf(&events[i], fmt.Sprintf("node-%04d", i/20), fmt.Sprintf("workload-%d", i%20), noon)
			}
			c := NewTally().Counter()
			c.Begin(noon)
			for i := 0; b.Loop(); i++ {
				c.Count(&events[i%len(events)], true)
			}
		})
	}
}

// Pod groups are told apart by all that names them, wherever one name ends and the next begins.
func TestTallyOfPartsOfLikeNames(t *testing.T) {
	tally := NewTally()
	c := tally.Counter()
	c.Begin(noon)
	names := [][3]string{{"a", "b", "c"}, {"ab", "", "c"}, {"a", "", "bc"}, {"", "ab", "c"}, {"", "", "abc"}, {"a", "bc", "\x00"}, {"a\x00", "bc", "d"}}
	for i, n := range names {
		var e event.Event
		processOf(&e, "w1", n[2], noon)
		event.K8sNamespace.Set(&e, n[0])
		event.K8sWorkloadKind.Set(&e, n[1])
		for range i + 1 {
			c.Count(&e, true)
		}
	}
	c.Commit()
	got := tally.Take(noon, noon)
	if len(got) != 1+len(names) {
		t.Fatalf("%d accounts", len(got))
	}
	for _, a := range got[1:] {
		i := slices.Index(names, [3]string{a.Namespace, a.WorkloadKind, a.Workload})
		if i < 0 || a.Stored != int64(i+1) || a.Node != "w1" {
			t.Errorf("%+v", a)
		}
	}
}

func TestFlight(t *testing.T) {
	tally := NewTally()
	f := NewFlight(tally)
	w1, w2 := Key{"prod", "w1", SensorSource}, Key{"prod", "w2", SensorSource}
	f.Settle(3) // what was there before the start
	for n := range uint64(10) {
		f.Sent(n, Sent{[]Key{w1, w2}[n%2], Sensor, 10})
	}
	for _, n := range []uint64{4, 5, 7, 9} {
		if got := f.Arrived(n); got.Events != 10 || got.Key != []Key{w1, w2}[n%2] {
			t.Errorf("%d: %+v", n, got)
		}
	}
	f.Settle(8)
	f.Settle(8)
	f.Sent(8, Sent{w1, Sensor, 10}) // its sender was slow to hear
	got := tally.Take(noon, noon)
	if len(got) != 1 || got[0].Node != "w1" || got[0].Missing[Bus] != 20 || got[0].Lost != 20 {
		t.Errorf("%+v", got)
	}
	f.Arrived(11)
	f.Sent(11, Sent{w1, Sensor, 10}) // it came out before its sender heard that it was in
	f.Arrived(12)
	f.Settle(1 << 60)
	if len(f.flying) != 0 || len(f.early) != 0 || len(tally.Take(noon, noon)) != 0 {
		t.Errorf("%v, %v", f.flying, f.early)
	}
}
