package spawn

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// Again runs this program again in the same process with other arguments, without its name, as somebody else and with
// no privileges at all: no capability in any set, and none to be had from any program that it runs (no_new_privs). The
// files stay open under their numbers. It returns only when it fails, and may have given up privileges then: the program
// should end.
//
// Running it again is what makes it whole: privileges belong to threads, and those of the runtime and of C libraries are
// out of reach. All but the calling thread end when the new program begins.
func Again(id Identity, args []string, files ...*os.File) error {
	runtime.LockOSThread() // for good: the thread is another's then
	for _, f := range files {
		if _, err := unix.FcntlInt(f.Fd(), unix.F_SETFD, 0); err != nil {
			return fmt.Errorf("keep %s open: %w", f.Name(), err)
		}
	}
	if err := drop(id); err != nil {
		return fmt.Errorf("give up privileges: %w", err)
	}
	return fmt.Errorf("as user %v: %w; let that user execute it", id, again(args))
}

// Narrow gives up all capabilities but those of a set, bit n for capability n, for good: it takes the others out of the
// bounding set and runs this program again with the same arguments, which comes here once more. It returns when there is
// nothing to give up, or nothing that this process may.
func Narrow(keep uint64, args []string) error {
	has, err := permitted()
	if err != nil || has&^keep == 0 || has&(1<<unix.CAP_SETPCAP) == 0 {
		return err
	}
	runtime.LockOSThread()
	if err := DropBounding(keep); err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no_new_privs: %w", err)
	}
	return again(args)
}

// permitted returns the capabilities that the calling thread may have.
func permitted() (uint64, error) {
	var data [2]unix.CapUserData
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	if err := unix.Capget(&header, &data[0]); err != nil {
		return 0, fmt.Errorf("ask for the capabilities: %w", err)
	}
	return uint64(data[1].Permitted)<<32 | uint64(data[0].Permitted), nil
}

// again runs this program again, and returns only an error.
func again(args []string) error {
	const self = "/proc/self/exe"
	name, err := os.Readlink(self)
	if err != nil {
		return fmt.Errorf("which program this is: %w", err)
	}
	argv := append([]string{name}, args...)
	err = syscall.Exec(name, argv, os.Environ())
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
		// The way to it may be closed to that user, or the file replaced; it itself is there.
		err = syscall.Exec(self, argv, os.Environ())
	}
	return fmt.Errorf("run %s again: %w", name, err)
}

// drop makes the calling thread one of somebody else without privileges. The order matters: each step needs a
// capability that a later one takes away.
func drop(id Identity) error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no_new_privs: %w", err)
	}
	if err := DropBounding(0); err != nil {
		return err
	}
	if err := become(id); err != nil {
		return err
	}
	var none [2]unix.CapUserData
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	if err := unix.Capset(&header, &none[0]); err != nil {
		return fmt.Errorf("clear capabilities: %w", err)
	}
	return nil
}

// DropBounding takes all capabilities but those of a set, bit n for capability n, out of the calling thread's bounding
// set: no program that it runs can have them.
func DropBounding(keep uint64) error {
	for c := uintptr(0); c <= unix.CAP_LAST_CAP; c++ {
		if keep&(1<<c) != 0 {
			continue
		}
		// The kernel may know fewer than this program.
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil && err != unix.EINVAL {
			return fmt.Errorf("take capability %d out of the bounding set: %w", c, err)
		}
	}
	return nil
}

// become changes groups, group and user of the calling thread. Package syscall would change all threads, which is more
// than can be undone when it fails half-way.
func become(id Identity) error {
	if err := unix.Setgroups(id.Groups); err != nil { // of this thread alone, unlike the one of package syscall
		return fmt.Errorf("set groups: %w", err)
	}
	gid, uid := uintptr(id.GID), uintptr(id.UID)
	if _, _, errno := syscall.RawSyscall(unix.SYS_SETRESGID, gid, gid, gid); errno != 0 {
		return fmt.Errorf("set group %d: %w", id.GID, errno)
	}
	if _, _, errno := syscall.RawSyscall(unix.SYS_SETRESUID, uid, uid, uid); errno != 0 {
		return fmt.Errorf("set user %d: %w", id.UID, errno)
	}
	return nil
}
