//go:build linux

package digest

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/internal/sensortest"
)

// A file of a container is read in its root, whatever leads out of it; a program by the process that runs it.
func TestOnce(t *testing.T) {
	c, root := sensortest.NewContainer(t), t.TempDir()
	waits := sensortest.Program(t, filepath.Join(root, "waits"), sensortest.Waits())
	write(t, filepath.Join(root, "etc-passwd"), "of the container")
	secret := write(t, filepath.Join(t.TempDir(), "secret"), "of the node")
	for link, to := range map[string]string{"out": secret, "up": "../../../../../../../.." + secret, "in": "/etc-passwd", "magic": "/proc/self/root" + secret} {
		if err := os.Symlink(to, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mkfifo(filepath.Join(root, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "large"), make([]byte, 2000), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := c.CommandIn(root, "/waits")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	o := Options{MaxSize: 1000}
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(10 * time.Millisecond) { // until it has the root of the container
		if exe, _ := os.Readlink("/proc/" + strconv.Itoa(cmd.Process.Pid) + "/exe"); exe == waits {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the program does not run")
		}
	}
	pid := uint32(cmd.Process.Pid)
	for _, tt := range []struct {
		q     Question
		sum   string
		fails error
	}{
		{Question{Container: c.ID, Path: "/etc-passwd"}, sum("of the container"), nil},
		{Question{Container: c.ID, Path: "/in"}, sum("of the container"), nil},
		{Question{Container: c.ID, Path: "/../../etc-passwd"}, sum("of the container"), nil},
		{Question{Container: c.ID, Path: "/out"}, "", unix.ENOENT},
		{Question{Container: c.ID, Path: "/up"}, "", unix.ENOENT},
		{Question{Container: c.ID, Path: "/magic"}, "", unix.ENOENT},
		{Question{Container: c.ID, Path: secret}, "", unix.ENOENT},
		{Question{Container: c.ID, Path: "/pipe"}, "", ErrNoFile},
		{Question{Container: c.ID, Path: "/"}, "", ErrNoFile},
		{Question{Container: c.ID, Path: "/large"}, "", ErrNoFile},
		{Question{Container: strings.Repeat("a", 64), Path: "/etc-passwd"}, "", ErrNoContainer},
		{Question{Container: c.ID, Path: "etc-passwd"}, "", ErrQuestion},
		{Question{Path: "/etc/passwd"}, "", ErrQuestion},
		{Question{Container: c.ID, Path: "/x", PID: pid}, "", ErrQuestion},
		{Question{}, "", ErrQuestion},
		{Question{PID: pid}, sum(string(sensortest.Waits())), nil},
		{Question{PID: pid, Container: c.ID}, sum(string(sensortest.Waits())), nil},
		{Question{PID: uint32(os.Getpid()), Container: c.ID}, "", ErrNoContainer},
	} {
		a, err := Once(t.Context(), o, tt.q)
		if tt.q.PID != 0 && tt.fails == nil { // the file is a little more than its code
			b, readErr := os.ReadFile(waits)
			if readErr != nil {
				t.Fatal(readErr)
			}
			tt.sum = sum(string(b))
		}
		if a.SHA256 != tt.sum || !errors.Is(err, tt.fails) || err == nil && (a.Size == 0 || a.Modified.IsZero() || a.PID != pid) {
			t.Errorf("%+v: %+v, %v; want %.8s, %v", tt.q, a, err, tt.sum, tt.fails)
		}
	}
}
