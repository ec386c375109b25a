//go:build linux

package sensor

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/syscalls"
)

// helpCall makes one system call, in a directory of its own. What comes of it is for the test to see.
func helpCall(args []string) error {
	if err := os.Chdir(args[1]); err != nil {
		return err
	}
	call, ok := callsMade[args[0]]
	if !ok {
		return fmt.Errorf("no call %s", args[0])
	}
	call()
	return nil
}

// text returns the address of a text that ends with a NUL.
func text(s string) uintptr { return address(append([]byte(s), 0)) }

func address(b []byte) uintptr { return uintptr(unsafe.Pointer(&b[0])) }

// raw makes a call that not every machine has.
func raw(name string, a, b, c uintptr) {
	if n, ok := syscalls.Number(name); ok {
		syscall.RawSyscall(uintptr(n), a, b, c)
	}
}

// callsMade are the calls that a helper can make, by name.
var callsMade = map[string]func(){
	"openat2": func() {
		unix.Openat2(unix.AT_FDCWD, "new", &unix.OpenHow{Flags: unix.O_CREAT | unix.O_WRONLY, Mode: 0o600})
	},
	"creat":             func() { raw("creat", text("new"), 0o640, 0) },
	"rename":            func() { raw("rename", text("file"), text("dir/renamed"), 0) },
	"renameat2":         func() { unix.Renameat2(unix.AT_FDCWD, "file", openDir("dir"), "renamed", unix.RENAME_NOREPLACE) },
	"unlink":            func() { raw("unlink", text("./dir/../file"), 0, 0) },
	"unlinkat":          func() { unix.Unlinkat(openDir("dir"), "in", 0) },
	"rmdir":             func() { raw("rmdir", text("empty"), 0, 0) },
	"mkdirat":           func() { unix.Mkdirat(openDir("dir"), "made", 0o1777) },
	"linkat":            func() { unix.Linkat(unix.AT_FDCWD, "file", openDir("dir"), "hard", 0) },
	"symlinkat":         func() { unix.Symlinkat("/etc/shadow", openDir("dir"), "soft") },
	"chmod":             func() { raw("chmod", text("file"), 0o4755, 0) },
	"fchmod":            func() { unix.Fchmod(openDir("dir"), 0o2770) },
	"fchmodat":          func() { unix.Fchmodat(openDir("dir"), "in", 0o600, 0) },
	"fchownat":          func() { unix.Fchownat(openDir("dir"), "in", 12, -1, unix.AT_SYMLINK_NOFOLLOW) },
	"truncate":          func() { unix.Truncate("file", 3) },
	"utimensat":         func() { unix.UtimesNanoAt(unix.AT_FDCWD, "file", []unix.Timespec{{Sec: 1}, {Sec: 1}}, 0) },
	"ptrace":            func() { unix.PtraceAttach(1 << 22) },
	"setns":             func() { unix.Setns(openDir("dir"), unix.CLONE_NEWNET) },
	"unshare":           func() { unix.Unshare(unix.CLONE_NEWUTS | unix.CLONE_NEWIPC) },
	"mount":             func() { unix.Mount("/dev/nothing", "dir", "ext4", unix.MS_BIND|unix.MS_NOSUID, "") },
	"umount2":           func() { unix.Unmount("dir", unix.MNT_DETACH) },
	"pivot_root":        func() { unix.PivotRoot("dir", "empty") },
	"init_module":       func() { unix.InitModule([]byte("no module"), "option=1") },
	"finit_module":      func() { unix.FinitModule(openDir("file"), "option=2", 0) },
	"delete_module":     func() { unix.DeleteModule("lynceus_none", unix.O_NONBLOCK) },
	"bpf":               func() { syscall.RawSyscall(unix.SYS_BPF, 5, 0, 0) },
	"memfd_create":      func() { unix.MemfdCreate("payload", unix.MFD_CLOEXEC) },
	"process_vm_writev": func() { unix.ProcessVMWritev(1<<22, nil, nil, 0) },
	"userfaultfd":       func() { syscall.RawSyscall(unix.SYS_USERFAULTFD, unix.O_CLOEXEC, 0, 0) },
	"io_uring_setup":    func() { syscall.RawSyscall(unix.SYS_IO_URING_SETUP, 0, 0, 0) },
	"keyctl":            func() { unix.KeyctlInt(unix.KEYCTL_READ, 1<<30, 0, 0, 0) },
	"prctl":             func() { unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) },
	"chroot":            func() { unix.Chroot("dir") },
	"setuid":            func() { syscall.RawSyscall(unix.SYS_SETUID, 4242, 0, 0) },
	"setresgid":         func() { syscall.RawSyscall(unix.SYS_SETRESGID, ^uintptr(0), 4243, ^uintptr(0)) },
	"capset": func() {
		unix.Capset(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &[]unix.CapUserData{{Effective: 1 << unix.CAP_KILL, Permitted: 1 << unix.CAP_KILL}, {}}[0])
	},
	"socket": func() { unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0) },
	"dup2": func() {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			return
		}
		f, err := l.(*net.TCPListener).File()
		if err != nil {
			return
		}
		raw("dup2", f.Fd(), 0, 0)
	},
	"connect": func() {
		l, err := net.Listen("unix", "real.sock")
		if err != nil {
			return
		}
		defer l.Close()
		os.Symlink("real.sock", "link.sock")
		fd, _ := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		unix.Connect(fd, &unix.SockaddrUnix{Name: "link.sock"})
	},
	"execve": func() { syscall.Exec("./not-there", []string{"x"}, nil) },
	"clone": func() {
		syscall.RawSyscall6(unix.SYS_CLONE, unix.CLONE_NEWUSER|unix.CLONE_THREAD, 0, 0, 0, 0, 0) // refused
		pid, _, _ := syscall.RawSyscall6(unix.SYS_CLONE, unix.CLONE_NEWUTS|uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
		if pid == 0 {
			syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
		}
	},
	"personality": func() { syscall.RawSyscall(unix.SYS_PERSONALITY, 0xffffffff, 0, 0) },
	"mprotect": func() {
		b, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
		if err == nil {
			unix.Mprotect(b, unix.PROT_READ|unix.PROT_EXEC)
		}
	},
}

func openDir(name string) int {
	fd, err := unix.Open(name, unix.O_RDONLY, 0)
	if err != nil {
		return -1
	}
	return fd
}

// ground makes what the calls work on.
func ground(dir string) error {
	for _, name := range []string{"dir", "empty"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			return err
		}
	}
	for _, name := range []string{"file", "dir/in"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("content"), 0o644); err != nil {
			return err
		}
	}
	return nil
}
