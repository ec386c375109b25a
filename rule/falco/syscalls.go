package falco

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// effect is what a type of event is among Lynceus' tables.
type effect struct {
	class event.Class
	// activity is what was done, where the activity alone says that it was one
	// of the calls of the same line; "" where only the name of the call does.
	activity string
}

// effects are the tables in which system calls show, with what they do.
// System calls that are not here are rows of table kernel, where a sensor was
// told to watch them. Names from the man pages of section 2.
var effects = effectTable([]struct {
	effect
	calls string
}{
	{effect{event.ClassProcess, "Launch"}, "execve execveat"},
	{effect{event.ClassProcess, "Terminate"}, "procexit"},
	{effect{event.ClassProcess, ""}, "clone clone3 fork vfork exit exit_group kill tkill tgkill setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setsid setpgid capset chroot prctl"},
	{effect{event.ClassFile, "Open"}, "open openat openat2"},
	{effect{event.ClassFile, "Delete"}, "unlink unlinkat"},
	{effect{event.ClassFile, "Rename"}, "rename renameat renameat2"},
	{effect{event.ClassFile, ""}, "creat open_by_handle_at close read readv pread preadv write writev pwrite pwritev access faccessat faccessat2 stat stat64 lstat lstat64 fstat fstat64 newfstatat " +
		"statx readlink readlinkat mkdir mkdirat rmdir link linkat symlink symlinkat chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat truncate ftruncate fallocate " +
		"setxattr lsetxattr fsetxattr removexattr utime utimes utimensat getdents getdents64 mknod mknodat sendfile copy_file_range splice flock fcntl dup dup2 dup3 chdir fchdir lseek llseek fsync"},
	{effect{event.ClassNetwork, "Open"}, "connect"},
	{effect{event.ClassNetwork, "Listen"}, "listen"},
	{effect{event.ClassNetwork, "Accept"}, "accept accept4"},
	{effect{event.ClassNetwork, ""}, "socket socketpair bind sendto sendmsg sendmmsg send recvfrom recvmsg recvmmsg recv shutdown getsockname getpeername getsockopt setsockopt"},
	{effect{event.ClassModule, "Load"}, "init_module finit_module"},
	{effect{event.ClassModule, "Unload"}, "delete_module"},
	{effect{event.ClassMemory, ""}, "ptrace process_vm_readv process_vm_writev memfd_create memfd_secret mmap mmap2 mprotect munmap mremap userfaultfd"},
})

func effectTable(lines []struct {
	effect
	calls string
}) map[string]effect {
	out := map[string]effect{}
	for _, l := range lines {
		for _, call := range strings.Fields(l.calls) {
			out[call] = l.effect
		}
	}
	for _, call := range strings.Fields(kernelCalls) {
		out[call] = effect{class: event.ClassKernel}
	}
	return out
}

// kernelCalls are the other system calls of Linux.
const kernelCalls = `
	_sysctl acct add_key adjtimex afs_syscall alarm arch_prctl bdflush bpf break brk cachestat capget clock_adjtime clock_getres clock_gettime
	clock_nanosleep clock_settime close_range create_module epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait
	epoll_pwait2 epoll_wait eventfd eventfd2 fadvise64 fanotify_init fanotify_mark fdatasync fgetxattr flistxattr fremovexattr fsconfig fsmount
	fsopen fspick fstatfs fstatfs64 futex futex_requeue futex_wait futex_waitv futex_wake futimesat get_kernel_syms get_mempolicy
	get_robust_list get_thread_area getcpu getcwd getegid geteuid getgid getgroups getitimer getpgid getpgrp getpid getpmsg getppid getpriority
	getrandom getresgid getresuid getrlimit getrusage getsid gettid gettimeofday getuid getxattr inotify_add_watch inotify_init
	inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit io_uring_enter io_uring_register
	io_uring_setup ioctl ioperm iopl ioprio_get ioprio_set kcmp kexec_file_load kexec_load keyctl landlock_add_rule landlock_create_ruleset
	landlock_restrict_self lgetxattr listmount listxattr llistxattr lookup_dcookie lremovexattr lsm_get_self_attr lsm_list_modules
	lsm_set_self_attr madvise map_shadow_stack mbind membarrier migrate_pages mincore mlock mlock2 mlockall modify_ldt mount mount_setattr
	move_mount move_pages mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink mseal msgctl msgget msgrcv msgsnd msync munlock
	munlockall name_to_handle_at nanosleep newselect nfsservctl nice open_tree pause perf_event_open personality pidfd_getfd pidfd_open
	pidfd_send_signal pipe pipe2 pivot_root pkey_alloc pkey_free pkey_mprotect poll ppoll prlimit prlimit64 process_madvise process_mrelease
	pselect6 putpmsg query_module quotactl quotactl_fd readahead readdir reboot remap_file_pages request_key restart_syscall rseq
	rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sched_get_priority_max
	sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity
	sched_setattr sched_setparam sched_setscheduler sched_yield seccomp security select semctl semget semop semtimedop set_mempolicy
	set_mempolicy_home_node set_robust_list set_thread_area set_tid_address setdomainname setgroups sethostname setitimer
	setns setpriority setrlimit settimeofday sgetmask shmat shmctl shmdt shmget sigaction sigaltstack signal signalfd signalfd4 sigpending
	sigprocmask sigreturn sigsuspend socketcall ssetmask statfs statfs64 statmount stime swapoff swapon sync sync_file_range syncfs sysfs
	sysinfo syslog tee time timer_create timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime
	timerfd_settime times ugetrlimit ulimit umask umount umount2 uname unshare uselib ustat vhangup vm86 vm86old vmsplice vserver wait4 waitid
	waitpid syscall
`

// otherTypes are types of events of Falco's that Lynceus does not have.
var otherTypes = set("container asyncevent pluginevent drop scapevent cpu_hotplug k8s mesos tracer notification infra switch page_fault signaldeliver user_added user_deleted group_added group_deleted")

// Calls returns the system calls that show in a table, sorted.
func Calls(class event.Class) []string {
	var out []string
	for call, e := range effects {
		if e.class == class {
			out = append(out, call)
		}
	}
	slices.Sort(out)
	return out
}
