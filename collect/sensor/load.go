//go:build linux

package sensor

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"
	"github.com/cilium/ebpf/link"
	"github.com/cilium/ebpf/rlimit"
	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/bpf"
)

// ErrNotPermitted says that the sensor lacks a capability.
var ErrNotPermitted = errors.New("not permitted: run it as root, or with CAP_BPF and CAP_PERFMON, for connections CAP_NET_ADMIN, too, and before Linux 5.11 CAP_SYS_RESOURCE, in the host's user namespace")

// ErrNotSupported says that the kernel cannot do what the sensor needs.
var ErrNotSupported = errors.New("not supported by this kernel: the sensor needs Linux 5.8 with BTF (CONFIG_DEBUG_INFO_BTF)")

// Names in the objects.
const (
	mapEvents     = "events"
	mapCounts     = "counts"
	mapCgroups    = "cgroups_told"
	varSubsystem  = "cgroup_subsystem"
	varWaiting    = "waiting"
	varDNS        = "dns_wanted"
	varRootDevice = "root_device"
	varCompletion = "ring_completion"
	varListening  = "found_listening"
	varTyped      = "typed"
	iteratorTasks = "lynceus_tasks"
	// iteratorSockets lists sockets.
	iteratorSockets = "lynceus_sockets"
	varEnvironment  = "environment_wanted"
)

// programs is what has been loaded into the kernel.
type programs struct {
	collection *ebpf.Collection
	hooks      []hook
	links      []link.Link
	tasks      *link.Iter   // one of links
	sockets    *link.Iter   // one of links, nil when nobody wants to know
	sweeps     []*link.Iter // some of links
}

// load loads and attaches the programs.
func load(s Spec) (_ *programs, err error) {
	object, err := ebpf.LoadCollectionSpecFromReader(strings.NewReader(bpf.Sensor()))
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
	if err := object.Variables[varTyped].Set(typedPointers(&s)); err != nil {
		return nil, fmt.Errorf("set %s: %w", varTyped, err)
	}
	if err := object.Variables[varCompletion].Set(ringCompletion()); err != nil {
		return nil, fmt.Errorf("set %s: %w", varCompletion, err)
	}
	if err := object.Variables[varRootDevice].Set(rootDevice(s.Proc)); err != nil {
		return nil, fmt.Errorf("set %s: %w", varRootDevice, err)
	}
	fold(object)
	p := &programs{}
	if p.hooks, err = hooksFor(&s.Plan, s.Proc); err != nil {
		return nil, err
	}
	wanted := map[string]*ebpf.ProgramSpec{}
	for _, h := range p.hooks {
		wanted[h.program] = object.Programs[h.program]
	}
	object.Programs = wanted
	leaveOut(object)
	// Before Linux 5.11 the memory of programs counts as locked. Later kernels want nothing of it, so a refusal is of
	// interest only when loading fails, and it fails as not permitted then.
	_ = rlimit.RemoveMemlock()
	if p.collection, err = ebpf.NewCollection(object); err != nil {
		return nil, explain("load the programs", err)
	}
	if err := p.instruct(&s.Plan); err != nil {
		return nil, errors.Join(err, p.close())
	}
	for _, h := range p.hooks {
		if err := p.attach(&h); err != nil {
			return nil, errors.Join(explain("attach "+h.place, err), p.close())
		}
	}
	tidyMemory()
	return p, nil
}

// tidyMemory gives back to the system what rules and the kernel's types were read with: several times what is kept of
// them. What comes next, the ring, is as large.
func tidyMemory() {
	leaveProgram()
	debug.FreeOSMemory()
}

// rootDevice returns the device of the node's root, as the kernel numbers it inside: 20 bits of minor number; 0 where it
// cannot be seen.
func rootDevice(proc string) uint32 {
	var st unix.Stat_t
	if unix.Stat(filepath.Join(proc, "1/root/"), &st) != nil && unix.Stat("/", &st) != nil {
		return 0
	}
	return unix.Major(st.Dev)<<20 | unix.Minor(st.Dev)
}

// typedPointers returns 1 when programs may follow pointers that they say the type of, as since Linux 6.2.
func typedPointers(s *Spec) uint32 {
	kernel, err := btf.LoadKernelSpec()
	if err != nil || s.untyped {
		return 0
	}
	var cast *btf.Func
	if kernel.TypeByName("bpf_rdonly_cast", &cast) != nil {
		return 0
	}
	return 1
}

// leaveOut removes the maps that none of the programs uses: the kernel would make them all.
func leaveOut(object *ebpf.CollectionSpec) {
	used := map[string]bool{mapEvents: true, mapCounts: true, mapCgroups: true}
	for _, p := range object.Programs {
		for i := range p.Instructions {
			if in := &p.Instructions[i]; in.IsLoadFromMap() {
				used[in.Reference()] = true
			}
		}
	}
	for name, m := range object.Maps {
		if !used[name] && !strings.HasPrefix(m.Name, ".") {
			delete(object.Maps, name)
		}
	}
}

// attach attaches the program of a hook.
func (p *programs) attach(h *hook) (err error) {
	var l link.Link
	if h.over != "" {
		l, err = iteratorOver(p.collection.Programs[h.program], p.collection.Maps[h.over])
	} else {
		l, err = h.attach(p.collection.Programs[h.program])
	}
	if err != nil {
		return err
	}
	p.links = append(p.links, l)
	it, _ := l.(*link.Iter)
	switch {
	case h.over != "":
		p.sweeps = append(p.sweeps, it)
	case h.program == iteratorTasks:
		p.tasks = it
	case h.program == iteratorSockets:
		p.sockets = it
	}
	return nil
}

// close detaches and removes the programs and their maps.
func (p *programs) close() error {
	var errs []error
	for _, l := range p.links {
		errs = append(errs, l.Close())
	}
	p.collection.Close()
	return errors.Join(errs...)
}

// explain says what a refusal means.
func explain(what string, err error) error {
	switch {
	case errors.Is(err, unix.EPERM): // EACCES is what the verifier says; what the library advises is for programmers
		return fmt.Errorf("%s: %w", what, ErrNotPermitted)
	case errors.Is(err, ebpf.ErrNotSupported), errors.Is(err, btf.ErrNotFound), errors.Is(err, btf.ErrNotSupported):
		return fmt.Errorf("%s: %w: %w", what, ErrNotSupported, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
