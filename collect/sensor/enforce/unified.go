//go:build linux

package enforce

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
)

// killUnified has the kernel kill all processes of a container at once, where it is grouped by the hierarchy of version 2
// and the kernel can (cgroup.kill, since Linux 5.14). What it does not do, signals do.
func killUnified(proc, root, id string) {
	names, err := os.ReadDir(proc)
	if err != nil || root == "" {
		return
	}
	for _, n := range names {
		pid, err := strconv.Atoi(n.Name())
		if err != nil {
			continue
		}
		text, err := os.ReadFile(filepath.Join(proc, n.Name(), "cgroup"))
		if err != nil || pid <= 1 {
			continue
		}
		if path := unifiedPath(string(text), id); path != "" {
			_ = os.WriteFile(filepath.Join(root, path, "cgroup.kill"), []byte("1"), 0)
			return
		}
	}
}

// unifiedPath returns the path of a container's own cgroup in the hierarchy of version 2, by a text of /proc/PID/cgroup
// of a process that is in it or below it; nothing when it is not.
func unifiedPath(text, id string) string {
	for line := range strings.Lines(text) {
		path, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "0::")
		if !ok || strings.Contains(path, "/../") { // seen from another cgroup namespace
			continue
		}
		for at := 1; at <= len(path); at++ {
			if at != len(path) && path[at] != '/' {
				continue
			}
			if c := container.Parse(path[:at]); c.Container == id && c.PodUID != "" {
				return path[:at]
			}
		}
	}
	return ""
}
