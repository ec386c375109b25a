//go:build linux

package sensor

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
)

// TestOpens opens files and looks for the rows of those that the plan has.
func TestOpens(t *testing.T) {
	dir := realTempDir(t)
	rec := start(t, Spec{Plan: plan.Plan{Files: plan.Files{
		Read: plan.Paths{Prefixes: []string{dir + "/read/"}, Names: []string{"sensor-watched"}}, Write: plan.Paths{Prefixes: []string{dir + "/"}}, Failed: true,
	}}})
	if err := os.Mkdir(filepath.Join(dir, "read"), 0o755); err != nil {
		t.Fatal(err)
	}
	watched := filepath.Join(dir, "read", "sensor-watched")
	opened := func(t *testing.T, name, call string) *event.Event {
		t.Helper()
		return rec.await(t, 1, call+" of "+name, func(e *event.Event) bool {
			return event.FilePath.Get(e) == name && event.SyscallName.Get(e) == call
		})[0]
	}
	t.Run("created", func(t *testing.T) {
		fd, err := unix.Openat(unix.AT_FDCWD, watched, unix.O_CREAT|unix.O_RDWR|unix.O_CLOEXEC, 0o750)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
		e := opened(t, watched, "openat")
		checkText(t, e, map[event.StringField]string{
			event.Activity: activityCreate, event.FileName: "sensor-watched", event.FileParentFolder: filepath.Join(dir, "read"), event.FileType: "file",
			event.SyscallStatus: "SUCCESS", event.Status: "Success", event.ActorProcessName: "sensor.test",
		})
		if got, want := strings.Join(event.SyscallArguments.Get(e), " "), "dirfd=AT_FDCWD name="+watched+
			" flags=O_RDWR|O_CREAT|O_CLOEXEC mode=S_IRUSR|S_IWUSR|S_IXUSR|S_IRGRP|S_IXGRP"; got != want {
			t.Errorf("arguments %s, want %s", got, want)
		}
		if n, _ := event.FileDescriptor.Get(e); n != int64(fd) {
			t.Errorf("descriptor %d, want %d", n, fd)
		}
		for f, want := range map[event.BoolField]bool{event.FileOpenRead: true, event.FileOpenWrite: true, event.FileOpenExec: true} {
			if got := f.Get(e); got != want || !f.Has(e) {
				t.Errorf("%s is %v", event.Lookup(f.ID()).Name, got)
			}
		}
	})
	t.Run("by a symbolic link", func(t *testing.T) {
		link := filepath.Join(dir, "link")
		if err := os.Symlink(watched, link); err != nil {
			t.Fatal(err)
		}
		readAll(t, link)
		e := rec.await(t, 1, "open by a link", func(e *event.Event) bool {
			return event.FilePath.Get(e) == watched && strings.Contains(strings.Join(event.SyscallArguments.Get(e), " "), "name="+link)
		})[0]
		if event.Activity.Get(e) != activityOpen {
			t.Errorf("activity %s", event.Activity.Get(e))
		}
	})
	t.Run("that fails", func(t *testing.T) {
		if _, err := unix.Open(filepath.Join(watched, "x"), unix.O_RDONLY, 0); err != unix.ENOTDIR {
			t.Fatal(err)
		}
		e := opened(t, filepath.Join(watched, "x"), "openat")
		checkText(t, e, map[event.StringField]string{event.SyscallStatus: "ENOTDIR", event.Status: "Failure"})
		if !event.FilePathClaimed.Get(e) {
			t.Error("the path is said to be the kernel's")
		}
	})
	t.Run("by io_uring", func(t *testing.T) { testRing(t, rec, watched) })
	t.Run("of others", func(t *testing.T) { testOtherOpens(t, rec, dir) })
}

// testOtherOpens holds that opens of files that nobody asks for make no record.
func testOtherOpens(t *testing.T, rec *recorder, dir string) {
	const opens = 100_000
	other := filepath.Join(dir, "other")
	if err := os.WriteFile(other, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	opened := func(e *event.Event) bool { // by this process; others run, too
		pid, _ := event.ActorProcessPID.Get(e)
		return pid == int64(os.Getpid())
	}
	before := len(rec.all(opened))
	for range opens {
		readAll(t, other)
	}
	marker := filepath.Join(dir, "marker")
	if err := os.WriteFile(marker, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	rec.await(t, 1, "marker", func(e *event.Event) bool { return event.FilePath.Get(e) == marker })
	if rows := len(rec.all(opened)) - before; rows > opens/1000 {
		t.Errorf("%d rows while %d files were opened that nobody watches", rows, opens)
	}
	if got := rec.all(func(e *event.Event) bool {
		return event.FilePath.Get(e) == other && event.FileOpenRead.Get(e)
	}); len(got) > 0 {
		t.Errorf("%d rows of a file that is not in the plan", len(got))
	}
}

func realTempDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// readAll opens a file and closes it.
func readAll(t *testing.T, name string) {
	t.Helper()
	fd, err := unix.Open(name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", name, err))
	}
	unix.Close(fd)
}
