//go:build linux

package sensor

import (
	"github.com/cilium/ebpf"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
)

// The indices of counters of the network, as enum network_hook in bpf/src/network_records.h.
const (
	hookTCP = iota + 10
	hookAccept
	hookOwner
	hookPacket
	hookDNS
	hookSweep
	hookSocket
	hookUnix
	hookFound
)

// networkHooks are those that see sockets. Whoever wants questions to the domain name system needs all of them, too: they
// know who uses a socket.
func networkHooks(proc string) []hook {
	at := atSockets(proc)
	all := []hook{
		{program: "lynceus_tcp_begin", place: "tp_btf/inet_sock_set_state", index: hookTCP, attach: tracing},
		{program: "lynceus_tcp_state", place: "tp_btf/inet_sock_set_state", index: hookTCP, attach: tracing},
		{program: "lynceus_peer4", place: "cgroup/getpeername4", index: hookAccept, attach: at(ebpf.AttachCgroupInet4GetPeername)},
		{program: "lynceus_peer6", place: "cgroup/getpeername6", index: hookAccept, attach: at(ebpf.AttachCgroupInet6GetPeername)},
		{program: "lynceus_connect4", place: "cgroup/connect4", index: hookOwner, attach: at(ebpf.AttachCGroupInet4Connect)},
		{program: "lynceus_connect6", place: "cgroup/connect6", index: hookOwner, attach: at(ebpf.AttachCGroupInet6Connect)},
		{program: "lynceus_sendmsg4", place: "cgroup/sendmsg4", index: hookOwner, attach: at(ebpf.AttachCGroupUDP4Sendmsg)},
		{program: "lynceus_sendmsg6", place: "cgroup/sendmsg6", index: hookOwner, attach: at(ebpf.AttachCGroupUDP6Sendmsg)},
		{program: "lynceus_bind4", place: "cgroup/post_bind4", index: hookOwner, attach: at(ebpf.AttachCGroupInet4PostBind)},
		{program: "lynceus_bind6", place: "cgroup/post_bind6", index: hookOwner, attach: at(ebpf.AttachCGroupInet6PostBind)},
		{program: "lynceus_release", place: "cgroup/sock_release", index: hookOwner, attach: at(ebpf.AttachCgroupInetSockRelease), needs: "BPF_CGROUP_INET_SOCK_RELEASE"},
		{program: "lynceus_egress", place: "cgroup_skb/egress", index: hookPacket, attach: at(ebpf.AttachCGroupInetEgress)},
		{program: "lynceus_ingress", place: "cgroup_skb/ingress", index: hookPacket, attach: at(ebpf.AttachCGroupInetIngress)},
		{program: "lynceus_socket", place: "cgroup/sock_create", index: hookSocket, attach: at(ebpf.AttachCGroupInetSockCreate)},
		{program: "lynceus_capable", place: "tp_btf/cap_capable", index: hookSocket, attach: tracing, needs: "btf_trace_cap_capable"},
		{program: "lynceus_unix", place: "tp_btf/sk_data_ready", index: hookUnix, attach: tracing, needs: "btf_trace_sk_data_ready", crowded: true},
		{program: iteratorSockets, place: "iter/task_file", index: hookFound, attach: iterator},
		{program: "lynceus_tcp_sweep", place: "iter/bpf_map_elem", index: hookSweep, over: "connections", needs: "bpf_iter__bpf_map_elem"},
		{program: "lynceus_udp_sweep", place: "iter/bpf_map_elem", index: hookSweep, over: "flows", needs: "bpf_iter__bpf_map_elem"},
	}
	for i := range all {
		all[i].wanted = func(p *plan.Plan) bool { return p.Network || p.DNS || p.Any }
	}
	return all
}
