package lake

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// TestDiskThatIsFull fills a real file system of 8 MB, makes room and goes on.
func TestDiskThatIsFull(t *testing.T) {
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=8m")
	require.Need(t, "mount", err == nil, "a file system in memory cannot be mounted (root may)")
	defer func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	l, _ := open(t, Options{Dir: filepath.Join(dir, "lake")})
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 4<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	m, e := newMaker(17), &event.Event{}
	add := func(seq uint64) error {
		a := l.Begin("p", seq, seq)
		for range 500 {
			m.audit(e)
			if a.Add(e) != nil {
				break // Commit says why
			}
		}
		return a.Commit(context.Background())
	}
	var seq uint64
	for seq = 1; seq < 1000; seq++ {
		if err = add(seq); err != nil {
			break
		}
	}
	if !errors.Is(err, ErrFull) {
		t.Fatalf("append %d: %v, want ErrFull", seq, err)
	}
	if err := add(seq); !errors.Is(err, ErrFull) {
		t.Errorf("again: %v", err)
	}
	if l.Mark("p") != seq-1 || l.Stats().Rows != int64(seq-1)*500 {
		t.Errorf("mark %d with %d events after %d appends", l.Mark("p"), l.Stats().Rows, seq-1)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := add(seq); err != nil {
		t.Errorf("after there was room: %v", err)
	}
	l.Close()
	l, r := open(t, Options{Dir: filepath.Join(dir, "lake"), Verify: true})
	if !r.Clean() || r.Rows != int64(seq)*500 {
		t.Errorf("%d appends: %s", seq, r)
	}
	l.Close()
}
