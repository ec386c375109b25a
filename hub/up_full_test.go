//go:build cgo

package hub

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/internal/require"
)

// smallDisk mounts a file system of 64 MiB, of which a file of 16 MiB is
// taken, and returns its directory and how to fill and free it.
func smallDisk(t *testing.T) (dir string, fill, free func()) {
	t.Helper()
	root := t.TempDir()
	err := syscall.Mount("tmpfs", root, "tmpfs", 0, "size=64m")
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
	free = func() { write(16 << 20) }
	free()
	return filepath.Join(root, "data"), func() { write(1 << 30) }, free
}

// A full disk stops intake with an error that says so. Nothing that was
// acknowledged is lost, what was not is told to come again, and with room all
// goes on.
func TestUpOnFullDisk(t *testing.T) {
	t.Parallel()
	dir, fill, free := smallDisk(t)
	logs := t.TempDir()
	log, err := os.Create(filepath.Join(logs, "audit.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	o := killOptions(dir, logs)
	o.BusFree, o.Log = 2<<20, nil
	u := startUp(t, o)
	posted, written := newScript(t, "post", 1, 1), newScript(t, "file", 1, 1)
	sent := 0
	write := func(n int) {
		for range n {
			if _, err := log.Write(written.ordinary()); err != nil {
				t.Fatal(err)
			}
			sent++
		}
	}
	batch := func() (lines [][]byte) {
		for range 100 {
			lines = append(lines, posted.ordinary())
		}
		return lines
	}
	post := func(lines [][]byte) (int, string) {
		status, body := postStatus(u.WebhookAddress(), lines)
		if status == http.StatusOK {
			sent += len(lines)
		}
		return status, body
	}
	for range 5 {
		if status, body := post(batch()); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
		write(100)
	}
	stored(t, u, 3*time.Minute, sent)

	fill()
	refused := batch()
	status, body := post(refused)
	if status != http.StatusServiceUnavailable || !strings.Contains(body, "come again") {
		t.Errorf("a full disk is answered %d %s", status, body)
	}
	write(500)
	until(t, 3*time.Minute, "nobody says that the disk is full", func() bool {
		return strings.Contains(strings.Join(u.problems(t.Context()), "\n"), "disk is full")
	})
	t.Logf("problems: %q", u.problems(t.Context()))
	if rows := number(t, u.store, "audit | count"); rows != fmt.Sprint(sent-500) {
		t.Errorf("on a full disk %s of %d requests answer", rows, sent-500)
	}

	free()
	until(t, 3*time.Minute, "intake does not go on", func() bool { s, _ := post(refused); return s == http.StatusOK })
	stored(t, u, 3*time.Minute, sent)
	until(t, 3*time.Minute, "there are still problems", func() bool {
		p := u.problems(t.Context())
		return len(p) == 0
	})
	if n := number(t, u.store, "audit | summarize dcount(metadata.uid)"); n != fmt.Sprint(sent) {
		t.Errorf("%s different requests of %d", n, sent)
	}
}
