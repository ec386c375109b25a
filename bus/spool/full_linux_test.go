package spool

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// tmpfs mounts a file system of so many bytes.
func tmpfs(t *testing.T, bytes int) string {
	t.Helper()
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes))
	require.Need(t, "mount", err == nil, fmt.Sprintf("a tmpfs can be mounted: %v", err))
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// On a disk that is full the oldest batches give way, or batches are kept in memory when none is on the disk. Nothing
// stops, and everything is sent or counted.
func TestFullDisk(t *testing.T) {
	dir := tmpfs(t, 3<<20)
	s, _ := open(t, dir, Options{})
	payload := bytes.Repeat([]byte("x"), 50<<10)
	total := 0
	write := func(n int) {
		for range n {
			total++
			if err := s.Put(Input{Lane: Events, Payload: payload, Shares: []Share{{Pod: "p", Class: event.ClassFile, Events: 1}}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(200)
	c := s.Stats()
	if c.Trouble == nil && c.Shed == 0 || c.Disk > 3<<20 {
		t.Errorf("%+v", c)
	}
	sent := len(send(t, s, all))
	if uint64(sent)+s.Stats().Shed != uint64(total) || sent < 10 {
		t.Errorf("%d of %d, %+v", sent, total, s.Stats())
	}

	// Somebody else has taken all of it: batches still go to the hub.
	other, err := os.Create(dir + "/other")
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = other.Write(make([]byte, 4096))
	}
	before := s.Stats().Shed
	for range 30 {
		write(5)
		sent += len(send(t, s, all))
	}
	if c := s.Stats(); c.Shed != before || sent+int(c.Shed) != total || c.Trouble == nil {
		t.Errorf("%d of %d, %+v", sent, total, c)
	}
	// While nobody takes, memory is bounded.
	write(300)
	if c := s.Stats(); c.Memory > DefaultMemory || c.Memory < DefaultMemory/2 || c.Shed == before {
		t.Errorf("%+v", c)
	}
	// As soon as there is room, it is used.
	if err := other.Truncate(0); err != nil {
		t.Fatal(err)
	}
	write(20)
	if c := s.Stats(); c.Disk < 20*50<<10/2 || c.Trouble != nil {
		t.Errorf("%+v", c)
	}
	sent += len(send(t, s, all))
	if c := s.Stats(); sent+int(c.Shed) != total {
		t.Errorf("%d of %d, %+v", sent, total, c)
	}
}

// A directory that can only be read any more: batches are kept in memory, and the trouble is told.
func TestReadOnlyDisk(t *testing.T) {
	dir := tmpfs(t, 1<<20)
	s, _ := open(t, dir, Options{})
	put(t, s, Events, "before")
	shut(t, s)
	s, _ = open(t, dir, Options{})
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	put(t, s, Events, "after")
	if c := s.Stats(); c.Trouble == nil || c.Batches != 2 {
		t.Errorf("%+v", c)
	}
	if got := send(t, s, all); len(got) != 2 {
		t.Error(got)
	}
}
