package lake

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// TestSideBySide appends from two partitions while the store is merged and
// scanned: a scan sees whole appends, and never an event twice.
func TestSideBySide(t *testing.T) {
	var mu sync.Mutex
	now := base
	l, _ := open(t, Options{Dir: t.TempDir(), Grace: time.Nanosecond, Now: func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}})
	const appends, rows = 12, 50
	var writers, others sync.WaitGroup
	for p := range 2 {
		writers.Go(func() {
			for seq := uint64(1); seq <= appends; seq++ {
				mu.Lock()
				now = now.Add(20 * time.Minute)
				when := now
				mu.Unlock()
				a := l.Begin(fmt.Sprint(p), seq, seq)
				for i := range rows {
					if err := a.Add(at(event.ClassNetwork, fmt.Sprintf("%d-%d-%d", p, seq, i), when)); err != nil {
						t.Error(err)
					}
				}
				if err := a.Commit(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	ended := make(chan struct{})
	others.Go(func() {
		for running(ended) {
			if _, err := l.Maintain(context.Background()); err != nil {
				t.Error(err)
			}
		}
	})
	others.Go(func() {
		for running(ended) {
			seen := map[string]bool{}
			if err := l.Scan(context.Background(), All(event.ClassNetwork), func(e *event.Event) error {
				uid := event.MetadataUID.Get(e)
				if seen[uid] {
					return fmt.Errorf("%s came twice", uid)
				}
				seen[uid] = true
				return nil
			}); err != nil {
				t.Error(err)
			}
			if len(seen)%rows != 0 {
				t.Errorf("a scan saw %d events, which is a part of an append", len(seen))
			}
		}
	})
	writers.Wait()
	close(ended)
	others.Wait()
	if n := len(scan(t, l, All(event.ClassNetwork))); n != 2*appends*rows {
		t.Errorf("%d events at the end, want %d", n, 2*appends*rows)
	}
}

func running(ended <-chan struct{}) bool {
	select {
	case <-ended:
		return false
	default:
		return true
	}
}
