//go:build linux

package sensor

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// bell is what the sensor waits by. The Go runtime waits for it as for a connection: a thread that sat in a system call
// would have the runtime look after it every 20 microseconds for a while, at each of 250 looks into the ring in a second,
// which took a third of the sensor's time.
type bell struct {
	file *os.File
	conn syscall.RawConn
	rung atomic.Bool
}

// newBell returns a bell that the kernel rings when it wakes those who wait for a descriptor, of which it takes a copy.
func newBell(fd int) (*bell, error) {
	fd, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("wait for the ring: %w", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil { // has the runtime wait for it
		return nil, errors.Join(fmt.Errorf("wait for the ring: %w", err), unix.Close(fd))
	}
	b := &bell{file: os.NewFile(uintptr(fd), "ring")}
	if b.conn, err = b.file.SyscallConn(); err != nil {
		return nil, errors.Join(fmt.Errorf("wait for the ring: %w", err), b.file.Close())
	}
	if err := b.file.SetReadDeadline(time.Time{}); err != nil { // the runtime cannot wait for it
		return nil, errors.Join(fmt.Errorf("wait for the ring: %w", err), b.file.Close())
	}
	return b, nil
}

// ring ends the wait that there is, or the next one. It may be called from any goroutine.
func (b *bell) ring() error {
	b.rung.Store(true)
	if err := b.file.SetReadDeadline(time.Unix(1, 0)); err != nil {
		return fmt.Errorf("wake the sensor: %w", err)
	}
	return nil
}

// wait waits for so long, until the bell is rung, or until there says that there is something, which is asked at the
// beginning and whenever the kernel wakes.
func (b *bell) wait(long time.Duration, there func() bool) error {
	if err := b.file.SetReadDeadline(time.Now().Add(long)); err != nil {
		return fmt.Errorf("wait for the ring: %w", err)
	}
	err := b.conn.Read(func(uintptr) bool { return b.rung.Swap(false) || there() })
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("wait for the ring: %w", err)
	}
	return nil
}

func (b *bell) close() error { return b.file.Close() }
