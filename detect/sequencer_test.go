package detect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

// notes is an Observer that writes down what it sees: times in seconds, and
// watermarks in brackets.
type notes struct {
	words []string
	freed int
}

func (s *notes) Observe(e *event.Event, uid event.UID, matches []Match, kind SeenKind) {
	s.words = append(s.words, fmt.Sprintf("%s%g", event.K8sNode.Get(e), float64(event.Time.Get(e))/1e9))
}

func (s *notes) Advance(watermark int64) {
	s.words = append(s.words, fmt.Sprintf("[%g]", float64(watermark)/1e9))
}

func (s *notes) Release() { s.freed++ }

// push pushes an event of a source, in seconds.
func (s *notes) push(q *Sequencer, source string, at, received float64) {
	e := &event.Event{Class: event.ClassAudit}
	event.Time.Set(e, int64(at*1e9))
	event.K8sNode.Set(e, source)
	q.Push(Arrival{Event: e, Source: source, Received: int64(received * 1e9), Bytes: 100, Owner: s})
}

func TestSequencer(t *testing.T) {
	type step struct {
		source       string // "" for a Tick at received
		at, received float64
	}
	for name, test := range map[string]struct {
		steps []step
		bytes int64
		want  string
		count SequencerCounts
	}{
		"one source":                   {[]step{{"a", 1, 1}, {"a", 2, 2}, {"a", 9, 9}, {"", 0, 9}}, 0, "a1 a2 [7]", SequencerCounts{}},
		"a little late":                {[]step{{"a", 5, 5}, {"a", 3, 5}, {"a", 4, 5}, {"a", 9, 9}, {"", 0, 9}}, 0, "a3 a4 a5 [7]", SequencerCounts{}},
		"two sources":                  {[]step{{"a", 1, 1}, {"a", 9, 9}, {"b", 2, 9}, {"b", 8, 9}, {"", 0, 9}}, 0, "a1 b2 [6]", SequencerCounts{}},
		"at the same time":             {[]step{{"b", 1, 1}, {"a", 1, 1}, {"a", 9, 9}, {"b", 9, 9}, {"", 0, 9}}, 0, "a1 b1 [7]", SequencerCounts{}},
		"one waits for the other":      {[]step{{"a", 1, 1}, {"b", 1, 1}, {"b", 9, 9}, {"", 0, 9}}, 0, "[-1]", SequencerCounts{}},
		"but not for ever":             {[]step{{"a", 1, 1}, {"b", 1, 1}, {"b", 9, 9}, {"", 0, 9}, {"", 0, 12}}, 0, "[-1] a1 b1 [7]", SequencerCounts{}},
		"silence":                      {[]step{{"a", 1, 1}, {"", 0, 2}, {"", 0, 11}, {"", 0, 12}, {"", 0, 13}}, 0, "[-1] a1 [10] [11]", SequencerCounts{}},
		"silence after a long way":     {[]step{{"a", 1, 601}, {"", 0, 612}, {"", 0, 613}}, 0, "a1 [10] [11]", SequencerCounts{}},
		"late":                         {[]step{{"a", 1, 1}, {"a", 9, 9}, {"", 0, 9}, {"a", 5, 9}, {"", 0, 9}}, 0, "a1 [7] a5", SequencerCounts{Late: 1}},
		"future":                       {[]step{{"a", 1, 1}, {"a", 1000, 1}, {"a", 2, 2}, {"", 0, 2}, {"", 0, 13}}, 0, "[0] a1 a2 a301 [11]", SequencerCounts{Future: 1}},
		"no room":                      {[]step{{"a", 3, 3}, {"a", 1, 3}, {"a", 2, 3}, {"a", 4, 4}}, 300, "a1", SequencerCounts{Hurried: 1}},
		"catching up does not hold up": {[]step{{"a", 1000, 1000}, {"b", 1, 1000}, {"a", 1009, 1009}, {"b", 2, 1009}, {"", 0, 1009}}, 0, "b1 b2 a1000 [1007]", SequencerCounts{}},
	} {
		s := &notes{}
		q := NewSequencer(s, SequencerOptions{Bytes: test.bytes})
		for _, step := range test.steps {
			if step.source == "" {
				q.Tick(int64(step.received * 1e9))
				continue
			}
			s.push(q, step.source, step.at, step.received)
		}
		got := strings.Join(s.words, " ")
		if got != test.want || q.Counts() != test.count {
			t.Errorf("%s:\n got %s %+v\nwant %s %+v", name, got, q.Counts(), test.want, test.count)
		}
		events := s.freed
		q.Flush()
		if s.freed < events || len(q.held) != 0 || q.bytes != 0 {
			t.Errorf("%s: %d held, %d bytes after Flush", name, len(q.held), q.bytes)
		}
	}
}

