//go:build unix

package spool

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lockDir takes the directory for this process. The lock ends with the process, however it ends. It is on the directory
// itself, so that it can be had on a full disk.
func lockDir(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = fmt.Errorf("%w: stop the other sensor, or give this one a directory of its own", ErrInUse)
		}
		return nil, errors.Join(fmt.Errorf("spool: lock %s: %w", dir, err), f.Close())
	}
	return f, nil
}
