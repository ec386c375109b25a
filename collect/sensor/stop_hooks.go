//go:build linux

package sensor

import (
	"github.com/cilium/ebpf"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
)

// The indices of counters of what is stopped, as enum hook in bpf/src/maps.h.
const (
	hookStopExec = iota + 20
	hookStopFork
	hookStopExit
	hookStopConnect
)

// stopHooks are those that stop what policies forbid.
func stopHooks(proc string) []hook {
	at := atSockets(proc)
	all := []hook{
		{program: "lynceus_stop_exec", place: "stop at tp_btf/sched_process_exec", index: hookStopExec, attach: tracing},
		{program: "lynceus_stop_fork", place: "stop at tp_btf/sched_process_fork", index: hookStopFork, attach: tracing},
		{program: "lynceus_stop_exit", place: "stop at tp_btf/sched_process_exit", index: hookStopExit, attach: tracing},
		{program: "lynceus_stop_connect4", place: "stop at cgroup/connect4", index: hookStopConnect, attach: at(ebpf.AttachCGroupInet4Connect)},
		{program: "lynceus_stop_connect6", place: "stop at cgroup/connect6", index: hookStopConnect, attach: at(ebpf.AttachCGroupInet6Connect)},
		{program: "lynceus_stop_sendmsg4", place: "stop at cgroup/sendmsg4", index: hookStopConnect, attach: at(ebpf.AttachCGroupUDP4Sendmsg)},
		{program: "lynceus_stop_sendmsg6", place: "stop at cgroup/sendmsg6", index: hookStopConnect, attach: at(ebpf.AttachCGroupUDP6Sendmsg)},
	}
	for i := range all {
		all[i].wanted = func(p *plan.Plan) bool { return p.Stop }
	}
	return all
}
