//go:build linux

package main

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

func itoa(n int) string { return strconv.Itoa(n) }

// What is refused counts: rules are about the attempt.
var callActions = map[string]func() error{
	"ChangeNamespacePrivilegesViaUnshare": func() error { return attempt(unix.Unshare(unix.CLONE_NEWUTS)) },
	"ChangeThreadNamespace":               func() error { return attempt(unix.Setns(0, 0)) },
	"PtraceAntiDebugAttempt": func() error {
		runtime.LockOSThread()
		_, _, errno := unix.RawSyscall(unix.SYS_PTRACE, unix.PTRACE_TRACEME, 0, 0)
		return attempt(errno)
	},
	"PtraceAttachedToProcess": func() error {
		runtime.LockOSThread()
		child := exec.Command("/bin/sleep", "5")
		if err := child.Start(); err != nil {
			return err
		}
		err := attempt(unix.PtraceAttach(child.Process.Pid))
		_ = child.Process.Kill()
		_ = child.Wait()
		return err
	},
	"NonSudoSetuid": func() error { return asUser(daemonUID, "actor-setuid", "setuid") },
	"setuid":        func() error { return attempt(rawCall(unix.SYS_SETUID, 0)) },
	"UnprivilegedDelegationOfPageFaultsHandlingToAUserspaceProcess": func() error {
		return asUser(daemonUID, "actor-faults", "userfaultfd")
	},
	"userfaultfd": func() error { return attempt(rawCall(unix.SYS_USERFAULTFD, 1)) }, // 1 is UFFD_USER_MODE_ONLY
}

// daemonUID is a system user of the image.
const daemonUID = 1

func rawCall(number, argument uintptr) error {
	if _, _, errno := unix.RawSyscall(number, argument, 0, 0); errno != 0 {
		return errno
	}
	return nil
}

// attempt forgives what a kernel refuses.
func attempt(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) && (errno == 0 || errno == unix.EPERM || errno == unix.EINVAL || errno == unix.EBADF || errno == unix.EACCES) {
		return nil
	}
	return err
}

// asUser does a part of an action in a process of another user.
func asUser(uid uint32, name, part string) error {
	cmd := command(name)
	cmd.Env = append(os.Environ(), doVariable+"="+part)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	return cmd.Run()
}
