package syscalls

import "github.com/lynceus-io/lynceus/event"

// newNamespaces are the flags of clone(2) that make namespaces.
const newNamespaces = 0x80 | 0x20000 | 0x2000000 | 0x4000000 | 0x8000000 | 0x10000000 | 0x20000000 | 0x40000000

// processCalls are those of table process, and those about the memory of processes.
var processCalls = []group{
	{event.ClassProcess, "Set User ID", []line{
		{"setuid", "uid:id", Condition{Failed: true}},
		{"setgid", "gid:id", Condition{Failed: true}},
		{"setreuid", "ruid:id euid:id", Condition{Failed: true}},
		{"setregid", "rgid:id egid:id", Condition{Failed: true}},
		{"setresuid", "ruid:id euid:id suid:id", Condition{Failed: true}},
		{"setresgid", "rgid:id egid:id sgid:id", Condition{Failed: true}},
		{"setfsuid", "uid:id", Condition{Failed: true}},
		{"setfsgid", "gid:id", Condition{Failed: true}},
	}},
	{event.ClassProcess, "Set Capabilities", []line{{"capset", "-:- data:capdata", Condition{Failed: true}}}},
	{event.ClassProcess, "Change Root", []line{{"chroot", "path:path", Condition{Failed: true}}}},
	{event.ClassProcess, "Clone", []line{ // only with namespaces of its own; other clones are no rows
		{"clone", "flags:clone", Condition{Argument: 1, Bits: newNamespaces}},
		{"clone3", "flags:cloneargs size:uint", Condition{}},
	}},
	{event.ClassProcess, "Launch Failed", []line{
		{"execve", "filename:path", Condition{OnlyFailed: true}},
		{"execveat", "dirfd:dir filename:path -:- -:- flags:at", Condition{OnlyFailed: true}},
	}},
	{event.ClassProcess, "Signal", []line{
		{"kill", "pid:int sig:signal", Condition{Failed: true}},
		{"tkill", "tid:int sig:signal", Condition{Failed: true}},
		{"tgkill", "pid:int tid:int sig:signal", Condition{Failed: true}},
	}},
	{event.ClassProcess, "Configure", []line{ // options that hide, protect or unbind a process
		{"prctl", "option:prctl arg2:hex arg3:hex arg4:hex arg5:hex", Condition{Argument: 1, Among: []uint{4, 8, 15, 24, 28, 35, 36, 47}, Bits: 0x40000000}},
	}},
	{event.ClassMemory, "Trace", []line{{"ptrace", "request:ptrace pid:int addr:hex data:hex", Condition{Failed: true}}}},
	{event.ClassMemory, "Read", []line{{"process_vm_readv", "pid:int", Condition{Failed: true}}}},
	{event.ClassMemory, "Write", []line{{"process_vm_writev", "pid:int", Condition{Failed: true}}}},
	{event.ClassMemory, "Allocate Page", []line{
		{"memfd_create", "name:text flags:memfd", Condition{}},
		{"memfd_secret", "flags:hex", Condition{}},
		{"userfaultfd", "flags:open", Condition{Failed: true}},
	}},
	{event.ClassMemory, "Map View", []line{ // only what is to be executed
		{"mmap", "addr:hex length:uint prot:prot flags:map fd:int offset:uint", Condition{Argument: 3, Bits: 4}},
		{"mprotect", "addr:hex length:uint prot:prot", Condition{Argument: 3, Bits: 4}},
	}},
}
