//go:build linux

package sensor

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/collect/sensor/syscalls"
	"github.com/lynceus-io/lynceus/event"
)

// The activities of rows about files that are opened. Connections and sockets have them, too.
const (
	activityOpen   = "Open"
	activityCreate = "Create"
)

// opened emits the row of an open, if the plan has its path: the kernel lets through some that it has not. A file that is
// mounted elsewhere, too, has two paths: that by which it was opened, and that within its file system.
func (r *rows) opened(a *spoken) error {
	c := a.record
	if c.Flags&record.CallFile == 0 {
		return r.openedBy(a, a.claimed(), a.flags&unix.O_ACCMODE != unix.O_RDONLY)
	}
	write := c.FileMode&record.ModeWrite != 0
	files := r.files(r.cgroups.known[c.Actor.Cgroup])
	at, within := a.file(), string(c.AppendWithin(nil))
	if within == at || within == "" || !files.Tells(within, a.raw, write) {
		return r.openedBy(a, at, write)
	}
	whole := plan.Paths{Prefixes: files.Opened(write).Prefixes}
	if files.Tells(at, a.raw, write) {
		if err := r.openedBy(a, at, write); err != nil || !whole.Match(within) {
			return err
		}
	}
	a.mounted = at
	return r.openedBy(a, within, write)
}

// claimed returns the path of a file that was not opened, or not seen to be.
func (a *spoken) claimed() string { return absolute(string(a.record.AppendPlace(nil, 0)), a.raw) }

// openedBy emits the row of an open by one path.
func (r *rows) openedBy(a *spoken, at string, write bool) error {
	c := a.record
	if !r.files(r.cgroups.known[c.Actor.Cgroup]).Tells(at, a.raw, write) {
		r.filtered++
		return nil
	}
	activity := activityOpen
	if c.FileMode&record.ModeCreated != 0 {
		activity = activityCreate
	}
	e := r.act(event.ClassFile, activity, &c.Actor, r.record.Time)
	a.sayFile(e)
	nameFile(e, at)
	set(e, event.FileMountedPath, a.mounted)
	if c.Flags&record.CallFile == 0 {
		event.FilePathClaimed.Set(e, true)
	}
	a.sayOpen(e, write)
	a.sayCall(e)
	if len(a.values) == 0 {
		return r.finish(e)
	}
	if a.call.Name == "openat2" || a.call.Name == "creat" {
		event.SyscallArguments.Append(e, "flags="+syscalls.Kind("open").Write(a.flags))
	}
	if a.call.Name == "openat2" {
		event.SyscallArguments.Append(e, "mode="+syscalls.Kind("mode").Write(a.mode))
	}
	return r.finish(e)
}

// sayOpen says for what a file was opened.
func (a *spoken) sayOpen(e *event.Event, write bool) {
	read := a.record.FileMode&record.ModeRead != 0
	if a.record.Flags&record.CallFile == 0 {
		access := a.flags & unix.O_ACCMODE
		read = access == unix.O_RDONLY || access == unix.O_RDWR
	}
	event.FileOpenRead.Set(e, read)
	event.FileOpenWrite.Set(e, write)
	const makes = unix.O_CREAT | unix.O_TMPFILE&^unix.O_DIRECTORY
	event.FileOpenExec.Set(e, a.flags&makes != 0 && a.mode&0o111 != 0)
	fd := max(a.record.Result, -1)
	if a.record.Flags&record.CallFile == 0 {
		fd = -1
	}
	event.FileDescriptor.Set(e, fd)
}

// sayFile says what the file is that the call was about.
func (a *spoken) sayFile(e *event.Event) {
	c := a.record
	if c.Flags&record.CallFile == 0 {
		return
	}
	set(e, event.FileType, fileType(c.InodeMode, c.Family))
	event.FileInode.Set(e, int64(c.Inode))
	event.FileDevice.Set(e, fmt.Sprintf("%d:%d", c.Device>>20, c.Device&(1<<20-1)))
	if c.Unlinked() {
		event.FileUnlinked.Set(e, true)
	}
	for i, p := range a.call.Parameters {
		if p.Kind == syscalls.Descriptor {
			nameFile(e, a.file())
			event.FileDescriptor.Set(e, int64(int32(c.Arguments[i])))
		}
	}
}

// fileType returns the word for what a file is, and for the family of a socket.
func fileType(mode, family uint32) string {
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return "file"
	case unix.S_IFDIR:
		return "directory"
	case unix.S_IFIFO:
		return "pipe"
	case unix.S_IFCHR, unix.S_IFBLK:
		return "device"
	case unix.S_IFSOCK:
		return map[uint32]string{unix.AF_UNIX: "unix", unix.AF_INET: "ipv4", unix.AF_INET6: "ipv6", unix.AF_NETLINK: "netlink"}[family]
	}
	return ""
}
