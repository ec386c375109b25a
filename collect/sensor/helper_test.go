//go:build linux

package sensor

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// helperWord as the first argument makes the test binary do one of helpers instead of testing.
const helperWord = "sensor-test-helper"

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == helperWord {
		runtime.LockOSThread() // the main goroutine stays the leader's
		if err := helpers[os.Args[2]](os.Args[3:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(9)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// ofKernel leaves out, with -short, tests of what the programs in the kernel tell. The race detector does not see those, and what reads
// their rows is the same in all tests, such as TestProcesses and TestConnections.
func ofKernel(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("about programs in the kernel")
	}
}

// helpers are what processes under test do.
var helpers = map[string]func(args []string) error{
	"wait":         helpWait,
	"exec":         func(args []string) error { return execve(args) },
	"from-thread":  helpExecFromThread,
	"spawn":        helpSpawn,
	"enter":        helpEnter,
	"guard":        helpGuard,
	"stopper":      helpStopper,
	"try":          helpTry,
	"enter-root":   helpEnterRoot,
	"memfd":        helpMemfd,
	"unlinked":     helpUnlinked,
	"deep":         helpDeep,
	"serve":        helpServe,
	"dial":         helpDial,
	"echo":         helpEcho,
	"accept-blind": helpAcceptBlind,
	"ping":         helpPing,
	"spray":        helpSpray,
	"sniff":        helpSniff,
	"reach":        helpReach,
	"keep":         helpKeep,
	"name-server":  helpNameServer,
	"resolve":      helpResolve,
	"talk":         helpTalk,
	"rename":       helpRename,
	"call":         helpCall,
	"open":         helpOpen,
	"ring":         helpRing,
	"die":          func([]string) error { return syscall.Kill(os.Getpid(), syscall.SIGKILL) },
}

// helper returns a command that does something in a process of its own.
func helper(what string, args ...string) *exec.Cmd {
	return exec.Command("/proc/self/exe", append([]string{helperWord, what}, args...)...)
}

// self returns the arguments by which a process becomes a helper.
func self(what string, args ...string) []string {
	return append([]string{"/proc/self/exe", helperWord, what}, args...)
}

func execve(args []string) error { return syscall.Exec(args[0], args, os.Environ()) }

// helpWait waits until its standard input is closed.
func helpWait([]string) error {
	_, err := os.Stdin.Read(make([]byte, 1))
	if err != nil && err.Error() != "EOF" {
		return err
	}
	return nil
}

// helpExecFromThread executes its arguments from a thread that is not the leader.
func helpExecFromThread(args []string) error {
	failed := make(chan error)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() {
			failed <- fmt.Errorf("this is the leader")
			return
		}
		failed <- execve(args)
	}()
	return <-failed
}

// helpSpawn starts its arguments as a child and waits for it.
func helpSpawn(args []string) error {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	return cmd.Run()
}

// helpEnter moves into a cgroup, the first argument, and executes the others there.
func helpEnter(args []string) error {
	if err := os.WriteFile(filepath.Join(args[0], "cgroup.procs"), []byte("0"), 0); err != nil {
		return err
	}
	return execve(args[1:])
}

// helpMemfd executes a copy of a file that stands in no directory, with the arguments given.
func helpMemfd(args []string) error {
	program, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	fd, err := unix.MemfdCreate("hidden", 0)
	if err != nil {
		return err
	}
	if _, err := unix.Write(fd, program); err != nil {
		return err
	}
	return execve(append([]string{fmt.Sprintf("/proc/self/fd/%d", fd)}, args[1:]...))
}

// helpUnlinked removes the file and executes it.
func helpUnlinked(args []string) error {
	fd, err := unix.Open(args[0], unix.O_RDONLY, 0)
	if err != nil {
		return err
	}
	if err := os.Remove(args[0]); err != nil {
		return err
	}
	return execve(append([]string{fmt.Sprintf("/proc/self/fd/%d", fd)}, args[1:]...))
}

// deepName is a directory's name; deepLevels of them are more than a path may have bytes.
var deepName = strings.Repeat("d", 200)

const deepLevels = 25

// helpDeep copies a program into a directory below the first argument that is deeper than a path may be long, and
// executes it there.
func helpDeep(args []string) error {
	program, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	if err := os.Chdir(args[0]); err != nil {
		return err
	}
	for range deepLevels {
		if err := os.Mkdir(deepName, 0o755); err != nil {
			return err
		}
		if err := os.Chdir(deepName); err != nil {
			return err
		}
	}
	if err := os.WriteFile("program", program, 0o755); err != nil {
		return err
	}
	// Somebody may hold a copy of the descriptor for a moment, between fork and exec.
	for range 100 {
		if err = syscall.Exec("./program", []string{"./program"}, nil); err != syscall.ETXTBSY {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return err
}
