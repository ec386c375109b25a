package cluster_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// pidNamespaces are the PID namespaces right below this test's own that have a process in them or below them: one for
// each cluster, whatever else runs on the machine and in other clusters.
func pidNamespaces(t *testing.T) []string {
	t.Helper()
	own, err := inode(unix.Open("/proc/self/ns/pid", unix.O_RDONLY|unix.O_CLOEXEC, 0))
	if err != nil {
		t.Fatal(err)
	}
	links, err := filepath.Glob("/proc/[0-9]*/ns/pid")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, link := range links {
		if id := strconv.FormatUint(childOf(own, link), 10); id != "0" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// childOf returns the inode of the namespace that is a child of the one with inode own and holds the process of link,
// or 0 when there is none.
func childOf(own uint64, link string) uint64 {
	f, err := os.Open(link)
	if err != nil {
		return 0 // ended since it was listed
	}
	defer f.Close()
	fd := int(f.Fd())
	for child := uint64(0); ; {
		var stat unix.Stat_t
		if err := unix.Fstat(fd, &stat); err != nil {
			return 0
		}
		if stat.Ino == own {
			return child
		}
		child = stat.Ino
		parent, err := unix.IoctlRetInt(fd, unix.NS_GET_PARENT)
		if err != nil {
			return 0 // not below this test's own
		}
		defer unix.Close(parent)
		fd = parent
	}
}

// inode closes a file that Open opened and returns its inode number.
func inode(fd int, err error) (uint64, error) {
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	var stat unix.Stat_t
	err = unix.Fstat(fd, &stat)
	return stat.Ino, err
}
