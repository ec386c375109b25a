package bus

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// deaf is a bucket whose answers to the next writes are lost.
type deaf struct {
	jetstream.KeyValue
	lose int
}

func (d *deaf) Update(ctx context.Context, key string, value []byte, last uint64) (uint64, error) {
	revision, err := d.KeyValue.Update(ctx, key, value, last)
	if err == nil && d.lose > 0 {
		d.lose--
		return 0, context.DeadlineExceeded
	}
	return revision, err
}

// A position that was kept although the answer was lost, as when a server of a cluster dies, is the consumer's own; that of
// another one still is not.
func TestAnswersThatAreLost(t *testing.T) {
	b, err := Open(t.Context(), Options{Dir: t.TempDir(), Consumers: []string{"store"}, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for range 4 {
		if _, err := b.Publish(t.Context(), 0, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	c, err := b.Consumer(t.Context(), "store", 0)
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	for deadline := time.Now().Add(time.Minute); got < 4 && time.Now().Before(deadline); {
		ms, err := c.Pull(t.Context(), PullOptions{})
		if err != nil {
			t.Fatal(err)
		}
		got += len(ms)
	}
	first := c.Read() - 3
	b.floors = &deaf{b.floors, 2}
	for range 2 {
		if err := c.Ack(t.Context(), first); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("an answer that is lost: %v", err)
		}
	}
	if err := c.Ack(t.Context(), first+1); err != nil {
		t.Errorf("after it: %v", err)
	}
	later, err := b.Consumer(t.Context(), "store", 0)
	if err != nil || later.Acked() != first+1 {
		t.Fatalf("a later consumer begins behind %d, %v", later.Acked(), err)
	}
	if err := c.Ack(t.Context(), first+2); !errors.Is(err, ErrOvertaken) {
		t.Errorf("an earlier consumer acknowledges: %v", err)
	}
}
