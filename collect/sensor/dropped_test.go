//go:build linux

package sensor

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/internal/sensortest"
)

// TestDroppedIsStopped executes what is of a container's image, and what is not.
func TestDroppedIsStopped(t *testing.T) {
	ofKernel(t)
	c := newContainer(t)
	root := overlay(t)
	sensortest.Program(t, filepath.Join(root, "dropped"), sensortest.Writes())
	if err := os.Chmod(filepath.Join(root, "touched"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(root, "dropped"), filepath.Join(root, "renamed")); err != nil {
		t.Fatal(err)
	}
	volume := filepath.Join(root, "volume")
	if err := os.Mkdir(volume, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", volume, "tmpfs", 0, ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Unmount(volume, 0) })
	sensortest.Program(t, filepath.Join(volume, "program"), sensortest.Writes())
	text := `{policies: [{name: drift, mode: enforce, action: kill-process, pods: [{namespace: shop}], match: {dropped: true}}]}`
	_, rec := startSensor(t, Spec{Policies: policies(t, text), Runtime: pods{map[string]container.Names{c.id: c.names("shop", "web-1")}}})
	c.settle(t, rec)
	tests := []struct {
		program string
		killed  bool
	}{
		{"/image", false},
		{"/touched", false}, // copied up, for its mode
		{"/renamed", true},
		{"/volume/program", false},
	}
	for _, tt := range tests {
		want, signal := "x", syscall.Signal(0)
		if tt.killed {
			want, signal = "", syscall.SIGKILL
		}
		if out, sig := ran(t, c.in(root, tt.program)); out != want || sig != signal {
			t.Errorf("%s: wrote %q, signal %v", tt.program, out, sig)
		}
	}
	if out, sig := ran(t, c.command("/bin/echo", "hello")); out != "hello\n" {
		t.Errorf("where the root is no overlay: %q, %v", out, sig)
	}
}
