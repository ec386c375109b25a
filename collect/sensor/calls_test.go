//go:build linux

package sensor

import (
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/collect/sensor/syscalls"
	"github.com/lynceus-io/lynceus/event"
)

// TestCalls has a process make each call and looks for its row. D stands for the directory in which it does it.
func TestCalls(t *testing.T) {
	if testing.Short() {
		t.Skip("a process for each of a hundred calls")
	}
	for name := range callsMade {
		if !slices.ContainsFunc(callsSeen, func(c seen) bool { return c.call == name }) {
			t.Errorf("nothing is said of %s", name)
		}
	}
	names := slices.DeleteFunc(slices.Collect(maps.Keys(callsMade)), func(n string) bool { return n == "openat2" || n == "creat" })
	rec := start(t, Spec{Plan: plan.Plan{Calls: names, Files: plan.Files{Write: plan.Paths{Names: []string{"new"}}, Read: plan.Paths{Names: []string{"never"}}}}})
	for _, want := range callsSeen {
		t.Run(want.call, func(t *testing.T) { testCall(t, rec, &want) })
	}
}

// seen is what the row of a call says.
type seen struct {
	call      string
	class     event.Class
	activity  string
	arguments string
	fields    map[event.StringField]string
}

func testCall(t *testing.T, rec *recorder, want *seen) {
	if _, ok := syscalls.Number(want.call); !ok {
		t.Skipf("system call %s: %s has no such call", want.call, runtime.GOARCH)
	}
	dir := realTempDir(t)
	if err := ground(dir); err != nil {
		t.Fatal(err)
	}
	cmd := helper("call", want.call, dir)
	run(t, cmd)
	pid := int64(cmd.Process.Pid)
	e := rec.await(t, 1, want.call, func(e *event.Event) bool {
		actor, _ := event.ActorProcessPID.Get(e)
		own, _ := event.ProcessPID.Get(e)
		arguments := strings.ReplaceAll(strings.Join(event.SyscallArguments.Get(e), " "), dir, "D")
		return (actor == pid || own == pid) && event.SyscallName.Get(e) == want.call && strings.Contains(arguments, want.arguments)
	})[0]
	if e.Class != want.class || event.Activity.Get(e) != want.activity {
		t.Errorf("table %s, activity %s", e.Class, event.Activity.Get(e))
	}
	for f, v := range want.fields {
		if got := strings.ReplaceAll(f.Get(e), dir, "D"); got != v {
			t.Errorf("%s is %q, want %q", event.Lookup(f.ID()).Name, got, v)
		}
	}
	if !event.SyscallResult.Has(e) || event.SyscallStatus.Get(e) == "" || event.Status.Get(e) == "" {
		t.Error("no result")
	}
}

type texts = map[event.StringField]string

