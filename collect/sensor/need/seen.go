package need

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/rule"
)

// seen are the system calls that show in some row, by a sensor's own hooks or when they are asked for. It is what package
// syscalls knows, whose tables are for Linux alone, and what shows anyway.
var seen = strings.Fields(`
	accept accept4 acct add_key bind bpf capset chmod chown chroot clock_settime clone clone3 connect creat delete_module dup dup2 dup3 execve execveat
	exit exit_group fanotify_init fchmod fchmodat fchmodat2 fchown fchownat finit_module fork fsetxattr fsopen ftruncate init_module io_uring_setup
	ioperm iopl kexec_file_load kexec_load keyctl kill lchown link linkat listen lsetxattr memfd_create memfd_secret mkdir mkdirat mknod mknodat mmap
	mount move_mount mprotect name_to_handle_at open open_by_handle_at open_tree openat openat2 perf_event_open personality pidfd_getfd pivot_root prctl
	process_madvise process_vm_readv process_vm_writev procexit ptrace quotactl reboot recv recvfrom recvmmsg recvmsg rename renameat renameat2
	request_key rmdir seccomp send sendmmsg sendmsg sendto setdomainname setfsgid setfsuid setgid sethostname setns setregid setresgid setresuid setreuid
	settimeofday setuid setxattr shutdown socket swapoff swapon symlink symlinkat syslog tgkill tkill truncate umount2 unlink unlinkat unshare
	userfaultfd utime utimensat utimes vfork
`)

// unseen returns those of calls that show in no row.
func unseen(calls []string) []string {
	return slices.DeleteFunc(slices.Clone(calls), func(call string) bool { return slices.Contains(seen, call) })
}

// Unseen names what rules ask for and no event covers: a problem for each rule and system call, in the rules' order.
func Unseen(rules []*rule.Rule) []*rule.Problem {
	var problems []*rule.Problem
	for _, r := range rules {
		if r.Expr == nil {
			continue
		}
		for _, call := range needed(r.Expr, unseen(callsNamed(r)), nil) {
			problems = append(problems, &rule.Problem{
				File: r.Source.File, Line: r.Source.Line, Col: 1, RuleID: r.ID, Title: r.Title, Feature: "system call " + call,
				Reason: "no event covers it, so the rule is judged without it",
			})
		}
	}
	return problems
}
