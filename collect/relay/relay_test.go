package relay

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/collect/hubble"
	"github.com/lynceus-io/lynceus/collect/intake"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/collect/tetragon"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/relaytest"
)

// memory is a Sink that counts events by identity, and fails while fails says
// so. It implements Marks, too.
type memory struct {
	mu    sync.Mutex
	ids   map[string]int
	rows  int
	fails int
	since map[string]time.Time
}

func newMemory(fails int) *memory {
	return &memory{ids: map[string]int{}, fails: fails, since: map[string]time.Time{}}
}

func (m *memory) Take(_ context.Context, b *audit.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails > 0 {
		m.fails--
		return errors.New("the disk is full")
	}
	for i := range b.Len() {
		m.ids[strings.Clone(event.MetadataUID.Get(b.Event(i)))]++
		m.rows++
	}
	return nil
}

func (m *memory) Load(_ context.Context, source string) (time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.since[source], nil
}

func (m *memory) Save(_ context.Context, source string, since time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.since[source] = since
	return nil
}

func (m *memory) count() (distinct, rows int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.ids), m.rows
}

// run runs a reader of a server until the returned function is called.
func run(t *testing.T, s *relaytest.Server, m *memory, ledger *intake.Ledger) (stop func()) {
	t.Helper()
	return runService(t, Hubble, hubble.Format, s, m, ledger)
}

// runService is run of another service than Hubble.
func runService(t *testing.T, service Service, format foreign.Format, s *relaytest.Server, m *memory, ledger *intake.Ledger) (stop func()) {
	t.Helper()
	formats, err := foreign.NewSet(format)
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(Options{Service: service, Address: s.Address, Marks: m, Feed: intake.Feed{Sink: m, Ledger: ledger, Live: audit.LiveOptions{Redactor: redact.New([]byte("key")), Formats: formats}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(2 * time.Minute):
			t.Error("it does not stop")
		}
	})
	t.Cleanup(stop)
	return stop
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not seen: " + what)
		}
	}
}

// Every event arrives over a sink that fails, streams that break and a restart, and the stream is taken up near where it ended.
func TestReader(t *testing.T) {
	s, m, ledger := relaytest.Serve(t, nil), newMemory(2), &intake.Ledger{}
	start := time.Now().Add(-time.Hour).Truncate(time.Second)
	send := func(i int) {
		at := start.Add(time.Duration(i) * time.Minute)
		s.Send(at, relaytest.Flow(fmt.Sprintf("node-%d", i%2), fmt.Sprint("flow-", i), at))
	}
	all := func(n int) {
		t.Helper()
		until(t, fmt.Sprint(n, " flows"), func() bool { got, _ := m.count(); return got == n })
	}
	for i := range 10 {
		send(i)
	}
	stop := run(t, s, m, ledger)
	all(10)
	until(t, "the account", func() bool { a := ledger.Accounts()[0]; return a.Events == 10 && a.Trouble == "" })
	if a := ledger.Accounts()[0]; a.Failures != 2 || a.Name != "hubble/"+s.Address {
		t.Errorf("%+v", a)
	}
	s.Cut(true)
	until(t, "the trouble", func() bool { return ledger.Accounts()[0].Trouble != "" })
	send(10)
	send(11)
	s.Cut(false)
	all(12)
	stop()
	send(12)
	run(t, s, m, ledger)
	all(13)
	until(t, "all is well", func() bool { return ledger.Accounts()[0].Trouble == "" })
	asked := s.Requests()
	if first := relaytest.Since(asked[0]); !first.Equal(time.Unix(1, 0)) {
		t.Errorf("at first it asks for what is since %v", first)
	}
	if last := relaytest.Since(asked[len(asked)-1]); !last.Equal(start.Add(10*time.Minute - overlap)) {
		t.Errorf("after a restart it asks for what is since %v", last)
	}
	if _, rows := m.count(); rows > 20 {
		t.Errorf("%d rows of 13 flows", rows)
	}
}

// What is no message is counted, and what follows is read.
func TestUnreadable(t *testing.T) {
	s, m, ledger := relaytest.Serve(t, nil), newMemory(0), &intake.Ledger{}
	s.Send(time.Now(), []byte{0xff})
	s.Send(time.Now(), nil)
	s.Send(time.Now(), relaytest.Flow("n", "a", time.Now()))
	run(t, s, m, ledger)
	until(t, "the flow", func() bool { n, _ := m.count(); return n == 1 })
	until(t, "the rejects", func() bool { return ledger.Accounts()[0].Ignored == 2 })
}

// Tetragon is asked for all there is, and its events are read.
func TestTetragon(t *testing.T) {
	s, m, ledger := relaytest.Serve(t, nil), newMemory(0), &intake.Ledger{}
	process := relaytest.Message(1, relaytest.Message(1, relaytest.Text(1, "id"), relaytest.Text(5, "/bin/sh")))
	s.Send(time.Now(), relaytest.Fields(process, relaytest.Text(1000, "node-1"), relaytest.Time(1001, time.Now())))
	runService(t, Tetragon, tetragon.Format, s, m, ledger)
	until(t, "the event", func() bool { n, _ := m.count(); return n == 1 })
	if a := ledger.Accounts()[0]; a.Name != "tetragon/"+s.Address || len(s.Requests()[0]) != 0 {
		t.Errorf("%+v", a)
	}
}

func TestMarks(t *testing.T) {
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	var m marks
	if !m.since().IsZero() {
		t.Error("nothing is known")
	}
	m.start = now.Add(-time.Hour)
	f := func(what string, want time.Time) {
		t.Helper()
		if got := m.since(); !got.Equal(want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	f("a restart", m.start)
	m.note("a", now, now)
	f("one node", now.Add(-overlap))
	m.note("b", now.Add(-5*time.Minute), now)
	f("a clock that is behind", now.Add(-5*time.Minute-overlap))
	m.note("b", now.Add(-6*time.Minute), now)
	f("out of order", now.Add(-5*time.Minute-overlap))
	m.note("a", now.Add(time.Hour), now.Add(20*time.Minute))
	f("a node that is silent, a clock that is ahead", now.Add(20*time.Minute-overlap))
	for i := range 2 * maxNodes {
		m.note(fmt.Sprint(i), now, now)
	}
	if len(m.nodes) > maxNodes {
		t.Errorf("%d nodes", len(m.nodes))
	}
}

func TestOptions(t *testing.T) {
	m := newMemory(0)
	for _, o := range []Options{
		{}, {Service: Hubble, Address: "relay", Marks: m, Feed: intake.Feed{Sink: m, Ledger: &intake.Ledger{}, Live: audit.LiveOptions{Redactor: redact.New([]byte("key"))}}},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v", o)
		}
	}
}
