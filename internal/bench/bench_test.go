package bench

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule"
)

func BenchmarkAuditReal1000(b *testing.B) { benchmark(b, "audit, real log", 1000) }
func BenchmarkAuditReal4000(b *testing.B) { benchmark(b, "audit, real log", 4000) }
func BenchmarkAuditWide1000(b *testing.B) { benchmark(b, "audit, wide", 1000) }
func BenchmarkAuditWide4000(b *testing.B) { benchmark(b, "audit, wide", 4000) }
func BenchmarkProcess144(b *testing.B)    { benchmark(b, "process, 80 % unseen command lines", 144) }
func BenchmarkUnseen1000(b *testing.B)    { benchmark(b, "hostile: every value of every field new", 1000) }

// benchmark reports the fastest round over the events of a case, by the
// engine and by evaluating one rule after another.
func benchmark(b *testing.B, name string, rules int) {
	shared := filepath.Join(filepath.Dir(require.ModuleRoot(b)), "shared")
	cases, _, err := Cases(filepath.Join(shared, "corpora"), filepath.Join(shared, "data"))
	if err != nil {
		b.Fatal(err)
	}
	i := slices.IndexFunc(cases, func(c Case) bool { return c.Name == name && len(c.Rules) == rules })
	require.Need(b, "corpora", i >= 0, name+" needs ../shared")
	c := cases[i]
	rounds := func(m matcher, err error, n int) func(b *testing.B) {
		return func(b *testing.B) {
			if err != nil {
				b.Fatal(err)
			}
			f := &feed{events: c.Events[:n]}
			run(f, m)
			best := time.Hour
			for b.Loop() {
				t, _, _ := run(f, m)
				best = min(best, t)
			}
			b.ReportMetric(float64(best.Nanoseconds()), "ns/event")
			b.ReportMetric(0, "ns/op")
		}
	}
	e, err := newEngine(c.Rules)
	b.Run("engine", rounds(e, err, len(c.Events)))
	n, err := newNaive(c.Rules)
	b.Run("naive", rounds(n, err, min(len(c.Events), naiveEvents(c))))
}

// TestCases looks at what is measured, on little of it.
func TestCases(t *testing.T) {
	rules := Mutate(Base(), 200, 1)
	events := map[string][]*event.Event{
		"wide": Wide(500, 2), "unseen": Unseen(100, 4), "stuffed": Stuffed(50, rules, 5), "long": Long(5, 5000),
	}
	for name, list := range events {
		r, err := Measure(Case{name, rules, list})
		if err != nil {
			t.Error(err)
		}
		if r.Engine <= 0 || r.Naive <= 0 {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if _, err := Measure(Case{"processes", []*rule.Rule{}, Processes(100, 3)}); err != nil {
		t.Error(err)
	}
}

// TestWideIsWide holds the made events to what they are said to be.
func TestWideIsWide(t *testing.T) {
	events := Wide(20_000, 2)
	distinct := func(f event.StringField) float64 {
		seen := map[string]bool{}
		for _, e := range events {
			seen[f.Get(e)] = true
		}
		return float64(len(seen))
	}
	for _, tt := range []struct {
		f           event.StringField
		least, most float64
	}{
		{event.ActorUserName, 300, 500}, {event.K8sNamespace, 150, 200}, {event.SrcEndpointIP, 300, 400}, {event.HTTPRequestURLPath, 0.6 * 20_000, 20_000},
	} {
		if n := distinct(tt.f); n < tt.least || n > tt.most {
			t.Errorf("%s has %v values, want %v to %v", event.Lookup(tt.f.ID()).Name, n, tt.least, tt.most)
		}
	}
	lines := map[string]bool{}
	processes := Processes(20_000, 3)
	for _, e := range processes {
		lines[event.ProcessCmdLine.Get(e)] = true
	}
	if share := float64(len(lines)) / 20_000; share < 0.78 || share > 0.85 {
		t.Errorf("%.2f of the command lines are new", share)
	}
}

// TestFeed compares what a feed hands out with what it was given.
func TestFeed(t *testing.T) {
	events := Wide(150, 2)
	f := &feed{events: events}
	for at := 0; at < len(events); at += batchSize {
		for i := range f.load(at) {
			got, want := appendTexts(nil, &f.batch[i]), appendTexts(nil, events[at+i])
			code, _ := event.APIResponseCode.Get(&f.batch[i])
			wantCode, _ := event.APIResponseCode.Get(events[at+i])
			if string(got) != string(want) || code != wantCode {
				t.Fatalf("event %d: %q %d, want %q %d", at+i, got, code, want, wantCode)
			}
		}
	}
}
