package node

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
)

// private are the directories that the node has to itself, on disk. Components write to them under names that cannot
// be configured.
var private = []string{"/var/lib", "/var/log"}

// kernelSettings are what kubelet wants of the whole machine (k8s.io/kubernetes/pkg/util/sysctl), so that it finds
// them and changes nothing outside.
var kernelSettings = map[string]string{
	"vm/overcommit_memory":      "1",
	"vm/panic_on_oom":           "0",
	"kernel/panic":              "10",
	"kernel/panic_on_oops":      "1",
	"kernel/keys/root_maxkeys":  "1000000",
	"kernel/keys/root_maxbytes": "25000000",
}

// mounts gives the calling process's mount namespace what is the node's own. Nothing of it reaches the machine.
func mounts(d layout.Dir) error {
	for _, dir := range append([]string{"/run"}, private...) {
		if strings.HasPrefix(string(d), dir+"/") {
			return fmt.Errorf("the cluster's directory may not lie below %s, which the node has to itself: choose another than %s", dir, d)
		}
	}
	if err := ownMounts(); err != nil {
		return err
	}
	for _, dir := range []string{"/run/netns", "/run/lock", "/run/containerd"} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	for _, dir := range private {
		own := d.Path("disk", strings.ReplaceAll(strings.TrimPrefix(dir, "/"), "/", "-"))
		if err := os.MkdirAll(own, 0o755); err != nil {
			return err
		}
		if err := unix.Mount(own, dir, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("mount %s: %w", dir, err)
		}
	}
	if err := pinKernelSettings(); err != nil {
		return err
	}
	// Containers that ask for mount propagation need shared mounts; the peers are this namespace's.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SHARED, ""); err != nil {
		return fmt.Errorf("share mounts: %w", err)
	}
	return nil
}

// ownMounts separates the mount namespace from the machine's, with /proc and /run of its own.
func ownMounts() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	if err := unix.Mount("tmpfs", "/run", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=0755"); err != nil {
		return fmt.Errorf("mount /run: %w", err)
	}
	return nil
}

// pinKernelSettings covers the machine-wide settings by files that hold what kubelet asks for.
func pinKernelSettings() error {
	for name, value := range kernelSettings {
		own := filepath.Join("/run/sysctl", name)
		if err := os.MkdirAll(filepath.Dir(own), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(own, []byte(value+"\n"), 0o644); err != nil {
			return err
		}
		err := unix.Mount(own, filepath.Join("/proc/sys", name), "", unix.MS_BIND, "")
		if err != nil && !errors.Is(err, unix.ENOENT) {
			return fmt.Errorf("pin %s: %w", name, err)
		}
	}
	return nil
}

// unmount detaches what mounts and the components mounted, so that the cluster's directory can be removed before the
// namespace ends.
func unmount() error {
	for _, dir := range append([]string{"/run"}, private...) {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			return fmt.Errorf("unmount %s: %w", dir, err)
		}
	}
	return nil
}
