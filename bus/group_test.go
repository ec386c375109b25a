package bus_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus"
)

// What many publish at the same time is stored once each, under the numbers and with the origins that they are told, also
// where some of it needs several messages.
func TestPublishTogether(t *testing.T) {
	b := open(t, t.TempDir(), nil)
	c := consumer(t, b)
	const publishers, each = 20, 10
	var mu sync.Mutex
	want := map[uint64]int64{}
	var wait sync.WaitGroup
	for i := range publishers {
		wait.Go(func() {
			for j := range each {
				n := int64(i*each + j)
				number, err := b.PublishFrom(t.Context(), 0, bus.Origin{Source: fmt.Sprint("s", i), Epoch: "e", Sequence: uint64(j + 1)}, numbered(n))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				want[number] = n
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	last := map[string]uint64{}
	var aside int64
	for got := 0; got < publishers*each; {
		ms, err := c.Pull(t.Context(), bus.PullOptions{Wait: 5 * time.Second})
		if err != nil || len(ms) == 0 {
			t.Fatalf("%d of %d, %v", got, publishers*each, err)
		}
		for i, m := range ms {
			if got++; i > 0 && m.Seq == ms[i-1].Seq && aside < 2 { // each of a message is put aside on its own, and once
				aside++
				if err := errors.Join(c.Quarantine(t.Context(), m, errors.New("no good")), c.Quarantine(t.Context(), m, errors.New("no good"))); err != nil {
					t.Fatal(err)
				}
			}
			o, ok := m.Origin()
			if n := number(m.Data); want[m.Number()] != n || !ok || o.Source != fmt.Sprint("s", n/each) || o.Sequence != last[o.Source]+1 {
				t.Fatalf("message %d is %d of %+v, want %d", m.Number(), n, o, want[m.Number()])
			}
			last[o.Source] = o.Sequence
			delete(want, m.Number())
		}
	}
	if len(want) != 0 {
		t.Errorf("%d are missing", len(want))
	}
	if n := b.Counts().Quarantined; n != aside {
		t.Errorf("%d are in quarantine, want %d", n, aside)
	}
}

// Whoever gives up does not take others along, and what does not fit together may fit alone.
func TestPublishTogetherFull(t *testing.T) {
	b := open(t, t.TempDir(), func(o *bus.Options) { o.MaxBytes = 1 << 20 })
	var wait sync.WaitGroup
	var mu sync.Mutex
	stored, full := 0, 0
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for i := range 100 {
		wait.Go(func() {
			ctx := t.Context()
			if i%10 == 0 {
				ctx = gone
			}
			_, err := b.Publish(ctx, 0, make([]byte, 50<<10))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case i%10 == 0 && errors.Is(err, context.Canceled):
			case err == nil:
				stored++
			case errors.Is(err, bus.ErrFull):
				full++
			default:
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if stored < 15 || stored > 21 || stored+full != 90 {
		t.Errorf("%d are stored, %d found no room", stored, full)
	}
}

// BenchmarkPublishTogether is what a payload takes that many publish at a time.
func BenchmarkPublishTogether(b *testing.B) {
	bs := open(b, b.TempDir(), nil)
	payload := make([]byte, 4<<10)
	b.SetParallelism(100)
	b.SetBytes(int64(len(payload)))
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := bs.Publish(context.Background(), 0, payload); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
