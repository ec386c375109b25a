package tetragon

import (
	"google.golang.org/protobuf/encoding/protowire"

	pb "github.com/lynceus-io/lynceus/collect/foreign/protobuf"
)

// The messages of Tetragon's API by the numbers of api/v1/tetragon/events.proto,
// tetragon.proto and capabilities.proto of https://github.com/cilium/tetragon,
// as of Tetragon 1.6. Left out are stacks, namespaces, credentials that cap has
// too, labels and annotations, and the variables of the environment, which
// Tetragon sends where it is told to: there are secrets in them.
var (
	eventsResponse = pb.New(
		pb.Sub(1, "process_exec", pb.One(execType)), pb.Sub(5, "process_exit", pb.One(exitType)), pb.Sub(9, "process_kprobe", pb.One(kprobeType)),
		pb.Sub(10, "process_tracepoint", pb.One(tracepointType)), pb.Sub(11, "process_loader", pb.One(loaderType)), pb.Sub(12, "process_uprobe", pb.One(uprobeType)),
		pb.Sub(27, "process_throttle", pb.One(throttleType)), pb.Sub(28, "process_lsm", pb.One(lsmType)),
		pb.Sub(40001, "rate_limit_info", pb.One(pb.New(pb.F(1, "number_of_dropped_process_events", pb.Uint)))),
		pb.F(1000, "node_name", pb.Text), pb.F(1001, "time", pb.Timestamp), pb.F(1003, "cluster_name", pb.Text),
	)
	execType = pb.New(processes(1, 2, 3)...)
	exitType = pb.New(append(processes(1, 2, 6), pb.F(3, "signal", pb.Text), pb.F(4, "status", pb.Small), pb.F(5, "time", pb.Timestamp))...)

	kprobeType = pb.New(append(processes(1, 2, 13), pb.F(3, "function_name", pb.Text), arguments(4, "args").Many(), arguments(5, "return"), pb.EnumOf(6, "action", actions),
		pb.F(8, "policy_name", pb.Text), pb.EnumOf(9, "return_action", actions), pb.F(10, "message", pb.Text), pb.F(11, "tags", pb.Text).Many(), arguments(14, "data").Many())...)
	tracepointType = pb.New(append(processes(1, 2, 11), pb.F(4, "subsys", pb.Text), pb.F(5, "event", pb.Text), arguments(6, "args").Many(),
		pb.F(7, "policy_name", pb.Text), pb.EnumOf(8, "action", actions), pb.F(9, "message", pb.Text), pb.F(10, "tags", pb.Text).Many())...)
	uprobeType = pb.New(append(processes(1, 2, 9), pb.F(3, "path", pb.Text), pb.F(4, "symbol", pb.Text), pb.F(5, "policy_name", pb.Text), pb.F(6, "message", pb.Text),
		arguments(7, "args").Many(), pb.F(8, "tags", pb.Text).Many(), pb.F(10, "offset", pb.Uint), pb.EnumOf(12, "action", actions), arguments(13, "data").Many())...)
	lsmType = pb.New(append(processes(1, 2, 10), pb.F(3, "function_name", pb.Text), pb.F(5, "policy_name", pb.Text), pb.F(6, "message", pb.Text),
		arguments(7, "args").Many(), pb.EnumOf(8, "action", actions), pb.F(9, "tags", pb.Text).Many(), pb.F(11, "ima_hash", pb.Text))...)
	loaderType   = pb.New(append(processes(1, 4, 5), pb.F(2, "path", pb.Text), pb.F(3, "buildid", pb.Bytes))...)
	throttleType = pb.New(pb.EnumOf(1, "type", map[int32]string{0: "THROTTLE_UNKNOWN", 1: "THROTTLE_START", 2: "THROTTLE_STOP"}), pb.F(2, "cgroup", pb.Text))

	processType = pb.New(
		pb.F(1, "exec_id", pb.Text), pb.NumberOf(2, "pid"), pb.NumberOf(3, "uid"), pb.F(4, "cwd", pb.Text), pb.F(5, "binary", pb.Text), pb.F(6, "arguments", pb.Text),
		pb.F(7, "flags", pb.Text), pb.F(8, "start_time", pb.Timestamp), pb.NumberOf(9, "auid"), pb.Sub(10, "pod", pb.One(podType)), pb.F(11, "docker", pb.Text),
		pb.F(12, "parent_exec_id", pb.Text), pb.F(13, "refcnt", pb.Small), pb.Sub(14, "cap", pb.One(capabilitySets)), pb.NumberOf(16, "tid"),
		pb.Sub(19, "user", pb.One(pb.New(pb.F(1, "name", pb.Text)))), pb.FlagOf(20, "in_init_tree"),
	)
	podType = pb.New(
		pb.F(1, "namespace", pb.Text), pb.F(2, "name", pb.Text), pb.F(3, "uid", pb.Text), pb.Sub(4, "container", pb.One(containerType)),
		pb.Field{Number: 5, Name: "pod_labels", Kind: pb.Entries}, pb.F(6, "workload", pb.Text), pb.F(7, "workload_kind", pb.Text),
	)
	containerType = pb.New(
		pb.F(1, "id", pb.Text), pb.F(2, "name", pb.Text), pb.Sub(3, "image", pb.One(pb.New(pb.F(1, "id", pb.Text), pb.F(2, "name", pb.Text)))),
		pb.F(4, "start_time", pb.Timestamp), pb.NumberOf(5, "pid"), pb.F(13, "maybe_exec_probe", pb.Bool),
		pb.Sub(14, "security_context", pb.One(pb.New(pb.F(1, "privileged", pb.Bool)))),
	)
	capabilitySets = pb.New(
		pb.EnumOf(1, "permitted", capabilities).Many(), pb.EnumOf(2, "effective", capabilities).Many(), pb.EnumOf(3, "inheritable", capabilities).Many(),
	)
	argumentType = pb.New(
		pb.F(1, "string_arg", pb.Text), pb.F(2, "int_arg", pb.Small), pb.Sub(3, "skb_arg", pb.One(skbType)), pb.F(4, "size_arg", pb.Uint), pb.F(5, "bytes_arg", pb.Bytes),
		pb.Sub(6, "path_arg", pb.One(pathType)), pb.Sub(7, "file_arg", pb.One(pathType)), pb.Sub(8, "truncated_bytes_arg", pb.One(pb.New(pb.F(1, "bytes_arg", pb.Bytes), pb.F(2, "orig_size", pb.Uint)))),
		pb.Sub(9, "sock_arg", pb.One(sockType)), pb.Sub(10, "cred_arg", pb.One(capabilitySets)), pb.F(11, "long_arg", pb.Int),
		pb.Sub(12, "bpf_attr_arg", pb.One(bpfType)), pb.Sub(14, "bpf_map_arg", pb.One(pb.New(pb.F(1, "MapType", pb.Text), pb.F(5, "MapName", pb.Text)))),
		pb.F(15, "uint_arg", pb.Small), pb.Sub(17, "capability_arg", pb.One(pb.New(pb.NumberOf(1, "value"), pb.F(2, "name", pb.Text)))),
		pb.Sub(21, "module_arg", pb.One(pb.New(pb.F(1, "name", pb.Text), pb.FlagOf(2, "signature_ok")))),
		pb.F(22, "kernel_cap_t_arg", pb.Text), pb.F(23, "cap_inheritable_arg", pb.Text), pb.F(24, "cap_permitted_arg", pb.Text), pb.F(25, "cap_effective_arg", pb.Text),
		pb.Sub(26, "linux_binprm_arg", pb.One(pb.New(pb.F(1, "path", pb.Text), pb.F(2, "flags", pb.Text), pb.F(3, "permission", pb.Text)))),
		pb.Sub(27, "net_dev_arg", pb.One(pb.New(pb.F(1, "name", pb.Text)))), pb.Sub(29, "syscall_id", pb.One(pb.New(pb.F(1, "id", pb.Small), pb.F(2, "abi", pb.Text)))),
		pb.Sub(30, "sockaddr_arg", pb.One(pb.New(pb.F(1, "family", pb.Text), pb.F(2, "addr", pb.Text), pb.F(3, "port", pb.Small)))),
		pb.Sub(31, "bpf_prog_arg", pb.One(bpfType)), pb.Sub(32, "error_arg", pb.One(pb.New(pb.F(1, "Message", pb.Text)))),
		pb.Sub(33, "sockaddrun_arg", pb.One(pb.New(pb.F(1, "family", pb.Text), pb.F(2, "path", pb.Text)))), pb.F(18, "label", pb.Text),
	)
	pathType = pb.New(pb.F(1, "mount", pb.Text), pb.F(2, "path", pb.Text), pb.F(3, "flags", pb.Text), pb.F(4, "permission", pb.Text))
	bpfType  = pb.New(pb.F(1, "ProgType", pb.Text), pb.F(2, "InsnCnt", pb.Small), pb.F(3, "ProgName", pb.Text))
	sockType = pb.New(
		pb.F(1, "family", pb.Text), pb.F(2, "type", pb.Text), pb.F(3, "protocol", pb.Text), pb.F(4, "mark", pb.Small), pb.F(5, "priority", pb.Small),
		pb.F(6, "saddr", pb.Text), pb.F(7, "daddr", pb.Text), pb.F(8, "sport", pb.Small), pb.F(9, "dport", pb.Small), pb.F(10, "cookie", pb.Uint), pb.F(11, "state", pb.Text),
	)
	skbType = pb.New(
		pb.F(1, "hash", pb.Small), pb.F(2, "len", pb.Small), pb.F(3, "priority", pb.Small), pb.F(4, "mark", pb.Small), pb.F(5, "saddr", pb.Text), pb.F(6, "daddr", pb.Text),
		pb.F(7, "sport", pb.Small), pb.F(8, "dport", pb.Small), pb.F(9, "proto", pb.Small), pb.F(12, "protocol", pb.Text), pb.F(13, "family", pb.Text),
	)
)

