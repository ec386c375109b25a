//go:build linux

package sensor

import (
	"path"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/collect/sensor/process"
	"github.com/lynceus-io/lynceus/event"
)

// maxStarted is how many containers are remembered to have started, at some 150 bytes.
const maxStarted = 16384

// started remembers which containers run.
type started struct {
	ids   map[string]struct{}
	order []string // a ring of those in ids
	next  int
}

// add notes that a container runs, and reports whether that is new.
func (s *started) add(id string) bool {
	if _, ok := s.ids[id]; ok {
		return false
	}
	if s.ids == nil {
		s.ids = map[string]struct{}{}
	}
	id = strings.Clone(id)
	s.ids[id] = struct{}{}
	if len(s.order) < maxStarted {
		s.order = append(s.order, id)
		return true
	}
	delete(s.ids, s.order[s.next])
	s.order[s.next] = id
	s.next = (s.next + 1) % maxStarted
	return true
}

// runtimes are programs that make containers: a part of each runs in the container's cgroup before it becomes the
// container's own program.
var runtimes = []string{"runc", "crun", "youki", "runsc"}

// starters are the beginnings of the names of programs that start what runs in containers, in the 15 bytes that the kernel
// keeps of a name: the runtimes, BuildKit's name for runc, and what stays with a container: containerd's shims, and
// CRI-O's and podman's conmon.
var starters = []string{"runc", "crun", "youki", "runsc", "buildkit-runc", "containerd-shim", "conmon"}

// startsContainers reports whether a process outside of a container is a part of what starts processes in containers.
func startsContainers(p *process.Process) bool {
	return slices.ContainsFunc(starters, func(name string) bool { return strings.HasPrefix(p.Comm, name) })
}

// isRuntime reports whether a process that comes from outside is still that part of the runtime. runc and those made
// after it call it "init"; its file says nothing, since runc runs a sealed copy of itself there: in memory, or on a mount
// that stands nowhere. It has not entered the container's PID namespace yet.
func isRuntime(p *process.Process) bool {
	if p.Parent != nil && p.Parent.Known && p.Level != p.Parent.Level {
		return false
	}
	return slices.Contains(runtimes, path.Base(p.Argument())) && slices.Contains(strings.Fields(p.Arguments()), "init")
}

// enter finds out how a process that runs a program came into its container, if it is in one. starts says that the
// container starts with it.
func (r *rows) enter(p *process.Process) (starts bool) {
	id := r.cgroups.known[p.Cgroup].Container
	switch {
	case id == "":
		p.Tree = nil
		return false
	case p.Tree != nil && p.Tree.Container == id:
		return false
	case isRuntime(p):
		p.Tree = nil
		return false
	}
	starts = r.started.add(id)
	if starts {
		r.begun(p, id)
	}
	p.Tree = &process.Tree{Container: strings.Clone(id), Root: r.identity(p), Entered: !starts}
	return starts
}

// begun has it looked where a container's file system is written to, in the mount namespace of who started it. It is the
// nearest process outside that still runs.
func (r *rows) begun(p *process.Process, id string) {
	if r.overlays == nil {
		return
	}
	for a := p.Parent; a != nil; a = a.Parent {
		if a.Ended == 0 && r.cgroups.known[a.Cgroup].Container != id {
			r.overlays(a.TGID)
			return
		}
	}
}

// firstInNamespace is the number of the process in a PID namespace with which that began.
const firstInNamespace = 1

// entered does so for a process that was found running: the first of a PID namespace is what its container started
// with, and what comes from outside beside it was started later. Of others it is not known.
func (r *rows) entered(p *process.Process) {
	id := r.cgroups.known[p.Cgroup].Container
	if id == "" {
		return
	}
	if up := p.Parent; up != nil && r.cgroups.known[up.Cgroup].Container == id {
		p.Tree = up.Tree
		return
	}
	_, runs := r.started.ids[id]
	if p.NSPID == firstInNamespace || runs {
		if r.started.add(id) {
			r.begun(p, id)
		}
		p.Tree = &process.Tree{Container: strings.Clone(id), Root: r.identity(p), Entered: p.NSPID != firstInNamespace}
	}
}

// tree says on a row how the process came into its container, as far as that is known.
func (r *rows) tree(e *event.Event, p *process.Process, in *part) {
	if p.Tree == nil {
		return
	}
	in.entered.Set(e, p.Tree.Entered)
	if p.Tree.Entered {
		in.root.Set(e, p.Tree.Root)
	}
}
