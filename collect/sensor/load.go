//go:build linux

package sensor

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"
	"github.com/cilium/ebpf/link"
	"github.com/cilium/ebpf/rlimit"
	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/bpf"
)

// ErrNotPermitted says that the sensor lacks a capability.
var ErrNotPermitted = errors.New("not permitted: the sensor needs CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN, and has to be in the host's user namespace")

// ErrNotSupported says that the kernel cannot do what the sensor needs.
var ErrNotSupported = errors.New("not supported by this kernel: the sensor needs Linux 5.8 with BTF (CONFIG_DEBUG_INFO_BTF)")

// Names in the objects.
const (
	mapEvents     = "events"
	mapCounts     = "counts"
	mapCgroups    = "cgroups_told"
	varSubsystem  = "cgroup_subsystem"
	varWaiting    = "waiting"
	iteratorTasks = "lynceus_tasks"
)

// hook is a program and where it is attached.
type hook struct {
	program string // its name in the object
	place   string // as people know it
	index   int    // in the counters, as enum hook in bpf/src/maps.h
}

// hooks are those that see processes.
var hooks = []hook{
	{"lynceus_fork", "tp_btf/sched_process_fork", 0},
	{"lynceus_exec", "tp_btf/sched_process_exec", 1},
	{"lynceus_exit", "tp_btf/sched_process_exit", 2},
	{iteratorTasks, "iter/task", 3},
}

// hookCgroup is the index of the counters for names of cgroups, which are sent by all hooks.
const hookCgroup = 4

// programs is what has been loaded into the kernel.
type programs struct {
	collection *ebpf.Collection
	links      []link.Link
	tasks      *link.Iter
}

// load loads and attaches the programs.
func load(s Spec) (_ *programs, err error) {
	object, err := ebpf.LoadCollectionSpecFromReader(strings.NewReader(bpf.Process()))
	if err != nil {
		return nil, fmt.Errorf("read the programs: %w", err)
	}
	object.Maps[mapEvents].MaxEntries = uint32(s.RingBytes)
	subsystem, err := cgroupSubsystem(s.Proc)
	if err != nil {
		return nil, err
	}
	if err := object.Variables[varSubsystem].Set(subsystem); err != nil {
		return nil, fmt.Errorf("set %s: %w", varSubsystem, err)
	}
	// Before Linux 5.11 the memory of programs counts as locked. Later kernels want nothing of it, so a refusal is of
	// interest only when loading fails.
	lockErr := rlimit.RemoveMemlock()
	collection, err := ebpf.NewCollection(object)
	if err != nil {
		return nil, errors.Join(explain("load the programs", err), lockErr)
	}
	p := &programs{collection: collection}
	for _, h := range hooks {
		program := collection.Programs[h.program]
		if h.program == iteratorTasks {
			p.tasks, err = link.AttachIter(link.IterOptions{Program: program})
		} else {
			var l link.Link
			if l, err = link.AttachTracing(link.TracingOptions{Program: program}); err == nil {
				p.links = append(p.links, l)
			}
		}
		if err != nil {
			return nil, errors.Join(explain("attach "+h.place, err), p.close())
		}
	}
	return p, nil
}

// close detaches and removes the programs and their maps.
func (p *programs) close() error {
	var errs []error
	if p.tasks != nil {
		errs = append(errs, p.tasks.Close())
	}
	for _, l := range p.links {
		errs = append(errs, l.Close())
	}
	p.collection.Close()
	return errors.Join(errs...)
}

// explain says what a refusal means.
func explain(what string, err error) error {
	switch {
	case errors.Is(err, unix.EPERM): // EACCES is what the verifier says
		return fmt.Errorf("%s: %w: %w", what, ErrNotPermitted, err)
	case errors.Is(err, ebpf.ErrNotSupported), errors.Is(err, btf.ErrNotFound), errors.Is(err, btf.ErrNotSupported):
		return fmt.Errorf("%s: %w: %w", what, ErrNotSupported, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
