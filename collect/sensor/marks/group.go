//go:build linux

package marks

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// What is told, as bits of fanotify.
const (
	maskChange = unix.FAN_CREATE | unix.FAN_DELETE | unix.FAN_ATTRIB | unix.FAN_ONDIR
	maskMoved  = unix.FAN_MOVED_TO // before 5.17, which does not tell where from
	maskWrite  = unix.FAN_CLOSE_WRITE
)

// readBytes is how much is read at once: some hundred events.
const readBytes = 64 << 10

// Options say what is told.
type Options struct {
	// Change are names that are made, moved and removed, and attributes that are set; Write are files that are closed
	// after they were open for writing.
	Change, Write bool
	// Proc is where procfs is mounted in which process 1 is the node's. The mounts that are looked at are those of that
	// process, where this one may see them (CAP_SYS_PTRACE), else its own.
	Proc string
}

// Group is a set of marks. It is for one goroutine; Close removes the marks.
type Group struct {
	fd      int
	file    *os.File // of fd, which the Go runtime waits for
	mask    uint64
	proc    string
	root    string // where this process sees what mounts speaks of
	mounts  *os.File
	systems map[[8]byte]string // by fsid, where they are mounted
	marked  map[string]bool    // by device, true if it could be
	uppers  uppers
	// here are the mounts by which file systems were marked, by device; namespace is the one they are of.
	here      map[string]mount
	namespace string
	buffer    []byte
	// Lost counts how often the kernel's queue was full, Unresolved events whose directory was gone before it could be
	// asked for, or whose file system is not mounted any more; Malformed what could not be read.
	Lost, Unresolved, Malformed uint64
}

// New marks all file systems that there are and can be. It needs CAP_SYS_ADMIN, and CAP_DAC_READ_SEARCH to say where
// things happened.
func New(o Options) (*Group, error) {
	fd, err := unix.FanotifyInit(unix.FAN_CLASS_NOTIF|unix.FAN_REPORT_DFID_NAME|unix.FAN_CLOEXEC|unix.FAN_NONBLOCK|unix.FAN_UNLIMITED_MARKS, unix.O_RDONLY)
	if err != nil {
		return nil, fmt.Errorf("be told of changes of files (CAP_SYS_ADMIN, Linux 5.9): %w", err)
	}
	g := &Group{fd: fd, file: os.NewFile(uintptr(fd), "fanotify"), proc: o.Proc, systems: map[[8]byte]string{}, marked: map[string]bool{}, here: map[string]mount{}, buffer: make([]byte, readBytes)}
	if o.Change {
		g.mask |= maskChange | unix.FAN_RENAME
	}
	if o.Write {
		g.mask |= maskWrite
	}
	whose := "1"
	g.root = filepath.Join(o.Proc, whose, "root")
	if unix.Access(g.root+"/", unix.F_OK) != nil {
		whose, g.root = "self", "/"
	}
	// Where it cannot be read, no namespace is known to be the same.
	g.namespace, _ = os.Readlink(filepath.Join(o.Proc, whose, "ns/mnt"))
	// Not by os.Open: the runtime would poll it, too, and a change is told to one of both.
	mounts, err := unix.Open(filepath.Join(o.Proc, whose, "mountinfo"), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("which file systems there are: %w", err), g.Close())
	}
	g.mounts = os.NewFile(uintptr(mounts), "mountinfo")
	if err := g.look(); err != nil {
		return nil, errors.Join(err, g.Close())
	}
	if len(g.systems) == 0 {
		return nil, errors.Join(errors.New("no file system could be marked"), g.Close())
	}
	return g, nil
}

// Close removes all marks.
func (g *Group) Close() error {
	var err error
	if g.mounts != nil {
		err = g.mounts.Close()
	}
	return errors.Join(err, g.file.Close())
}

// refresh looks at the mounts again if they have changed.
func (g *Group) refresh() error {
	poll := []unix.PollFd{{Fd: int32(g.mounts.Fd()), Events: unix.POLLPRI}}
	n, err := unix.Poll(poll, 0)
	if err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("whether mounts have changed: %w", err)
	}
	if n == 0 {
		return nil
	}
	return g.look()
}

// look reads which mounts there are and marks the file systems that are new. Those that cannot be marked are left out.
func (g *Group) look() error {
	if _, err := g.mounts.Seek(0, 0); err != nil {
		return fmt.Errorf("read the mounts: %w", err)
	}
	mounts, err := readMounts(g.mounts)
	if err != nil {
		return fmt.Errorf("read the mounts: %w", err)
	}
	there := map[string]bool{}
	for i := range mounts {
		there[mounts[i].device] = true
		if mounts[i].upper != "" {
			g.uppers.add(mounts[i].upper)
		}
	}
	for device := range g.marked {
		if !there[device] {
			delete(g.marked, device)
			delete(g.here, device)
		}
	}
	for _, whole := range []bool{true, false} { // a mount of a part of a file system only where there is no other
		for i := range mounts {
			m := &mounts[i]
			if _, done := g.marked[m.device]; !done && !unmarkable[m.kind] && (m.root == "/") == whole {
				g.marked[m.device] = g.mark(m)
			}
		}
	}
	return nil
}

// mark marks the file system of a mount, if it can be.
func (g *Group) mark(m *mount) bool {
	at := g.path(m.point)
	err := unix.FanotifyMark(g.fd, unix.FAN_MARK_ADD|unix.FAN_MARK_FILESYSTEM, g.mask, unix.AT_FDCWD, at)
	if errors.Is(err, unix.EINVAL) && g.mask&unix.FAN_RENAME != 0 {
		g.mask = g.mask&^unix.FAN_RENAME | maskMoved
		err = unix.FanotifyMark(g.fd, unix.FAN_MARK_ADD|unix.FAN_MARK_FILESYSTEM, g.mask, unix.AT_FDCWD, at)
	}
	var fs unix.Statfs_t
	if err != nil || unix.Statfs(at, &fs) != nil {
		return false
	}
	g.systems[fsid(&fs)] = m.point
	g.here[m.device] = mount{device: m.device, root: m.root, point: m.point}
	return true
}

// Wait waits until there is something to read, and fails when ctx is done before. Unlike all else it may be called from
// another goroutine, which then must have ended before Close is called. No thread waits with it.
func (g *Group) Wait(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = g.file.SetReadDeadline(longAgo) })
	defer stop()
	conn, err := g.file.SyscallConn()
	if err == nil {
		err = conn.Read(func(fd uintptr) bool {
			n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
			return n > 0 || err != nil && !errors.Is(err, unix.EINTR) || ctx.Err() != nil
		})
	}
	if ctx.Err() != nil {
		return fmt.Errorf("wait for changes of files: %w", ctx.Err())
	}
	if err != nil {
		return fmt.Errorf("wait for changes of files: %w", err)
	}
	return nil
}

// longAgo is a deadline that has passed.
var longAgo = time.Unix(1, 0)

// fsid returns the identity of a file system as events have it.
func fsid(fs *unix.Statfs_t) (id [8]byte) {
	for i := range id {
		id[i] = byte(uint32(fs.Fsid.Val[i/4]) >> (8 * (i % 4)))
	}
	return id
}

// path returns how this process reaches a path of the node.
func (g *Group) path(point string) string { return filepath.Join(g.root, point) }