// processes are the fields of who did it, by their numbers.
func processes(process, parent, ancestors protowire.Number) []pb.Field {
	of := func() *pb.Message { return processType }
	return []pb.Field{pb.Sub(process, "process", of), pb.Sub(parent, "parent", of), pb.Subs(ancestors, "ancestors", of)}
}

// arguments is a field that is a value which was hooked.
func arguments(n protowire.Number, name string) pb.Field {
	return pb.Sub(n, name, func() *pb.Message { return argumentType })
}

// actions are what a policy did.
var actions = map[int32]string{
	0: "KPROBE_ACTION_UNKNOWN", 1: "KPROBE_ACTION_POST", 2: "KPROBE_ACTION_FOLLOWFD", 3: "KPROBE_ACTION_SIGKILL", 4: "KPROBE_ACTION_UNFOLLOWFD",
	5: "KPROBE_ACTION_OVERRIDE", 6: "KPROBE_ACTION_COPYFD", 7: "KPROBE_ACTION_GETURL", 8: "KPROBE_ACTION_DNSLOOKUP", 9: "KPROBE_ACTION_NOPOST",
	10: "KPROBE_ACTION_SIGNAL", 11: "KPROBE_ACTION_TRACKSOCK", 12: "KPROBE_ACTION_UNTRACKSOCK", 13: "KPROBE_ACTION_NOTIFYENFORCER",
	14: "KPROBE_ACTION_CLEANUPENFORCERNOTIFICATION", 15: "KPROBE_ACTION_SET", 16: "KPROBE_ACTION_UPDATE_STATE",
}

