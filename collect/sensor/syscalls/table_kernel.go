package syscalls

import "github.com/lynceus-io/lynceus/event"

// kernelCalls are those of the tables kernel, module and network.
var kernelCalls = []group{
	{event.ClassModule, "Load", []line{
		{"init_module", "-:- length:uint uargs:text", Condition{Failed: true}},
		{"finit_module", "fd:fd uargs:text flags:hex", Condition{Failed: true}},
	}},
	{event.ClassModule, "Unload", []line{{"delete_module", "name:text flags:open", Condition{Failed: true}}}},
	{event.ClassNetwork, "Socket", []line{ // raw ones, and those of packets
		{"socket", "domain:domain type:socket proto:int", Condition{Failed: true, Argument: 2, Flags: 0x80800, Among: []uint{3, 10}}},
	}},
	{event.ClassNetwork, "Open", []line{{"connect", "fd:fd addr:sockaddr addrlen:len", Condition{Failed: true, Families: []uint{1}}}}}, // to unix sockets
	{event.ClassKernel, "Invoke", []line{
		{"setns", "fd:fd nstype:clone", Condition{Failed: true}},
		{"unshare", "flags:clone", Condition{Failed: true}},
		{"mount", "dev:text dir:path type:text flags:mount", Condition{Failed: true}},
		{"umount2", "name:path flags:umount", Condition{Failed: true}},
		{"pivot_root", "new_root:path put_old:path", Condition{Failed: true}},
		{"move_mount", "from_dirfd:dir from:path to_dirfd:dir to:path flags:hex", Condition{Failed: true}},
		{"open_tree", "dirfd:dir path:path flags:hex", Condition{Failed: true}},
		{"fsopen", "fsname:text flags:hex", Condition{Failed: true}},
		{"bpf", "cmd:bpf", Condition{Failed: true}},
		{"keyctl", "operation:keyctl arg2:hex arg3:hex arg4:hex arg5:hex", Condition{Failed: true}},
		{"add_key", "type:text description:text -:- length:uint keyring:int", Condition{Failed: true}},
		{"request_key", "type:text description:text callout:text keyring:int", Condition{Failed: true}},
		{"io_uring_setup", "entries:uint", Condition{Failed: true}},
		{"kexec_load", "entry:hex segments:uint -:- flags:hex", Condition{Failed: true}},
		{"kexec_file_load", "kernel_fd:fd initrd_fd:int -:len cmdline:text flags:hex", Condition{Failed: true}},
		{"personality", "persona:personality", Condition{}},
		{"perf_event_open", "-:- pid:int cpu:int group_fd:int flags:hex", Condition{Failed: true}},
		{"pidfd_getfd", "pidfd:int targetfd:int", Condition{Failed: true}},
		{"ioperm", "from:hex num:uint turn_on:int", Condition{Failed: true}},
		{"iopl", "level:int", Condition{Failed: true}},
		{"syslog", "type:int", Condition{Failed: true}},
		{"sethostname", "name:text len:uint", Condition{Failed: true}},
		{"setdomainname", "name:text len:uint", Condition{Failed: true}},
		{"reboot", "-:- -:- cmd:hex", Condition{Failed: true}},
		{"swapon", "path:path flags:hex", Condition{Failed: true}},
		{"swapoff", "path:path", Condition{Failed: true}},
		{"settimeofday", "", Condition{Failed: true}},
		{"clock_settime", "clock:int", Condition{Failed: true}},
		{"acct", "filename:path", Condition{Failed: true}},
		{"quotactl", "cmd:hex special:text id:uint", Condition{Failed: true}},
		{"fanotify_init", "flags:hex event_flags:open", Condition{Failed: true}},
		{"name_to_handle_at", "dirfd:dir path:path", Condition{Failed: true}},
		{"process_madvise", "pidfd:int", Condition{Failed: true}},
		{"seccomp", "op:uint flags:hex", Condition{Failed: true}},
	}},
}
