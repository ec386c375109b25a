//go:build linux

package sensor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"
	"github.com/cilium/ebpf/link"

	"github.com/lynceus-io/lynceus/collect/sensor/marks"
	"github.com/lynceus-io/lynceus/collect/sensor/plan"
)

// hook is a program and where it is attached.
type hook struct {
	program string // its name in the object
	place   string // as people know it
	index   int    // in the counters, as enum hook in bpf/src/maps.h
	// wanted says whether the plan needs it; nil is always.
	wanted func(*plan.Plan) bool
	attach func(*ebpf.Program) (link.Link, error)
	// over is the map that an iterator goes through, "" for all else; needs is a name that a kernel has in its types
	// which has this place, "" where all have it that are supported. Without it, the hook is left out.
	over, needs string
	// crowded says that it is called for much that it leaves alone, while it is at work: what it misses is that.
	crowded bool
}

// allHooks are those that there are, in the order in which they are attached. proc is where procfs is mounted.
func allHooks(proc string) []hook {
	return slices.Concat([]hook{
		{program: "lynceus_fork", place: "tp_btf/sched_process_fork", index: 0, attach: tracing},
		{program: "lynceus_exec", place: "tp_btf/sched_process_exec", index: 1, attach: tracing},
		{program: "lynceus_exit", place: "tp_btf/sched_process_exit", index: 2, attach: tracing},
		{program: iteratorTasks, place: "iter/task", index: 3, attach: iterator},
		{program: "lynceus_call", place: "tp_btf/sys_exit", index: 5, wanted: HooksCalls, attach: tracing},
		{program: "lynceus_ring", place: "tp_btf/io_uring_complete", index: 6, wanted: wantsRings, attach: tracing, needs: typeComplete},
		{program: "lynceus_ring_slot", place: "tp_btf/io_uring_submit_req", index: 7, wanted: wantsRings, attach: tracing, needs: typeSubmit},
	}, networkHooks(proc), stopHooks(proc)) // what is stopped is told first
}

// HooksCalls says whether a plan has system calls hooked, which makes all of them dearer. Once they are, opens that can
// write are told by them, too.
func HooksCalls(p *plan.Plan) bool {
	return p.Any || len(p.Calls) > 0 || !p.Files.Read.Empty() || !p.Files.Climbing.Empty() || p.Files.Failed || slices.ContainsFunc(p.Files.Write.Prefixes, kernelOwn)
}

// kernelOwn says whether paths with a prefix lie in file systems of the kernel's own, which cannot be marked.
func kernelOwn(prefix string) bool {
	return strings.HasPrefix(prefix, "/proc/") || strings.HasPrefix(prefix, "/sys/")
}

// wantsMarks says which marks on file systems serve a plan: they cost system calls nothing.
func wantsMarks(p *plan.Plan) marks.Options {
	return marks.Options{Change: p.Any || !p.Files.Change.Empty(), Write: !p.Files.Write.Empty() && !HooksCalls(p)}
}

// hooksFor returns the hooks that serve a plan, of those that this kernel has. proc is where procfs is mounted in which
// all processes of the node are seen.
func hooksFor(p *plan.Plan, proc string) ([]hook, error) {
	var out []hook
	for _, h := range allHooks(proc) {
		if h.wanted != nil && !h.wanted(p) {
			continue
		}
		there, err := kernelHas(h.needs)
		if err != nil {
			return nil, err
		}
		if there {
			out = append(out, h)
		}
	}
	return out, nil
}

// kernelHas reports whether the running kernel has a type of a name, or a place of that name for programs.
func kernelHas(name string) (bool, error) {
	if name == "" {
		return true, nil
	}
	kernel, err := btf.LoadKernelSpec()
	if err != nil {
		return false, explain("read the kernel's types", err)
	}
	if _, err := kernel.AnyTypesByName(name); err == nil {
		return true, nil
	}
	var places *btf.Enum
	if err := kernel.TypeByName("bpf_attach_type", &places); err != nil {
		return false, explain("read the kernel's types", err)
	}
	return slices.ContainsFunc(places.Values, func(v btf.EnumValue) bool { return v.Name == name }), nil
}

// hookCgroup is the index of the counters for names of cgroups, which are sent by all hooks.
const hookCgroup = 4

func tracing(p *ebpf.Program) (link.Link, error) {
	l, err := link.AttachTracing(link.TracingOptions{Program: p})
	if err != nil {
		return nil, fmt.Errorf("tracepoint: %w", err)
	}
	return l, nil
}

func iterator(p *ebpf.Program) (link.Link, error) {
	l, err := link.AttachIter(link.IterOptions{Program: p})
	if err != nil {
		return nil, fmt.Errorf("iterator: %w", err)
	}
	return l, nil
}

func iteratorOver(p *ebpf.Program, m *ebpf.Map) (link.Link, error) {
	l, err := link.AttachIter(link.IterOptions{Program: p, Map: m})
	if err != nil {
		return nil, fmt.Errorf("iterator over a map: %w", err)
	}
	return l, nil
}
