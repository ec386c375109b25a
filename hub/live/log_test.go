package live_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/store/lake"
)

func newLogs(t *testing.T) *bus.Bus {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Options{Dir: t.TempDir(), Consumers: []string{"store"}, KeepLast: true, MaxBytes: 64 << 20, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func openLog(t *testing.T, b *bus.Bus, token uint64) *live.Log {
	t.Helper()
	l, err := live.OpenLog(t.Context(), b, 0, "0-in", token)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// write appends a row to a log, at a position of the events.
func write(t *testing.T, l *live.Log, partition, uid string, to uint64, from ...lake.Origin) error {
	t.Helper()
	a := l.Begin(partition, to, to)
	for _, o := range from {
		if !a.Note(o) {
			return errors.New("it came before")
		}
	}
	var e event.Event
	e.Reset(event.ClassProcess)
	event.MetadataUID.Set(&e, event.NewUIDHasher().Sum("test", uid).String())
	event.Time.Set(&e, time.Now().UnixNano())
	event.ReceivedTime.Set(&e, time.Now().UnixNano())
	if err := a.Add(&e); err != nil {
		t.Fatal(err)
	}
	return a.Commit(t.Context())
}

const input = live.Events + "-0-in"

// Whoever opens a log last can write to it, and begins where the one before it stopped; a holder of an earlier lease
// cannot open it.
func TestLogIsFenced(t *testing.T) {
	b := newLogs(t)
	first := openLog(t, b, 3)
	if err := write(t, first, input, "a", 7, lake.Origin{Source: "n", Epoch: "e", Sequence: 1}); err != nil {
		t.Fatal(err)
	}
	if err := write(t, first, live.Findings, "f", 1); err != nil || first.Mark(input) != 7 {
		t.Fatalf("a finding: %v, at %d", err, first.Mark(input))
	}
	if err := write(t, first, input, "a", 8, lake.Origin{Source: "n", Epoch: "e", Sequence: 1}); err == nil {
		t.Error("a batch is written twice")
	}
	second := openLog(t, b, 5)
	if second.Position() != 7 {
		t.Errorf("the second begins at %d, want 7", second.Position())
	}
	if err := write(t, first, input, "late", 9); !errors.Is(err, live.ErrFenced) {
		t.Errorf("the first writes on: %v", err)
	}
	if err := write(t, second, input, "b", 9); err != nil {
		t.Error(err)
	}
	if _, err := live.OpenLog(t.Context(), b, 0, "0-in", 4); !errors.Is(err, live.ErrFenced) {
		t.Errorf("an earlier lease opens it: %v", err)
	}
	// Events of a stream that was made anew have numbers of their own.
	if anew, err := live.OpenLog(t.Context(), b, 0, "0-anew", 6); err != nil || anew.Position() != 0 {
		t.Errorf("a new stream begins at %v, %v", anew.Position(), err)
	}
}

// What is in a log is in the lake once, with where it came from, and a process without a lake can ask for it.
func TestStorerAndRemotePast(t *testing.T) {
	b := newLogs(t)
	k, _, err := lake.Open(t.Context(), lake.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	log := openLog(t, b, 1)
	origin := lake.Origin{Source: "n", Epoch: "e", Sequence: 4}
	if err := write(t, log, input, "a", 1, origin); err != nil {
		t.Fatal(err)
	}
	if err := write(t, log, input, "b", 2); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	source, err := b.Consumer(ctx, "store", 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	s := &live.Storer{Source: source, Lake: k, Tally: coverage.NewTally(), Tap: func(*event.Event) { seen++ }, Counts: &live.Counts{}, Log: slog.New(slog.DiscardHandler), Now: time.Now}
	go func() { ended <- s.Run(ctx) }()
	go func() { ended <- live.AnswerPast(ctx, b, k, func(int) uint64 { return s.Stored() }) }()

	past := &live.RemotePast{Bus: b, Of: 1, After: log.Last}
	count := func() (n int) {
		err := past.Scan(t.Context(), lake.All(event.ClassProcess), func(e *event.Event) error {
			n++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n != 2 { // it waits for what is in the log
		t.Errorf("%d rows are stored", n)
	}
	if n, err := past.Held(t.Context(), lake.All(event.ClassProcess)); n != 2 || err != nil {
		t.Errorf("held: %d, %v", n, err)
	}
	if _, _, ok, err := past.Span(t.Context(), event.ClassProcess); !ok || err != nil {
		t.Errorf("span: %t, %v", ok, err)
	}
	if o, err := past.Origins(t.Context()); err != nil || len(o) != 1 || o[0] != origin {
		t.Errorf("origins: %v, %v", o, err)
	}
	next := openLog(t, b, 2)
	next.Know([]lake.Origin{origin})
	if err := write(t, next, input, "a", 3, origin); err == nil {
		t.Error("a batch that is stored is written again")
	}
	other := &live.RemotePast{Bus: b, Partition: 1 - live.PartitionOf("", 2), Of: 2}
	err = other.Scan(t.Context(), lake.All(event.ClassProcess), func(*event.Event) error { return errors.New("a row of another partition") })
	if err != nil {
		t.Error(err)
	}
	stop()
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if seen != 2 {
		t.Errorf("%d rows were shown", seen)
	}
}
