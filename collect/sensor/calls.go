//go:build linux

package sensor

import (
	"path"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/process"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/collect/sensor/syscalls"
	"github.com/lynceus-io/lynceus/event"
)

// called emits the row of a system call. Calls that nobody asked for any more make none.
func (r *rows) called(c *record.Call) error {
	call := callOf(c)
	if call == nil || !syscalls.Wanted(call, c) {
		r.filtered++
		return nil
	}
	a := spoken{call: call, record: c}
	if c.Flags&record.CallRing != 0 {
		a.readRing()
	} else {
		a.read()
	}
	if a.open() {
		return r.opened(&a)
	}
	changed := r.credentials(c)
	var e *event.Event
	if call.Class == event.ClassProcess {
		p := r.table.Find(c.Actor.Process)
		if p == nil {
			p = &process.Process{Key: c.Actor.Process, Cgroup: c.Actor.Cgroup}
		}
		e = r.about(p, call.Activity, r.record.Time)
		changed.say(e, r.caps)
	} else {
		e = r.act(call.Class, call.Activity, &c.Actor, r.record.Time)
	}
	switch call.Class {
	case event.ClassFile:
		a.sayFile(e)
		a.sayPaths(e)
	case event.ClassNetwork:
		a.saySocket(e)
	}
	a.sayCall(e)
	return r.finish(e)
}

// sayCall says what was called and what came of it.
func (a *spoken) sayCall(e *event.Event) {
	c := a.record
	event.SyscallName.Set(e, a.call.Name)
	switch {
	case c.Flags&record.CallCompat != 0:
		event.SyscallInterface.Set(e, "compat")
	case c.Flags&record.CallRing != 0:
		event.SyscallInterface.Set(e, "io_uring")
	}
	if c.Flags&(record.CallRing|record.CallFile) == record.CallRing {
		return // what comes of it is not known yet
	}
	event.SyscallResult.Set(e, c.Result)
	status, name := "Success", "SUCCESS"
	if c.Result < 0 && c.Result > -4096 {
		status, name = "Failure", unix.ErrnoName(syscall.Errno(-c.Result))
	}
	event.Status.Set(e, status)
	event.SyscallStatus.Set(e, name)
	for i := range a.values {
		if p := &a.call.Parameters[i]; p.Name != "" && p.Kind != syscalls.Ignored {
			event.SyscallArguments.Append(e, p.Name+"="+a.values[i])
		}
	}
}

// sayPaths says of a call on names which files it was about.
func (a *spoken) sayPaths(e *event.Event) {
	if len(a.paths) == 0 {
		return
	}
	nameFile(e, a.paths[len(a.paths)-1])
	event.FilePathClaimed.Set(e, true)
	switch {
	case len(a.paths) == 2 && a.call.Activity == "Rename":
		event.FilePreviousPath.Set(e, a.paths[0])
	case len(a.paths) == 2:
		event.FileTarget.Set(e, a.paths[0])
	case a.text != "" && strings.HasPrefix(a.call.Name, "symlink"):
		event.FileTarget.Set(e, a.text)
	}
}

// saySocket says which unix socket it was.
func (a *spoken) saySocket(e *event.Event) {
	if a.record.Family != unix.AF_UNIX {
		return
	}
	event.ConnectionInfoFamily.Set(e, "unix")
	if at := a.file(); at != "/" {
		event.ConnectionInfoSocketPath.Set(e, at)
	} else {
		set(e, event.ConnectionInfoSocketPath, a.text)
	}
}

// nameFile says what a file is called.
func nameFile(e *event.Event, at string) {
	event.FilePath.Set(e, at)
	dir, name := path.Split(at)
	event.FileName.Set(e, name)
	if dir != "/" {
		dir = strings.TrimSuffix(dir, "/")
	}
	set(e, event.FileParentFolder, dir)
}
