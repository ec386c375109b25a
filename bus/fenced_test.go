package bus_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/bus"
)

// Of two who write after each other, one that did not see what the other wrote is refused, whatever the size.
func TestPublishAfter(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, func(o *bus.Options) { o.KeepLast = true })
	last, note, err := b.Last(t.Context(), 0)
	if last != 0 || note != "" || err != nil {
		t.Fatalf("an empty partition ends with %d %q, %v", last, note, err)
	}
	for _, payload := range []string{"small", strings.Repeat("x", 2<<20), ""} {
		next, err := b.PublishAfter(t.Context(), 0, last, "at 7", []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.PublishAfter(t.Context(), 0, last, "late", []byte(payload)); !errors.Is(err, bus.ErrOvertaken) {
			t.Errorf("one who was overtaken with %d bytes: %v", len(payload), err)
		}
		if last, note, err = b.Last(t.Context(), 0); last != next || note != "at 7" || err != nil {
			t.Errorf("the last is %d %q, %v; want %d", last, note, err, next)
		}
	}
	c := consumer(t, b)
	got := pull(t, c, bus.PullOptions{MaxBytes: 16 << 20})
	if len(got) != 3 || len(got[1].Data) != 2<<20 || got[2].Seq != last {
		t.Fatalf("%d payloads came", len(got))
	}
	if err := c.Ack(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	// What all have acknowledged is deleted when the bus opens, but for the last.
	b = open(t, dir, func(o *bus.Options) { o.KeepLast = true })
	if again, note, err := b.Last(t.Context(), 0); again != last || note != "at 7" || err != nil {
		t.Errorf("after all was read the last is %d %q, %v", again, note, err)
	}
}

// Of two consumers of one name the later one acknowledges.
func TestLaterConsumer(t *testing.T) {
	b := open(t, t.TempDir(), nil)
	publish(t, b, "a", "b")
	first := consumer(t, b)
	got := pull(t, first, bus.PullOptions{MaxMessages: 1})
	equal(t, got, "a")
	if err := first.Ack(t.Context(), got[0].Seq); err != nil {
		t.Fatal(err)
	}
	second := consumer(t, b)
	equal(t, pull(t, second, bus.PullOptions{}), "b")
	got = pull(t, first, bus.PullOptions{})
	equal(t, got, "b")
	last := got[0].Seq
	if err := first.Ack(t.Context(), last); !errors.Is(err, bus.ErrOvertaken) {
		t.Errorf("an earlier consumer acknowledges: %v", err)
	}
	if err := second.Ack(t.Context(), last); err != nil {
		t.Error(err)
	}
}
