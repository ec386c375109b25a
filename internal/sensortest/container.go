//go:build linux

package sensortest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/internal/require"
)

// gone is how long what was killed may take to leave its cgroup and its root.
const gone = 10 * time.Second

// made counts containers, so that each has a cgroup of its own.
var made atomic.Int32

// Container is the cgroup of a container, by the name that containerd gives one: pod and id can be told from it.
type Container struct {
	ID, PodUID string
	// Dir is the cgroup's directory.
	Dir string
}

// NewContainer makes the cgroup of a container. The test is skipped where no eBPF can be loaded (require.BPF).
func NewContainer(tb testing.TB) Container {
	tb.Helper()
	require.BPF(tb)
	n := made.Add(1)
	c := Container{ID: fmt.Sprintf("%064x", os.Getpid()<<16|int(n)), PodUID: fmt.Sprintf("0d2cbc13-9e31-4f4b-8ad5-%012x", n)}
	top := filepath.Join(CgroupRoot(tb), fmt.Sprintf("lynceus-test-%d-%d", os.Getpid(), n))
	c.Dir = filepath.Join(top, "pod"+c.PodUID, c.ID)
	err := os.MkdirAll(c.Dir, 0o755)
	require.Need(tb, "bpf", err == nil, fmt.Sprintf("a cgroup can be made: %v", err))
	tb.Cleanup(func() {
		for _, dir := range []string{c.Dir, filepath.Dir(c.Dir), top} {
			await(tb, "the cgroup is removed", func() error {
				if err := os.Remove(dir); !os.IsNotExist(err) {
					return err
				}
				return nil
			})
		}
	})
	return c
}

// Command returns a command that executes a program in the container, in a mount namespace of its own. It is moved there
// by a shell, which executes the program then.
func (c Container) Command(args ...string) *exec.Cmd {
	cmd := exec.Command("/bin/sh", append([]string{"-c", `echo 0 > "$0" && exec "$@"`, filepath.Join(c.Dir, "cgroup.procs")}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS}
	return cmd
}

// CommandIn is Command with another root. The program is executed by the chroot of coreutils.
func (c Container) CommandIn(root string, args ...string) *exec.Cmd {
	return c.Command(append([]string{"chroot", root}, args...)...)
}

// controllers are those by which the sensor groups processes, the best first.
var controllers = []string{"pids", "memory", "devices", "freezer", "cpu", "cpuset"}

// CgroupRoot returns where the hierarchy is mounted by which the sensor groups processes: that of the first controller
// that /proc/cgroups says is of version 1, else that of version 2 (see cgroups(7)).
func CgroupRoot(tb testing.TB) string {
	tb.Helper()
	const root = "/sys/fs/cgroup"
	text, err := os.ReadFile("/proc/cgroups")
	if err != nil {
		return root
	}
	old := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line) // name, hierarchy, number of cgroups, enabled
		if len(fields) == 4 && fields[1] != "0" && fields[3] == "1" {
			old[fields[0]] = true
		}
	}
	for _, name := range controllers {
		if old[name] {
			return filepath.Join(root, name)
		}
	}
	return root
}

// Overlay mounts an overlay, as the root of a container is one, whose image has the programs given by name, and returns
// where.
func Overlay(tb testing.TB, image map[string][]byte) string {
	tb.Helper()
	dir := tb.TempDir()
	for _, name := range []string{"lower", "upper", "work", "root"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			tb.Fatal(err)
		}
	}
	for name, code := range image {
		Program(tb, filepath.Join(dir, "lower", name), code)
	}
	root := filepath.Join(dir, "root")
	err := unix.Mount("overlay", root, "overlay", 0, fmt.Sprintf("lowerdir=%[1]s/lower,upperdir=%[1]s/upper,workdir=%[1]s/work", dir))
	require.Need(tb, "bpf", err == nil, fmt.Sprintf("an overlay can be mounted: %v", err))
	tb.Cleanup(func() {
		await(tb, "the overlay is unmounted", func() error { return unix.Unmount(root, 0) })
	})
	return root
}

// await waits until f succeeds.
func await(tb testing.TB, what string, f func() error) {
	tb.Helper()
	var err error
	for began := time.Now(); time.Since(began) < gone; time.Sleep(5 * time.Millisecond) {
		if err = f(); err == nil {
			return
		}
	}
	tb.Errorf("not within %v: %s: %v", gone, what, err)
}
