package bus_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/internal/require"
)

// smallDisk mounts a file system of 24 MiB, of which a file of 10 MiB is
// taken, and returns its directory and how to free and fill it.
func smallDisk(t *testing.T) (dir string, free, fill func()) {
	t.Helper()
	root := t.TempDir()
	err := syscall.Mount("tmpfs", root, "tmpfs", 0, "size=24m")
	require.Need(t, "mount", err == nil, fmt.Sprintf("the right to mount a file system: %v", err))
	t.Cleanup(func() { _ = syscall.Unmount(root, syscall.MNT_DETACH) })
	ballast := filepath.Join(root, "ballast")
	write := func(size int) {
		f, err := os.Create(ballast)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for range size >> 12 {
			if _, err := f.Write(make([]byte, 4<<10)); err != nil {
				return // as full as it gets
			}
		}
	}
	write(10 << 20)
	return filepath.Join(root, "bus"), func() { write(10 << 20) }, func() { write(1 << 30) }
}

// A full disk stops intake with an error that says so; nothing acknowledged is
// lost, and the bus goes on when there is room.
func TestFullDisk(t *testing.T) {
	dir, free, fill := smallDisk(t)
	b := open(t, dir, func(o *bus.Options) { o.MaxBytes = 1 << 30; o.MinFree = 1 << 20 })
	n := 0
	for ; n < 20; n++ {
		if _, err := b.Publish(t.Context(), 0, make([]byte, 100<<10)); err != nil {
			t.Fatal(err)
		}
	}
	fill()
	if _, err := b.Publish(t.Context(), 0, make([]byte, 100<<10)); !errors.Is(err, bus.ErrFull) {
		t.Errorf("on a full disk: %v", err)
	}
	// Somebody else, whom the reserve does not hold back, runs the stream into
	// the wall.
	soon, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if _, err := b.JetStream().Publish(soon, "lynceus.events.0", make([]byte, 300<<10)); err == nil {
		t.Fatal("a full disk takes 300 KiB")
	}
	if err := b.Health(); !errors.Is(err, bus.ErrFull) {
		t.Errorf("the health of a bus on a full disk: %v", err)
	}
	free()
	var err error
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		soon, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		_, err = b.Publish(soon, 0, make([]byte, 100<<10))
		cancel()
		if err == nil {
			n++
			break
		}
	}
	if err != nil {
		t.Fatalf("with room again: %v", err)
	}
	if err := b.Health(); err != nil {
		t.Error(err)
	}
	got := 0
	c := consumer(t, b)
	for {
		ms := pull(t, c, bus.PullOptions{MaxBytes: 64 << 20})
		if len(ms) == 0 {
			break
		}
		got += len(ms)
	}
	if got < n {
		t.Errorf("%d payloads of %d are there", got, n)
	}
}
