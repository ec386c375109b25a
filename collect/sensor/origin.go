//go:build linux

package sensor

import (
	"strings"

	"github.com/lynceus-io/lynceus/collect/sensor/digest"
	"github.com/lynceus-io/lynceus/collect/sensor/process"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/event"
	"golang.org/x/sys/unix"
)

// The values of process.file.origin.
const (
	originHost    = "host"
	originImage   = "image"
	originDropped = "dropped"
	originVolume  = "volume"
	originTmpfs   = "tmpfs"
	originMemory  = "memory"
)

// containerOf returns the id of the container that a process is in, "" for none.
func (r *rows) containerOf(p *process.Process) string { return r.cgroups.known[p.Cgroup].Container }

// origin returns where the content of a process's program comes from, "" where that is not known, or not yet.
func (r *rows) origin(p *process.Process) string {
	switch {
	case !p.Known || p.Kernel || p.Exe == "":
		return ""
	case p.Exe[0] != '/' && !strings.HasPrefix(p.Exe, "..."):
		return originMemory
	case r.containerOf(p) == "", p.Tree == nil && isRuntime(p):
		return originHost
	}
	f := &p.File
	switch {
	case f.Magic == unix.TMPFS_MAGIC, f.Magic == unix.RAMFS_MAGIC:
		return originTmpfs
	case f.Magic == 0:
		return ""
	case f.Where&record.OnRoot == 0:
		return originVolume
	case f.Magic != unix.OVERLAYFS_SUPER_MAGIC: // image and what is written are one file system
		return ""
	case f.Where&record.UpperLayer == 0, f.Where&record.MetadataOnly != 0:
		return originImage
	case f.Where&record.LowerLayer == 0:
		return originDropped
	}
	switch r.hashing.original(p) {
	case digest.Same:
		return originImage
	case digest.Missing, digest.Different:
		return originDropped
	}
	return ""
}

// from says on a row where a program comes from, if that is known.
func (in *part) from(e *event.Event, origin string) {
	if origin == "" {
		return
	}
	in.origin.Set(e, origin)
	in.upper.Set(e, origin == originDropped)
	in.memory.Set(e, origin == originMemory)
}
