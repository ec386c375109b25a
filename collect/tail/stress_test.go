package tail

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestStress: a hundred thousand lines are written while files are rotated in
// every way and the Tail is killed and started again; all of them come.
func TestStress(t *testing.T) {
	const lines = 100_000
	w := newWorld(t, t.TempDir(), func(o *Options) {
		o.Poll, o.Discover, o.Save, o.RotateWait = time.Millisecond, 2*time.Millisecond, 5*time.Millisecond, 20*time.Millisecond
	})
	random := rand.New(rand.NewPCG(1, 2))
	begin := func() (stop func()) {
		tail, err := New(w.opts)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- tail.Run(ctx) }()
		return func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
	w.stop = begin()
	kills := 0
	for rotations := 0; w.next < lines; {
		w.write("audit.log", random.IntN(500)+1)
		switch random.IntN(12) {
		case 0: // renamed
			rotations++
			w.rename("audit.log", fmt.Sprintf("audit-%d.log", rotations))
		case 1: // renamed, and compressed after a while
			rotations++
			name := fmt.Sprintf("audit-%d.log", rotations)
			w.rename("audit.log", name)
			w.write("audit.log", 100)
			time.Sleep(time.Duration(random.IntN(30)) * time.Millisecond)
			w.copy(name, name+".gz")
			w.remove(name)
		case 2: // copied and truncated
			rotations++
			w.copy("audit.log", fmt.Sprintf("audit-%d.log", rotations))
			w.truncate("audit.log", 0)
		case 3: // killed
			kills++
			w.crash()
			w.stop = begin()
		}
	}
	deadline := time.Now().Add(3 * time.Minute)
	for w.distinct() < w.next && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	w.stop()
	w.check(lines)
	t.Logf("%d lines, %d came, %d kills", w.next, len(w.got()), kills)
	if len(w.rejects) > 0 {
		t.Errorf("%d rejects, the first %q", len(w.rejects), w.rejects[0])
	}
}

// distinct is how many different events came.
func (m *memory) distinct() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	seen := make(map[string]bool, len(m.ids))
	for _, id := range m.ids {
		seen[id] = true
	}
	return len(seen)
}
