package lake

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// TestSoakMemory merges a million requests with their documents and holds
// that this takes less than 512 MB, garbage included.
func TestSoakMemory(t *testing.T) {
	require.Soak(t)
	now := &clock{base}
	l, _ := open(t, Options{Dir: t.TempDir(), Now: now.now})
	m, e := newMaker(13), &event.Event{}
	m.step = 3 * time.Microsecond
	for seq := range uint64(16) {
		a := l.Begin("p", seq+1, seq+1)
		for range 65536 {
			m.audit(e)
			if err := a.Add(e); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	var before, ms runtime.MemStats
	runtime.ReadMemStats(&before)
	var peak atomic.Uint64
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
				runtime.ReadMemStats(&ms)
				peak.Store(max(peak.Load(), ms.HeapAlloc))
			}
		}
	}()
	now.at = base.Add(2 * time.Hour)
	u := maintain(t, l)
	close(stop)
	<-done
	got := (int64(peak.Load()) - int64(before.HeapAlloc)) >> 20
	t.Logf("%s; heap %d MB above %d MB", u, got, before.HeapAlloc>>20)
	if got > 512 {
		t.Errorf("merging took %d MB", got)
	}
}
