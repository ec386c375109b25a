//go:build linux

package digest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// maxMounts bounds what is read of a process's mounts, in bytes.
const maxMounts = 1 << 20

// compare reads the file that a lower layer of an overlay has at the same path, and says whether it has the same
// content. It is for files that the overlay copied up: when only their owner or mode was changed they are those of the
// image still.
func (h *Hasher) compare(ctx context.Context, j *Job, sum string, rate int64) Original {
	for _, pid := range append(j.PIDs[:len(j.PIDs):len(j.PIDs)], j.Beside...) {
		dirs := h.lower(pid)
		if len(dirs) == 0 {
			continue
		}
		for _, dir := range dirs {
			f, err := h.within(h.process(j.Outside, "root"), filepath.Join(dir, j.Path))
			if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR) {
				continue
			}
			if err != nil {
				return NotCompared
			}
			defer f.Close()
			return h.against(ctx, f, j, sum, rate)
		}
		return Missing
	}
	return NotCompared
}

// against compares with a file that is open.
func (h *Hasher) against(ctx context.Context, f *os.File, j *Job, sum string, rate int64) Original {
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return NotCompared
	}
	if st.Mode&unix.S_IFMT == unix.S_IFCHR && st.Rdev == 0 { // an upper layer removed what those below have
		return Missing
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG || uint64(st.Size) != j.Size {
		return Different
	}
	switch other, err := h.hash(ctx, f, rate); {
	case err != nil:
		return NotCompared
	case other == sum:
		return Same
	}
	return Different
}

// lower returns the lower layers of the overlay that is the root of a process, the uppermost first, or nothing where
// their paths are not whole.
func (h *Hasher) lower(pid uint32) []string {
	f, err := os.Open(h.process(pid, "mountinfo"))
	if err != nil {
		return nil
	}
	defer f.Close()
	lines := bufio.NewScanner(io.LimitReader(f, maxMounts))
	lines.Buffer(nil, maxMounts)
	for lines.Scan() {
		if dirs := layers(lines.Bytes()); dirs != nil {
			return dirs
		}
	}
	return nil
}

// layers returns the lower layers that a line of mountinfo names, see proc_pid_mountinfo(5), if it is of an overlay at
// the root.
func layers(line []byte) []string {
	own, more, ok := bytes.Cut(line, []byte(" - "))
	fields := bytes.Fields(own)
	if !ok || len(fields) < 5 || string(fields[4]) != "/" {
		return nil
	}
	rest := bytes.Fields(more)
	if len(rest) < 3 || string(rest[0]) != "overlay" {
		return nil
	}
	for _, option := range strings.Split(string(rest[2]), ",") {
		text, ok := strings.CutPrefix(option, "lowerdir=")
		if !ok {
			continue
		}
		dirs := strings.Split(text, ":")
		for _, d := range dirs {
			if !strings.HasPrefix(d, "/") || strings.Contains(d, `\`) {
				return nil // relative to where it was mounted from, or escaped
			}
		}
		return dirs
	}
	return nil
}
