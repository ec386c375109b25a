//go:build linux

package sensor

import (
	"github.com/cilium/ebpf/btf"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/collect/sensor/syscalls"
)

// What the kernel calls the tracepoints of io_uring in its types. Where it has none of that name, what opens files by
// io_uring is not seen.
const (
	typeComplete = "btf_trace_io_uring_complete"
	typeSubmit   = "btf_trace_io_uring_submit_req"
)

// ringOperations are the operations of io_uring that are told, with the calls that do the same.
var ringOperations = map[uint32]string{18: "openat", 28: "openat2"}

// wantsRings says whether opens by io_uring have to be hooked.
func wantsRings(p *plan.Plan) bool {
	read, write := p.Files.Opened(false), p.Files.Opened(true)
	return p.Any || HooksCalls(p) && !(read.Empty() && write.Empty())
}

// ringCompletion returns 1 when completions are given to the tracepoint by a pointer, which is its last argument then:
// besides that there are the ring, the request and, first, nothing.
func ringCompletion() uint32 {
	kernel, err := btf.LoadKernelSpec()
	if err != nil {
		return 0
	}
	var t *btf.Typedef
	if kernel.TypeByName(typeComplete, &t) != nil {
		return 0
	}
	if to, ok := t.Type.(*btf.Pointer); ok {
		if f, ok := to.Target.(*btf.FuncProto); ok && len(f.Params) == 4 {
			return 1
		}
	}
	return 0
}

// callOf returns which call a record is of, nil for none that is told.
func callOf(c *record.Call) *syscalls.Call {
	if c.Flags&record.CallRing == 0 {
		return syscalls.ByNumber(c.Number, c.Flags&record.CallCompat != 0)
	}
	call, _ := syscalls.Lookup(ringOperations[c.Number])
	return call
}
