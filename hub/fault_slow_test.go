//go:build cgo && linux

package hub

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/internal/require"
)

// throttle is where the kernel's first version of control groups bounds how often may be written to a device, whoever writes:
// a journal that the kernel writes itself, too.
const throttle = "/sys/fs/cgroup/blkio/blkio.throttle.write_iops_device"

// slowDisk mounts a file system of its own, on a file as a device, and returns its directory and how to bound the writes to
// it, a second; 0 for no bound.
func slowDisk(t *testing.T) (dir string, bound func(writes int)) {
	t.Helper()
	run := func(name string, args ...string) string {
		out, err := exec.Command(name, args...).CombinedOutput()
		require.Need(t, "throttle", err == nil, fmt.Sprintf("%s %q: %v: %.200s", name, args, err, out))
		return strings.TrimSpace(string(out))
	}
	_, err := os.Stat(throttle)
	require.Need(t, "throttle", err == nil && os.Getuid() == 0, "root, and control groups of version 1 that bound writes (blkio)")
	root := t.TempDir()
	image, dir := filepath.Join(root, "image"), filepath.Join(root, "disk")
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	truncate(t, image, 1<<30)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	run("mkfs.ext4", "-q", "-F", image)
	device := run("losetup", "--find", "--show", image)
	t.Cleanup(func() { _ = exec.Command("losetup", "--detach", device).Run() })
	var st syscall.Stat_t
	if err := syscall.Stat(device, &st); err != nil {
		t.Fatal(err)
	}
	numbers := fmt.Sprintf("%d:%d", st.Rdev>>8&0xfff, st.Rdev&0xff|st.Rdev>>12&0xfff00)
	bound = func(writes int) {
		if err := os.WriteFile(throttle, fmt.Appendf(nil, "%s %d", numbers, writes), 0o600); err != nil {
			t.Error(err)
		}
	}
	run("mount", device, dir)
	t.Cleanup(func() { _ = exec.Command("umount", "--lazy", dir).Run() })
	t.Cleanup(func() { bound(0) })
	return dir, bound
}

// On a disk that takes a few writes a second, under the hub and under a sensor's spool, batches take seconds to be durable,
// or are not answered in time and sent again.
func TestFaultSlowDisk(t *testing.T) { slowDiskFault(t, 6*time.Second) }

func TestSoakFaultSlowDisk(t *testing.T) {
	require.Soak(t)
	slowDiskFault(t, 10*time.Minute)
}

func slowDiskFault(t *testing.T, long time.Duration) {
	t.Parallel()
	disk, bound := slowDisk(t)
	u := gated(t, filepath.Join(disk, "hub"))
	_, p := proof(t, u.o.Dir, token.New{Name: "s", Role: token.Sensor, Cluster: "prod", By: "test"})
	sensors := make([]*faultSensor, 2)
	for i := range sensors {
		p.Node = fmt.Sprint("n", i)
		sensors[i] = sensorFor(t, sensorOptions{hub: u.Address(), node: p.Node, proof: p, dir: filepath.Join(disk, p.Node)})
		moves(t, sensors[i])
	}
	fast := sensors[0].box.Stats().Sent
	for _, writes := range []int{40, 10} {
		bound(writes)
		time.Sleep(long / 2)
	}
	waits := sensors[0].box.Stats().Batches
	t.Logf("%d batches sent before, %d while the disk was slow, %d wait", fast, sensors[0].box.Stats().Sent-fast, waits)
	bound(0)
	allThere(t, u, finish(t, sensors...))
}
