package bus_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus"
)

// open opens a bus over a directory and closes it with the test.
func open(t testing.TB, dir string, change func(*bus.Options)) *bus.Bus {
	t.Helper()
	o := bus.Options{Dir: dir, Consumers: []string{"store"}, MaxBytes: 64 << 20, MinFree: 1}
	if change != nil {
		change(&o)
	}
	b, err := bus.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// publish stores payloads in partition 0.
func publish(t testing.TB, b *bus.Bus, payloads ...string) (last uint64) {
	t.Helper()
	for _, p := range payloads {
		var err error
		if last, err = b.Publish(t.Context(), 0, []byte(p)); err != nil {
			t.Fatal(err)
		}
	}
	return last
}

// consumer returns consumer "store" of partition 0.
func consumer(t testing.TB, b *bus.Bus) *bus.Consumer {
	t.Helper()
	c, err := b.Consumer(t.Context(), "store", 0)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// pull returns the payloads of one Pull.
func pull(t testing.TB, c *bus.Consumer, o bus.PullOptions) []bus.Message {
	t.Helper()
	if o.Wait == 0 {
		o.Wait = 50 * time.Millisecond
	}
	ms, err := c.Pull(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return ms
}

// texts are the payloads of messages.
func texts(ms []bus.Message) []string {
	out := []string{}
	for _, m := range ms {
		out = append(out, string(m.Data))
	}
	return out
}

func equal(t testing.TB, got []bus.Message, want ...string) {
	t.Helper()
	if g := texts(got); fmt.Sprint(g) != fmt.Sprint(want) {
		t.Errorf("pulled %.200q, want %.200q", g, want)
	}
}

func TestDeliveryInOrderAndAfterRestart(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, nil)
	publish(t, b, "a", "b", "c")
	c := consumer(t, b)
	got := pull(t, c, bus.PullOptions{MaxMessages: 2})
	equal(t, got, "a", "b")
	if got[0].First != 1 || got[1].Seq != 2 || time.Since(got[0].Time) > time.Minute {
		t.Errorf("positions %+v", got)
	}
	if err := c.Ack(t.Context(), got[0].Seq); err != nil {
		t.Fatal(err)
	}
	equal(t, pull(t, c, bus.PullOptions{}), "c")
	equal(t, pull(t, c, bus.PullOptions{}))
	c.Rewind()
	equal(t, pull(t, c, bus.PullOptions{}), "b", "c")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}

	name := c.Sequence()
	b = open(t, dir, nil)
	c = consumer(t, b)
	if c.Sequence() != name {
		t.Errorf("the sequence is called %s after the restart, was %s", c.Sequence(), name)
	}
	if c.Acked() != 1 {
		t.Errorf("acknowledged %d after the restart, want 1", c.Acked())
	}
	publish(t, b, "d")
	got = pull(t, c, bus.PullOptions{})
	equal(t, got, "b", "c", "d")
	if err := c.Ack(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	if err := c.Ack(t.Context(), 5); err == nil {
		t.Error("what was never read is acknowledged")
	}
}

// A stream that was deleted and made anew is read from its beginning.
func TestStreamMadeAnew(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, nil)
	publish(t, b, "a", "b", "c")
	c := consumer(t, b)
	ms := pull(t, c, bus.PullOptions{})
	if err := c.Ack(t.Context(), ms[2].Seq); err != nil {
		t.Fatal(err)
	}
	if err := b.JetStream().DeleteStream(t.Context(), "lynceus_events_0"); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b = open(t, dir, nil)
	publish(t, b, "d")
	again := consumer(t, b)
	equal(t, pull(t, again, bus.PullOptions{}), "d")
	if again.Sequence() == c.Sequence() {
		t.Errorf("both sequences are called %s", c.Sequence())
	}
}

func TestPullWaits(t *testing.T) {
	b := open(t, t.TempDir(), nil)
	c := consumer(t, b)
	done := make(chan []bus.Message)
	go func() {
		ms, err := c.Pull(context.Background(), bus.PullOptions{Wait: 10 * time.Minute})
		if err != nil {
			t.Error(err)
		}
		done <- ms
	}()
	time.Sleep(20 * time.Millisecond)
	start := time.Now()
	publish(t, b, "now")
	equal(t, <-done, "now")
	if d := time.Since(start); d > 5*time.Minute {
		t.Errorf("a waiting consumer got the message after %v", d)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if ms, err := c.Pull(ctx, bus.PullOptions{Wait: 20 * time.Second}); err == nil && len(ms) > 0 {
		t.Errorf("pulled %q from an empty bus", texts(ms))
	}
}

// TestPullOfNoTime waits for so short a time that it is over before the server is asked.
func TestPullOfNoTime(t *testing.T) {
	c := consumer(t, open(t, t.TempDir(), nil))
	for i := range 500 {
		wait := time.Duration(i) * time.Microsecond
		if ms, err := c.Pull(t.Context(), bus.PullOptions{Wait: wait + 1}); err != nil || len(ms) > 0 {
			t.Fatalf("pulled %q in %s: %v", texts(ms), wait, err)
		}
	}
}

func TestLargePayloads(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, nil)
	big := string(bytes.Repeat([]byte("0123456789abcdef"), 200_000)) // 3.2 MB: seven parts
	publish(t, b, "a", big, "b", big)
	c := consumer(t, b)
	got := pull(t, c, bus.PullOptions{MaxBytes: 64 << 20})
	equal(t, got, "a", big, "b", big)
	if got[1].First != 2 || got[1].Seq != 8 || got[2].Seq != 9 {
		t.Errorf("positions %d to %d, then %d", got[1].First, got[1].Seq, got[2].Seq)
	}
	c.Rewind()
	equal(t, pull(t, c, bus.PullOptions{MaxBytes: 1 << 20}), "a", big)
	equal(t, pull(t, c, bus.PullOptions{MaxMessages: 1}), "b")
	if _, err := b.Publish(t.Context(), 0, make([]byte, bus.MaxPayload+1)); !errors.Is(err, bus.ErrTooLarge) {
		t.Errorf("a payload above the limit: %v", err)
	}
}

func TestFullAndAfter(t *testing.T) {
	b := open(t, t.TempDir(), func(o *bus.Options) { o.MaxBytes = 4 << 20; o.Consumers = []string{"store", "judge"} })
	payload := make([]byte, 300<<10)
	n := 0
	var err error
	for ; n < 100; n++ {
		if _, err = b.Publish(t.Context(), 0, payload); err != nil {
			break
		}
	}
	if !errors.Is(err, bus.ErrFull) || n < 10 {
		t.Fatalf("after %d payloads: %v", n, err)
	}
	if _, err := b.Publish(t.Context(), 0, make([]byte, 2<<20)); !errors.Is(err, bus.ErrFull) {
		t.Errorf("a payload in parts on a full bus: %v", err)
	}
	ackAll := func(name string) {
		t.Helper()
		c, err := b.Consumer(t.Context(), name, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := pull(t, c, bus.PullOptions{MaxBytes: 64 << 20})
		if len(got) != n {
			t.Fatalf("%d payloads of %d are there", len(got), n)
		}
		if err := c.Ack(t.Context(), got[n-1].Seq); err != nil {
			t.Fatal(err)
		}
	}
	ackAll("store")
	if _, err := b.Publish(t.Context(), 0, payload); !errors.Is(err, bus.ErrFull) {
		t.Errorf("room was made before every consumer had the payloads: %v", err)
	}
	ackAll("judge")
	if _, err := b.Publish(t.Context(), 0, payload); err != nil {
		t.Errorf("after everybody acknowledged: %v", err)
	}
}

func TestDiskReserve(t *testing.T) {
	b := open(t, t.TempDir(), func(o *bus.Options) { o.MinFree = 1 << 60 })
	if _, err := b.Publish(t.Context(), 0, []byte("a")); !errors.Is(err, bus.ErrFull) {
		t.Errorf("a disk without the reserve: %v", err)
	}
}

func TestLag(t *testing.T) {
	b := open(t, t.TempDir(), func(o *bus.Options) { o.Consumers = []string{"store", "judge"} })
	f := func(name string, want uint64) {
		t.Helper()
		lag, err := b.Lag(t.Context(), name, 0)
		if err != nil {
			t.Fatal(err)
		}
		if lag.Messages != want || (lag.Bytes > 0) != (want > 0) || lag.Oldest.IsZero() != (want == 0) {
			t.Errorf("lag of %s is %+v, want %d messages", name, lag, want)
		}
	}
	f("store", 0)
	publish(t, b, "a", "b", "c")
	f("store", 3)
	c := consumer(t, b)
	pull(t, c, bus.PullOptions{})
	if err := c.Ack(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	f("store", 1)
	f("judge", 3)
}

func TestQuarantine(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, nil)
	big := string(bytes.Repeat([]byte("x"), 1<<20))
	publish(t, b, "good", big, "good again")
	c := consumer(t, b)
	ms := pull(t, c, bus.PullOptions{MaxBytes: 64 << 20})
	for range 2 { // the second time as after a crash between Quarantine and Ack
		if err := c.Quarantine(t.Context(), ms[1], errors.New("checksum\r\nX-Evil: 1")); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Ack(t.Context(), ms[2].Seq); err != nil {
		t.Fatal(err)
	}
	if n := b.Counts().Quarantined; n != 1 {
		t.Errorf("%d payloads are counted, want 1", n)
	}
	qs, err := b.Quarantined(t.Context(), 10)
	if err != nil || len(qs) != 1 {
		t.Fatalf("%d payloads in quarantine, %v", len(qs), err)
	}
	q := qs[0]
	if q.Consumer != "store" || q.Partition != 0 || q.Seq != ms[1].Seq || q.Reason != "checksum  X-Evil: 1" || string(q.Data) != big || !q.Stored.Equal(ms[1].Time) {
		t.Errorf("in quarantine: %.200v", q)
	}
}

func TestPartitionsAreIndependent(t *testing.T) {
	b := open(t, t.TempDir(), func(o *bus.Options) { o.Partitions = 2 })
	for i := range 2 {
		if _, err := b.Publish(t.Context(), i, []byte{byte('0' + i)}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 2 {
		c, err := b.Consumer(t.Context(), "store", i)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, pull(t, c, bus.PullOptions{}), string(rune('0'+i)))
	}
	if _, err := b.Publish(t.Context(), 2, nil); err == nil {
		t.Error("there is a third partition")
	}
}

func TestLifecycle(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, nil)
	if _, err := bus.Open(t.Context(), bus.Options{Dir: dir, Consumers: []string{"store"}}); !errors.Is(err, bus.ErrInUse) {
		t.Errorf("the directory is opened twice: %v", err)
	}
	c := consumer(t, b)
	for range 2 {
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Publish(t.Context(), 0, nil); !errors.Is(err, bus.ErrClosed) {
		t.Errorf("Publish after Close: %v", err)
	}
	if _, err := c.Pull(t.Context(), bus.PullOptions{}); !errors.Is(err, bus.ErrClosed) {
		t.Errorf("Pull after Close: %v", err)
	}
	open(t, dir, nil)
}

func TestOptions(t *testing.T) {
	f := func(o bus.Options) {
		t.Helper()
		if b, err := bus.Open(t.Context(), o); err == nil {
			b.Close()
			t.Errorf("options %+v are taken", o)
		}
	}
	f(bus.Options{})
	f(bus.Options{Dir: t.TempDir()})
	f(bus.Options{Dir: t.TempDir(), URL: "nats://127.0.0.1:1", Consumers: []string{"store"}})
	f(bus.Options{Dir: t.TempDir(), Consumers: []string{"a.b"}})
	f(bus.Options{Dir: t.TempDir(), Name: "a>", Consumers: []string{"store"}})
	f(bus.Options{Dir: t.TempDir(), Partitions: 5000, Consumers: []string{"store"}})
	f(bus.Options{URL: "nats://user:secret@127.0.0.1:1", Consumers: []string{"store"}})
}
