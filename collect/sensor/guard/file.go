//go:build linux

package guard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// version is a file with a certain content: a change of that, or of anything about the file, makes it another version.
type version struct {
	inode
	size         int64
	ctime, mtime unix.Timespec
}

// inode is a file, whatever it contains.
type inode struct{ device, number uint64 }

// versionOf returns which file a descriptor is of.
func versionOf(fd int) (version, error) {
	var s unix.Stat_t
	if err := unix.Fstat(fd, &s); err != nil {
		return version{}, fmt.Errorf("which file it is: %w", err)
	}
	return version{inode{s.Dev, s.Ino}, s.Size, s.Ctim, s.Mtim}, nil
}

// settledAfter is how long after its last change a version is believed to be told from a later one by its times: clocks
// of file systems are coarse, 10 ms before Linux 6.13.
const settledAfter = 100 * time.Millisecond

// settled reports whether the version can be remembered.
func (v *version) settled(now time.Time) bool {
	return now.Sub(time.Unix(v.ctime.Unix())) > settledAfter
}

// hash reads the whole file, by a descriptor that stays the caller's, and returns its SHA-256 and its version: the same
// before and after it was read. It gives up when ctx is done.
func hash(ctx context.Context, fd int) (string, version, error) {
	buf := make([]byte, 256<<10)
	for {
		before, err := versionOf(fd)
		if err != nil {
			return "", before, err
		}
		sum := sha256.New()
		for at := int64(0); ; {
			if err := ctx.Err(); err != nil {
				return "", before, fmt.Errorf("read the program: %w", err)
			}
			n, err := unix.Pread(fd, buf, at)
			if err != nil {
				return "", before, fmt.Errorf("read the program: %w", err)
			}
			if n == 0 {
				break
			}
			sum.Write(buf[:n])
			at += int64(n)
		}
		after, err := versionOf(fd)
		if err != nil {
			return "", after, err
		}
		if before == after {
			return hex.EncodeToString(sum.Sum(nil)), after, nil
		}
	}
}

// pathOf returns what the kernel calls an open file.
func pathOf(fd int) string {
	path, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
	if err != nil {
		return ""
	}
	return path
}
