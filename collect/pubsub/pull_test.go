package pubsub

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/intake"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/pubsubtest"
)

// memory is a Sink that counts audit IDs, and fails while fails says so.
type memory struct {
	mu    sync.Mutex
	ids   map[string]int
	fails int
}

func (m *memory) Take(_ context.Context, b *audit.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails > 0 {
		m.fails--
		return errors.New("the disk is full")
	}
	for i := range b.Len() {
		m.ids[strings.Clone(event.APIRequestUID.Get(b.Event(i)))]++
	}
	return nil
}

func (m *memory) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.ids)
}

// entry is what a log sink of GKE publishes: an audit log entry.
func entry(id string) string {
	return fmt.Sprintf(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"get","auditID":%q,"requestReceivedTimestamp":"2026-01-02T03:04:05Z"}`, id)
}

func options(t *testing.T, s *pubsubtest.Server, sink *memory, ledger *intake.Ledger) PullOptions {
	t.Helper()
	key, err := ParseKey(s.KeyFile())
	if err != nil {
		t.Fatal(err)
	}
	return PullOptions{Subscription: pubsubtest.Subscription, Endpoint: s.URL, Key: key, Feed: intake.Feed{Sink: sink, Ledger: ledger, Live: audit.LiveOptions{Redactor: redact.New([]byte("key"))}}}
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not seen: " + what)
		}
	}
}

// Every message is taken, over an endpoint and a sink that fail; it is acknowledged only when it is durable, and what cannot
// be read is, too.
func TestPull(t *testing.T) {
	s, sink, ledger := pubsubtest.New(t), &memory{ids: map[string]int{}, fails: 2}, &intake.Ledger{}
	s.Do(func(s *pubsubtest.Server) { s.FailPulls, s.FailAcks = 2, 1 })
	s.Publish(entry("a"), "no JSON {", entry("b"), `{"textPayload":"hello"}`, entry("c"))
	p, err := NewPuller(options(t, s, sink, ledger))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	until(t, "three events", func() bool { return sink.count() == 3 })
	until(t, "all are acknowledged", func() bool { waiting, _, acked := s.Counts(); return waiting == 0 && acked == 5 })
	if _, given, _ := s.Counts(); given < 10 {
		t.Errorf("%d messages were given, though the first acknowledgement failed", given)
	}
	until(t, "all is well", func() bool { return ledger.Accounts()[0].Trouble == "" })
	if a := ledger.Accounts()[0]; a.Failures != 2 || a.Broken+a.Ignored == 0 || a.Name != "pubsub/"+pubsubtest.Subscription {
		t.Errorf("%+v", a)
	}
	s.Publish(entry("d"))
	until(t, "the fourth", func() bool { return sink.count() == 4 })
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(2 * time.Minute):
		t.Error("it does not stop")
	}
}

// What is not durable is not acknowledged.
func TestPullWaits(t *testing.T) {
	s, sink, ledger := pubsubtest.New(t), &memory{ids: map[string]int{}, fails: 1 << 30}, &intake.Ledger{}
	s.Publish(entry("a"))
	p, err := NewPuller(options(t, s, sink, ledger))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	until(t, "the failure", func() bool { return ledger.Accounts()[0].Failures > 0 })
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if waiting, _, acked := s.Counts(); waiting != 1 || acked != 0 {
		t.Errorf("%d wait, %d acknowledged", waiting, acked)
	}
}

func TestPullOptions(t *testing.T) {
	s := pubsubtest.New(t)
	good := options(t, s, &memory{}, &intake.Ledger{})
	for name, change := range map[string]func(*PullOptions){
		"no sink":         func(o *PullOptions) { o.Sink = nil },
		"no subscription": func(o *PullOptions) { o.Subscription = "audit" },
		"another path":    func(o *PullOptions) { o.Subscription = "projects/a/subscriptions/b/../c" },
		"in clear":        func(o *PullOptions) { o.Endpoint = "http://192.0.2.1" },
	} {
		o := good
		change(&o)
		if _, err := NewPuller(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, text := range []string{"", "{}", `{"type":"service_account"}`, strings.Replace(string(s.KeyFile()), s.URL, "http://192.0.2.1", 1), strings.Replace(string(s.KeyFile()), "MII", "XII", 1)} {
		if _, err := ParseKey([]byte(text)); err == nil {
			t.Errorf("no error for a key %.60s", text)
		}
	}
}
