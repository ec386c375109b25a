package synth

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

func TestStream(t *testing.T) {
	o := Options{Seed: 7, Start: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Rate: 500}
	a, b := New(o), New(o)
	seen, tables := map[string]bool{}, map[event.Class]int{}
	var x, y event.Event
	for i := range 20_000 {
		a.Next(&x)
		b.Next(&y)
		if event.MetadataUID.Get(&x) != event.MetadataUID.Get(&y) || event.K8sPod.Get(&x) != event.K8sPod.Get(&y) || string(x.Raw) != string(y.Raw) {
			t.Fatalf("event %d differs between two streams of the same options", i)
		}
		if uid := event.MetadataUID.Get(&x); seen[uid] {
			t.Fatalf("event %d has the identity of an earlier one", i)
		} else {
			seen[uid] = true
		}
		if x.Class == event.ClassAudit && !json.Valid(x.Raw) {
			t.Fatalf("event %d: not JSON: %s", i, x.Raw)
		}
		tables[x.Class]++
	}
	for c, want := range map[event.Class]int{event.ClassNetwork: 8400, event.ClassProcess: 6000, event.ClassFile: 2800, event.ClassDNS: 1800, event.ClassAudit: 1000} {
		if got := tables[c]; got < want*9/10 || got > want*11/10 {
			t.Errorf("%s: %d of 20,000 events, want about %d", c, got, want)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	s := New(Options{Start: time.Unix(1_770_000_000, 0)})
	var e event.Event
	b.ReportAllocs()
	for b.Loop() {
		s.Next(&e)
	}
}
