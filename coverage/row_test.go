package coverage

import (
	"reflect"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// A row holds all that an account says.
func TestRowThereAndBack(t *testing.T) {
	w1 := Key{"prod", "w1", SensorSource}
	full := Account{
		Key: w1, ClusterUID: "u1", Role: Sensor, Kind: Total, Reporter: SensorSource, From: noon, To: noon.Add(ReportEvery),
		Counts: Counts{Seen: 100, Stored: 90, Repeated: 3, Filtered: 4, Sampled: 5, Unresolved: 6},
		Delay:  1500 * time.Millisecond, Offset: -2 * time.Second, Timed: true, Waiting: 1 << 20, Oldest: noon.Add(-time.Minute), Text: "in words", Detail: "more",
	}
	full.Lose(Ring, 7)
	full.Drop(Spool, 8)
	f := func(a Account, failed bool) {
		t.Helper()
		var e event.Event
		h := event.NewUIDHasher()
		Fill(&e, &a, noon, h)
		if got := event.Status.Get(&e) == "Failure"; got != failed {
			t.Errorf("%+v: failed %v", a, got)
		}
		id := event.MetadataUID.Get(&e)
		got, ok := Read(&e)
		if a.Text == "" {
			a.Text = got.Text
		}
		if !ok || got.Text == "" || !reflect.DeepEqual(got, a) {
			t.Errorf("got\n %+v\nwant\n %+v", got, a)
		}
		if Fill(&e, &a, noon.Add(time.Hour), h); event.MetadataUID.Get(&e) != id {
			t.Error("the same account has another identity")
		}
		a.Node += "x"
		if Fill(&e, &a, noon, h); event.MetadataUID.Get(&e) == id {
			t.Error("another account has the same identity")
		}
	}
	f(full, true)
	f(Account{Key: w1, Role: Sensor, Kind: Total, Reporter: HubReporter, From: noon, To: noon.Add(time.Second), Counts: Counts{Stored: 4}}, false)
	f(Account{Key: w1, Role: Sensor, Kind: Part, Reporter: SensorSource, From: noon, To: noon.Add(time.Second), Counts: Counts{Shed: 4, Missing: [Hops]int64{Queue: 4}},
		PodUID: "p", Pod: "web-1", Namespace: "shop", WorkloadKind: "Deployment", Workload: "web", Table: "process"}, true)
	f(Account{Key: w1, Role: Sensor, Kind: Absent, Reporter: HubReporter, From: noon, To: noon.Add(time.Minute)}, true)
	f(Account{Key: w1, Role: Sensor, Kind: Ended, Reporter: HubReporter, From: noon, To: noon}, false)
	f(Account{Key: Key{Source: "bus"}, Role: Hub, Kind: Canary, Reporter: HubReporter, From: noon, To: noon.Add(time.Second), Failed: true}, true)

	var e event.Event
	e.Reset(event.ClassHealth)
	event.CoverageStarts.Set(&e, 2)
	if _, ok := Read(&e); ok {
		t.Error("a row about something else is an account")
	}
}

// What is there is zero, what cannot be told is absent.
func TestRowAbsentIsNotZero(t *testing.T) {
	var e event.Event
	Fill(&e, &Account{Kind: Total, Reporter: SensorSource, From: noon, To: noon}, noon, event.NewUIDHasher())
	for _, tt := range []struct {
		field event.IntField
		has   bool
	}{{event.CoverageLost, true}, {event.CoverageShed, true}, {event.CoverageSampled, false}, {event.CoverageClockOffsetMs, false}, {event.CoverageMissingRing, false}} {
		if tt.field.Has(&e) != tt.has {
			t.Errorf("field %d: there %v", tt.field.ID(), !tt.has)
		}
	}
}