var callsSeen = []seen{
	{"openat2", event.ClassFile, "Create", "name=new how=O_WRONLY|O_CREAT", texts{event.FilePath: "D/new", event.FileType: "file"}},
	{"creat", event.ClassFile, "Create", "name=new mode=S_IRUSR|S_IWUSR|S_IRGRP", texts{event.FilePath: "D/new"}},
	{"rename", event.ClassFile, "Rename", "oldpath=D/file newpath=D/dir/renamed", texts{event.FilePath: "D/dir/renamed", event.FilePreviousPath: "D/file"}},
	{"renameat2", event.ClassFile, "Rename", "oldpath=D/file newdirfd=", texts{event.FilePath: "D/dir/renamed", event.FilePreviousPath: "D/file"}},
	{"unlink", event.ClassFile, "Delete", "path=D/file", texts{event.FilePath: "D/file", event.FileParentFolder: "D", event.SyscallStatus: "SUCCESS"}},
	{"unlinkat", event.ClassFile, "Delete", "name=D/dir/in flags=0", texts{event.FilePath: "D/dir/in"}},
	{"rmdir", event.ClassFile, "Delete", "path=D/empty", texts{event.FilePath: "D/empty"}},
	{"mkdirat", event.ClassFile, "Create", "path=D/dir/made mode=S_ISVTX|S_IRUSR", texts{event.FilePath: "D/dir/made"}},
	{"linkat", event.ClassFile, "Create", "newpath=D/dir/hard flags=0", texts{event.FilePath: "D/dir/hard", event.FileTarget: "D/file"}},
	{"symlinkat", event.ClassFile, "Create", "target=/etc/shadow", texts{event.FilePath: "D/dir/soft", event.FileTarget: "/etc/shadow"}},
	{"chmod", event.ClassFile, "Set Attributes", "filename=D/file mode=S_ISUID|S_IRUSR", texts{event.FilePath: "D/file"}},
	{"fchmod", event.ClassFile, "Set Attributes", "mode=S_ISGID|S_IRUSR", texts{event.FilePath: "D/dir", event.FileType: "directory"}},
	{"fchmodat", event.ClassFile, "Set Attributes", "filename=D/dir/in mode=S_IRUSR|S_IWUSR", texts{event.FilePath: "D/dir/in"}},
	{"fchownat", event.ClassFile, "Set Attributes", "uid=12 gid=-1 flags=AT_SYMLINK_NOFOLLOW", texts{event.FilePath: "D/dir/in"}},
	{"truncate", event.ClassFile, "Update", "path=D/file length=3", texts{event.FilePath: "D/file"}},
	{"utimensat", event.ClassFile, "Set Attributes", "path=D/file", texts{event.FilePath: "D/file"}},
	{"ptrace", event.ClassMemory, "Trace", "request=PTRACE_ATTACH pid=4194304", texts{event.SyscallStatus: "ESRCH", event.Status: "Failure"}},
	{"setns", event.ClassKernel, "Invoke", "nstype=CLONE_NEWNET", texts{event.SyscallStatus: "EINVAL"}},
	{"unshare", event.ClassKernel, "Invoke", "flags=CLONE_NEWUTS|CLONE_NEWIPC", nil},
	{"mount", event.ClassKernel, "Invoke", "dev=/dev/nothing dir=D/dir type=ext4 flags=MS_NOSUID|MS_BIND", nil},
	{"umount2", event.ClassKernel, "Invoke", "name=D/dir flags=MNT_DETACH", nil},
	{"pivot_root", event.ClassKernel, "Invoke", "new_root=D/dir put_old=D/empty", nil},
	{"init_module", event.ClassModule, "Load", "length=9 uargs=option=1", nil},
	{"finit_module", event.ClassModule, "Load", "uargs=option=2 flags=0", nil},
	{"delete_module", event.ClassModule, "Unload", "name=lynceus_none flags=O_RDONLY|O_NONBLOCK", nil},
	{"bpf", event.ClassKernel, "Invoke", "cmd=BPF_PROG_LOAD", nil},
	{"memfd_create", event.ClassMemory, "Allocate Page", "name=payload flags=MFD_CLOEXEC", nil},
	{"process_vm_writev", event.ClassMemory, "Write", "pid=4194304", nil},
	{"userfaultfd", event.ClassMemory, "Allocate Page", "flags=O_RDONLY|O_CLOEXEC", nil},
	{"io_uring_setup", event.ClassKernel, "Invoke", "entries=0", nil},
	{"keyctl", event.ClassKernel, "Invoke", "operation=KEYCTL_READ", nil},
	{"prctl", event.ClassProcess, "Configure", "option=PR_SET_DUMPABLE", nil},
	{"chroot", event.ClassProcess, "Change Root", "path=D/dir", nil},
	{"setuid", event.ClassProcess, "Set User ID", "uid=4242", nil},
	{"setresgid", event.ClassProcess, "Set User ID", "rgid=-1 egid=4243 sgid=-1", nil},
	{"capset", event.ClassProcess, "Set Capabilities", "data=CAP_KILL", nil},
	{"socket", event.ClassNetwork, "Socket", "domain=AF_PACKET type=SOCK_RAW|SOCK_CLOEXEC proto=0", nil},
	{"dup2", event.ClassFile, "Duplicate", "newfd=0", texts{event.FileType: "ipv4"}},
	{"connect", event.ClassNetwork, "Open", "addr=link.sock", texts{event.ConnectionInfoFamily: "unix", event.ConnectionInfoSocketPath: "D/real.sock"}},
	{"execve", event.ClassProcess, "Launch Failed", "filename=D/not-there", texts{event.SyscallStatus: "ENOENT"}},
	{"clone", event.ClassProcess, "Clone", "flags=CLONE_NEWUTS|0x11", nil},
	{"personality", event.ClassKernel, "Invoke", "persona=0xffffffff", nil},
	{"mprotect", event.ClassMemory, "Map View", "prot=PROT_READ|PROT_EXEC", nil},
}
