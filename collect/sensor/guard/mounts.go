//go:build linux

package guard

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// mountpoint is a place in a container where a file system is mounted.
type mountpoint struct {
	path string
	// whole says that the file system is the container's own, so that it can be marked whole: what is executed by
	// way of a mount that is made later is asked about, too.
	whole bool
}

// leaveOut are kinds of file systems from which nothing is executed.
var leaveOut = map[string]bool{
	"proc": true, "sysfs": true, "cgroup": true, "cgroup2": true, "devpts": true, "mqueue": true, "bpf": true, "securityfs": true,
	"debugfs": true, "tracefs": true, "pstore": true,
}

// slow reports whether opening a file of this kind of file system can wait for somebody who need not answer: the guard
// must never open one.
func slow(kind string) bool {
	return strings.HasPrefix(kind, "fuse") || strings.HasPrefix(kind, "nfs") || kind == "9p" || kind == "cifs" || kind == "smb3" || kind == "ceph" || kind == "autofs"
}

// mountpoints reads a text of /proc/PID/mountinfo, see proc_pid_mountinfo(5).
func mountpoints(text string) []mountpoint {
	var out []mountpoint
	for line := range strings.Lines(text) {
		before, after, ok := strings.Cut(line, " - ")
		fields, rest := strings.Fields(before), strings.Fields(after)
		const path, options = 4, 5
		if !ok || len(fields) <= options || len(rest) == 0 {
			continue
		}
		kind := rest[0]
		if leaveOut[kind] || slow(kind) || strings.Contains(","+fields[options]+",", ",noexec,") {
			continue
		}
		out = append(out, mountpoint{unescape(fields[path]), kind == "overlay"})
	}
	return out
}

// unescape undoes the octal escapes of blanks and the like.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(n))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// openRoot opens the root directory of a process. The caller closes it soon: it keeps the container's file system busy.
func openRoot(proc string, pid int) (int, error) {
	fd, err := unix.Open(filepath.Join(proc, strconv.Itoa(pid), "root"), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("open the root of process %d: %w", pid, err)
	}
	return fd, nil
}

// openIn opens a path as it is seen from a root: symbolic links do not lead out of it.
func openIn(root int, path string) (int, error) {
	fd, err := unix.Openat2(root, path, &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS})
	if err != nil {
		return -1, fmt.Errorf("open %q in the container: %w", path, err)
	}
	return fd, nil
}

// inodeIn returns which file a path names as it is seen from a root.
func inodeIn(root int, path string) (inode, error) {
	fd, err := openIn(root, path)
	if err != nil {
		return inode{}, err
	}
	defer unix.Close(fd)
	v, err := versionOf(fd)
	return v.inode, err
}

// entered reports whether a process has left the root of the node: a container runtime moves it into the container's
// cgroup before it gives it the container's file system. The guard's own root is the node's, or that of a container that
// is not watched; that of the first process, where it may be looked at, is always the node's.
func entered(proc string, root int) (bool, error) {
	here, err := versionOf(root)
	if err != nil {
		return false, err
	}
	for _, pid := range [...]int{1, os.Getpid()} {
		node, err := openRoot(proc, pid)
		if errors.Is(err, unix.EACCES) && pid == 1 {
			continue
		}
		if err != nil {
			return false, err
		}
		there, err := versionOf(node)
		unix.Close(node)
		if err != nil || there.inode == here.inode {
			return false, err
		}
	}
	return true, nil
}

// markAll marks every file system and mount of a process from which something can be executed, or takes the marks away.
// What cannot be reached is left out, unless that is all.
func (g *group) markAll(proc string, pid, root int, add bool) error {
	text, err := os.ReadFile(filepath.Join(proc, strconv.Itoa(pid), "mountinfo"))
	if err != nil {
		return fmt.Errorf("what is mounted in the container: %w", err)
	}
	marked := 0
	var errs []error
	for _, m := range mountpoints(string(text)) {
		fd, err := openIn(root, m.path)
		if err != nil { // something else is mounted over it
			errs = append(errs, err)
			continue
		}
		err = g.mark(fd, m.whole, add)
		unix.Close(fd)
		if err != nil {
			errs = append(errs, fmt.Errorf("%q: %w", m.path, err))
			continue
		}
		marked++
	}
	if marked == 0 {
		return errors.Join(append(errs, errors.New("nothing is mounted in the container that can be watched"))...)
	}
	return nil
}
