//go:build unix

package bus

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"syscall"
)

// lockDir takes the directory for this process. The lock ends with the
// process, however it ends.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("bus: open the lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("bus: %w: another process has %s open; stop it first", ErrInUse, dir)
		}
		return nil, fmt.Errorf("bus: lock %s: %w", dir, err)
	}
	return f, nil
}

// freeBytes returns what an unprivileged process may still write to the disk
// of dir; a file system that does not say counts as empty.
func freeBytes(dir string) int64 {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return math.MaxInt64
	}
	free := st.Bavail * uint64(st.Bsize)
	return int64(min(free, math.MaxInt64))
}
