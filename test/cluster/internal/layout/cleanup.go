package layout

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/lynceus-io/lynceus/test/cluster/internal/cgroup"
)

// Remove removes what a cluster whose processes have all ended leaves on the machine: its control groups and its
// directory. Interfaces, mounts and processes are gone with their namespaces. It refuses to remove a directory with a
// mount in it, because what is mounted there may be somebody's.
func Remove(d Dir) error {
	c, err := ReadConfig(d)
	if errors.Is(err, fs.ErrNotExist) {
		return os.RemoveAll(string(d))
	}
	if err != nil {
		return err
	}
	if err := cgroup.Remove(c.Cgroup); err != nil {
		return err
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return err
	}
	if at := mountsBelow(mounts, string(d)); len(at) > 0 {
		return fmt.Errorf("%s is not removed: something is mounted at %s; unmount it first", d, strings.Join(at, ", "))
	}
	return os.RemoveAll(string(d))
}

// mountsBelow are the mount points in or at dir, from a mountinfo file's content (proc_pid_mountinfo(5), field 5).
func mountsBelow(mountinfo []byte, dir string) []string {
	var out []string
	sc := bufio.NewScanner(bytes.NewReader(mountinfo))
	for sc.Scan() {
		fields := strings.Fields(sc.Text())
		if len(fields) >= 5 && (fields[4] == dir || strings.HasPrefix(fields[4], dir+"/")) {
			out = append(out, fields[4])
		}
	}
	return out
}