// TestSequencerOrders: events of several sources that are a little out of
// order come out in order, each once, whatever the disorder within bounds.
func TestSequencerOrders(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	type arrival struct {
		source       string
		at, received float64
	}
	var all []arrival
	for i := range 20_000 {
		at := float64(i) / 1000
		all = append(all, arrival{string(rune('a' + random.IntN(5))), at, at + random.Float64()*1.5})
	}
	slices.SortFunc(all, func(a, b arrival) int {
		if a.received < b.received {
			return -1
		}
		return 1
	})
	run := func() *notes {
		s := &notes{}
		q := NewSequencer(s, SequencerOptions{})
		for _, a := range all {
			s.push(q, a.source, a.at, a.received)
		}
		q.Flush()
		if q.Counts() != (SequencerCounts{}) || s.freed != len(all) {
			t.Errorf("%+v, %d released", q.Counts(), s.freed)
		}
		return s
	}
	first := run()
	if !slices.Equal(first.words, run().words) {
		t.Error("two runs differ")
	}
	last, events := -1.0, 0
	for _, w := range first.words {
		var source string
		var at float64
		if n, _ := fmt.Sscanf(w, "%1s%g", &source, &at); n != 2 || source == "[" {
			continue
		}
		if events++; at < last {
			t.Fatalf("%s came after %g", w, last)
		}
		last = at
	}
	if events != len(all) {
		t.Errorf("%d of %d events", events, len(all))
	}
}

// TestSequencerFastClock: a source whose clock is minutes fast is not held up
// by that.
func TestSequencerFastClock(t *testing.T) {
	s := &notes{}
	q := NewSequencer(s, SequencerOptions{})
	for i := range 1000 {
		s.push(q, "a", float64(i)+240, float64(i))
	}
	if s.freed < 900 || q.Counts() != (SequencerCounts{}) {
		t.Errorf("%d went on, %+v", s.freed, q.Counts())
	}
}

// TestSequencerForgets: sources that come and go take no room for ever.
func TestSequencerForgets(t *testing.T) {
	s := &notes{}
	q := NewSequencer(s, SequencerOptions{})
	for i := range 3 * maxSequenced {
		s.push(q, fmt.Sprint("s", i), float64(i), float64(i))
	}
	if len(q.sources) > maxSequenced+1 {
		t.Errorf("%d sources", len(q.sources))
	}
	q.Tick(int64(1e6 * 1e9))
	if len(q.sources) != 0 || s.freed != 3*maxSequenced {
		t.Errorf("%d sources, %d events went on", len(q.sources), s.freed)
	}
}

// nobody is an Observer that does nothing.
type nobody struct{}

func (nobody) Observe(*event.Event, event.UID, []Match, SeenKind) {}
func (nobody) Advance(int64)                                      {}

func BenchmarkSequencer(b *testing.B) {
	q := NewSequencer(nobody{}, SequencerOptions{})
	events := make([]event.Event, 8192)
	sources := []string{"a", "b", "c", "d"}
	b.ReportAllocs()
	at := int64(0)
	for b.Loop() {
		at += 1e6
		e := &events[int(at/1e6)%len(events)]
		event.Time.Set(e, at)
		q.Push(Arrival{Event: e, Source: sources[at/1e6%4], Received: at, Bytes: 4096})
	}
}