// capabilities are Linux's, under Tetragon's names.
var capabilities = map[int32]string{
	0: "CAP_CHOWN", 1: "DAC_OVERRIDE", 2: "CAP_DAC_READ_SEARCH", 3: "CAP_FOWNER", 4: "CAP_FSETID", 5: "CAP_KILL", 6: "CAP_SETGID", 7: "CAP_SETUID", 8: "CAP_SETPCAP",
	9: "CAP_LINUX_IMMUTABLE", 10: "CAP_NET_BIND_SERVICE", 11: "CAP_NET_BROADCAST", 12: "CAP_NET_ADMIN", 13: "CAP_NET_RAW", 14: "CAP_IPC_LOCK", 15: "CAP_IPC_OWNER",
	16: "CAP_SYS_MODULE", 17: "CAP_SYS_RAWIO", 18: "CAP_SYS_CHROOT", 19: "CAP_SYS_PTRACE", 20: "CAP_SYS_PACCT", 21: "CAP_SYS_ADMIN", 22: "CAP_SYS_BOOT",
	23: "CAP_SYS_NICE", 24: "CAP_SYS_RESOURCE", 25: "CAP_SYS_TIME", 26: "CAP_SYS_TTY_CONFIG", 27: "CAP_MKNOD", 28: "CAP_LEASE", 29: "CAP_AUDIT_WRITE",
	30: "CAP_AUDIT_CONTROL", 31: "CAP_SETFCAP", 32: "CAP_MAC_OVERRIDE", 33: "CAP_MAC_ADMIN", 34: "CAP_SYSLOG", 35: "CAP_WAKE_ALARM", 36: "CAP_BLOCK_SUSPEND",
	37: "CAP_AUDIT_READ", 38: "CAP_PERFMON", 39: "CAP_BPF", 40: "CAP_CHECKPOINT_RESTORE",
}
