//go:build linux

package guard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// group is what the kernel asks by: fanotify(7).
type group struct {
	fd  int
	buf []byte
}

// question is one of the kernel's: may this process execute this file. Whoever answers closes the descriptor afterwards.
type question struct {
	file int
	pid  int
}

const (
	// eventBytes is the size of struct fanotify_event_metadata; its version has been 3 since Linux 2.6.37.
	eventBytes   = 24
	eventVersion = 3
	// readBytes is how much is read at once. Each question in it has a descriptor open.
	readBytes = 64 * eventBytes
)

// newGroup returns a group without marks. Closing it lets all go on who wait.
func newGroup() (*group, error) {
	const flags = unix.FAN_CLASS_CONTENT | unix.FAN_CLOEXEC | unix.FAN_NONBLOCK | unix.FAN_UNLIMITED_MARKS
	fd, err := unix.FanotifyInit(flags, unix.O_RDONLY|unix.O_LARGEFILE|unix.O_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("have the kernel ask before programs start (fanotify, which needs CAP_SYS_ADMIN and CONFIG_FANOTIFY_ACCESS_PERMISSIONS): %w", err)
	}
	return &group{fd: fd, buf: make([]byte, readBytes)}, nil
}

// Able returns why no guard can work here, nil when one can.
func Able() error {
	g, err := newGroup()
	if err != nil {
		return err
	}
	return g.close()
}

func (g *group) close() error { return unix.Close(g.fd) }

// mark has the kernel ask about a whole file system, or about what is executed by way of one mount, or no more.
func (g *group) mark(place int, whole, add bool) error {
	flags := uint(unix.FAN_MARK_MOUNT)
	if whole {
		flags = unix.FAN_MARK_FILESYSTEM
	}
	if add {
		flags |= unix.FAN_MARK_ADD
	} else {
		flags |= unix.FAN_MARK_REMOVE
	}
	err := unix.FanotifyMark(g.fd, flags, unix.FAN_OPEN_EXEC_PERM, place, ".")
	if errors.Is(err, unix.ENOENT) && !add { // it is gone already
		return nil
	}
	if err != nil {
		return fmt.Errorf("mark: %w", err)
	}
	return nil
}

// wait waits until there are questions, or for a while.
func (g *group) wait(d time.Duration) error {
	fds := []unix.PollFd{{Fd: int32(g.fd), Events: unix.POLLIN}}
	if _, err := unix.Poll(fds, int(d.Milliseconds())); err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("wait for questions: %w", err)
	}
	return nil
}

// read appends the questions that are there.
func (g *group) read(dst []question) ([]question, error) {
	n, err := unix.Read(g.fd, g.buf)
	switch {
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		return dst, nil
	case err != nil:
		return dst, fmt.Errorf("read questions: %w", err)
	}
	for b := g.buf[:n]; len(b) >= eventBytes; {
		// event_len, vers, reserved, metadata_len, mask, fd, pid
		size := binary.NativeEndian.Uint32(b)
		if size < eventBytes || uint64(size) > uint64(len(b)) || b[4] != eventVersion {
			return dst, fmt.Errorf("questions of the kernel in a form that is not known: version %d, %d bytes", b[4], size)
		}
		file, pid := int32(binary.NativeEndian.Uint32(b[16:])), int32(binary.NativeEndian.Uint32(b[20:]))
		if file >= 0 { // else the queue was full, and the kernel has let somebody go on
			dst = append(dst, question{int(file), int(pid)})
		}
		b = b[size:]
	}
	return dst, nil
}

// answer answers a question.
func (g *group) answer(q question, allow bool) error {
	response := uint32(unix.FAN_DENY)
	if allow {
		response = unix.FAN_ALLOW
	}
	var b [8]byte
	binary.NativeEndian.PutUint32(b[:], uint32(q.file))
	binary.NativeEndian.PutUint32(b[4:], response)
	// ENOENT: who asked has been killed.
	if _, err := unix.Write(g.fd, b[:]); err != nil && !errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("answer: %w", err)
	}
	return nil
}
