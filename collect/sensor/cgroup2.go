//go:build linux

package sensor

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
)

// hostCgroups is the name of the cgroup namespace that the machine boots with: PROC_CGROUP_INIT_INO of the kernel's
// include/linux/proc_ns.h.
const hostCgroups = "cgroup:[4026531835]"

// errNoCgroup2 says that there is nothing that programs about sockets could be attached to.
var errNoCgroup2 = errors.New("no cgroup2 file system is mounted: mount one, which may have no controllers, say at /sys/fs/cgroup/unified")

// cgroup2Root returns the directory of the root of all cgroups of version 2. Hooks there see the sockets of all
// processes, also where containers are grouped by version 1.
func cgroup2Root(proc string) (string, error) {
	self := filepath.Join(proc, "self")
	inside := ""
	ns, err := os.Readlink(filepath.Join(self, "ns/cgroup"))
	if err == nil && ns != hostCgroups { // what is mounted here begins with the sensor's own cgroup
		self = filepath.Join(proc, "1")
		inside = filepath.Join(self, "root")
	}
	f, err := os.Open(filepath.Join(self, "mountinfo"))
	if err != nil {
		return "", fmt.Errorf("where cgroup2 is mounted: %w", err)
	}
	defer f.Close()
	at, err := cgroup2Mount(f)
	if err != nil {
		return "", fmt.Errorf("where cgroup2 is mounted: %w", err)
	}
	return filepath.Join(inside, at), nil
}

// cgroup2Mount returns where the first whole cgroup2 is mounted, as proc_pid_mountinfo(5) says.
func cgroup2Mount(r io.Reader) (string, error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		before, after, ok := strings.Cut(lines.Text(), " - ")
		fields := strings.Fields(before) // id, parent, device, root, mount point, options
		if ok && len(fields) >= 5 && fields[3] == "/" && strings.HasPrefix(after, "cgroup2 ") {
			return fields[4], nil
		}
	}
	if err := lines.Err(); err != nil {
		return "", err
	}
	return "", errNoCgroup2
}

// atSockets attaches programs to all sockets of the node.
func atSockets(proc string) func(ebpf.AttachType) func(*ebpf.Program) (link.Link, error) {
	root := sync.OnceValues(func() (string, error) { return cgroup2Root(proc) })
	return func(at ebpf.AttachType) func(*ebpf.Program) (link.Link, error) {
		return func(p *ebpf.Program) (link.Link, error) {
			path, err := root()
			if err != nil {
				return nil, err
			}
			l, err := link.AttachCgroup(link.CgroupOptions{Path: path, Attach: at, Program: p})
			if err != nil {
				return nil, fmt.Errorf("cgroup %s: %w", path, err)
			}
			return l, nil
		}
	}
}
