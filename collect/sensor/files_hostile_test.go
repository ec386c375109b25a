//go:build linux

package sensor

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// TestHostileOpens opens watched files in ways that are meant not to be seen, with programs as they are on new kernels
// and on old ones.
func TestHostileOpens(t *testing.T) {
	ofKernel(t)
	t.Run("since 6.2", func(t *testing.T) { testHostileOpens(t, false) })
	t.Run("before 6.2", func(t *testing.T) { testHostileOpens(t, true) })
}

func testHostileOpens(t *testing.T, untyped bool) {
	dir := realTempDir(t)
	secret := filepath.Join(dir, "secret-of-test")
	if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	rec := start(t, Spec{untyped: untyped, Plan: plan.Plan{Files: plan.Files{
		Read: plan.Paths{Names: []string{"secret-of-test", "sensor.test"}, Contains: []string{"odd\xff"}, Directories: []string{deepName}}, Write: plan.Paths{Names: []string{"secret-of-test"}},
	}}})
	of := func(t *testing.T, cmdPID int, path string) *event.Event {
		t.Helper()
		return rec.await(t, 1, "open of "+path, func(e *event.Event) bool {
			pid, _ := event.ActorProcessPID.Get(e)
			return pid == int64(cmdPID) && strings.HasSuffix(event.FilePath.Get(e), path) && event.SyscallName.Has(e)
		})[0]
	}
	do := func(t *testing.T, how string, args ...string) int {
		t.Helper()
		cmd := helper("open", append([]string{how}, args...)...)
		out, err := cmd.CombinedOutput()
		require.Need(t, "bpf", err == nil, how+": "+string(out))
		return cmd.Process.Pid
	}
	t.Run("bind mount", func(t *testing.T) {
		pid := do(t, "bind", secret, dir)
		if e := of(t, pid, secret); !strings.HasSuffix(event.FileMountedPath.Get(e), "/innocent") {
			t.Errorf("mounted as %s", event.FileMountedPath.Get(e))
		}
	})
	t.Run("name that changes while it is opened", func(t *testing.T) {
		pid := do(t, "racing", secret)
		if e := of(t, pid, secret); event.FilePathClaimed.Get(e) {
			t.Error("the path is the caller's")
		}
	})
	t.Run("unlinked", func(t *testing.T) {
		pid := do(t, "unlinked", filepath.Join(dir, "u", "secret-of-test"))
		if e := rec.await(t, 1, "reopened", func(e *event.Event) bool {
			actor, _ := event.ActorProcessPID.Get(e)
			return actor == int64(pid) && event.FileUnlinked.Get(e)
		})[0]; !strings.HasSuffix(event.FilePath.Get(e), "/u/secret-of-test") {
			t.Errorf("path %s", event.FilePath.Get(e))
		}
	})
	t.Run("bytes that are no text", func(t *testing.T) {
		name := filepath.Join(dir, "odd\xff\x1b[2J")
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		of(t, do(t, "plain", name), "odd\xff\x1b[2J")
	})
	t.Run("deeper than a path is long", func(t *testing.T) {
		pid := do(t, "deep", t.TempDir())
		if e := of(t, pid, deepName+"/bottom"); !strings.HasPrefix(event.FilePath.Get(e), "...") {
			t.Errorf("path %.20s", event.FilePath.Get(e))
		}
	})
	t.Run("own program", func(t *testing.T) {
		of(t, do(t, "plain", "/proc/self/exe"), "/sensor.test")
	})
	t.Run("program of 32 bits", func(t *testing.T) { testCompat(t, rec, secret) })
}

// helpOpen opens a file in the way that its first argument says.
func helpOpen(args []string) error {
	switch args[0] {
	case "plain":
		return openOnce(args[1])
	case "bind":
		return openBind(args[1], args[2])
	case "racing":
		return openRacing(args[1])
	case "unlinked":
		return openUnlinked(args[1])
	case "deep":
		return openDeep(args[1])
	}
	return fmt.Errorf("no way %s", args[0])
}

func openOnce(name string) error {
	fd, err := unix.Open(name, unix.O_RDONLY, 0)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}

func openBind(secret, dir string) error {
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	at := filepath.Join(dir, "secret-of-test-dir", "innocent")
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(at, nil, 0o644); err != nil {
		return err
	}
	if err := unix.Mount(secret, at, "", unix.MS_BIND, ""); err != nil {
		return err
	}
	return openOnce(at)
}

// openRacing opens a file by a name that another thread keeps changing.
func openRacing(secret string) error {
	name := append([]byte(secret), 0)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				copy(name, "/dev/null\x00")
				copy(name, secret)
			}
		}
	}()
	defer func() { close(stop); <-done }()
	for range 1000 {
		fd, _, errno := unix.RawSyscall6(unix.SYS_OPENAT, ^uintptr(99), address(name), unix.O_RDONLY, 0, 0, 0)
		if errno == 0 {
			unix.Close(int(fd))
		}
	}
	return nil
}

func openUnlinked(name string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := os.Remove(name); err != nil {
		return err
	}
	return openOnce(fmt.Sprintf("/proc/self/fd/%d", f.Fd()))
}

func openDeep(dir string) error {
	if err := os.Chdir(dir); err != nil {
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
	if err := os.WriteFile("bottom", nil, 0o644); err != nil {
		return err
	}
	return openOnce("bottom")
}

// testCompat has a program of 32 bits open a file, whose numbers of system calls are others.
func testCompat(t *testing.T, rec *recorder, secret string) {
	program := filepath.Join(t.TempDir(), "small")
	if err := os.WriteFile(program, smallProgram(secret), 0o755); err != nil {
		t.Fatal(err)
	}
	time.Sleep(10 * time.Millisecond) // until no copy of the descriptor is left
	cmd := exec.Command(program)
	err := cmd.Run()
	require.Need(t, "bpf", err == nil, fmt.Sprintf("programs of 32 bits: %v", err))
	e := rec.await(t, 1, "open by a program of 32 bits", func(e *event.Event) bool {
		return event.SyscallInterface.Get(e) == "compat" && event.FilePath.Get(e) == secret
	})[0]
	checkText(t, e, map[event.StringField]string{event.SyscallName: "open", event.ActorProcessName: "small"})
}

// smallProgram is an ELF file for i386 that opens a file and ends.
func smallProgram(name string) []byte {
	const base, head = 0x10000, 84
	code := []byte{
		0xb8, 5, 0, 0, 0, // mov eax, 5 (open)
		0xbb, 0, 0, 0, 0, // mov ebx, the name
		0x31, 0xc9, // xor ecx, ecx
		0x31, 0xd2, // xor edx, edx
		0xcd, 0x80, // int 0x80
		0xb8, 1, 0, 0, 0, // mov eax, 1 (exit)
		0x31, 0xdb, // xor ebx, ebx
		0xcd, 0x80, // int 0x80
	}
	le := binary.LittleEndian
	le.PutUint32(code[6:], uint32(base+head+len(code)))
	b := append([]byte("\x7fELF\x01\x01\x01"), make([]byte, head-7)...)
	le.PutUint16(b[16:], 2)         // executable
	le.PutUint16(b[18:], 3)         // i386
	le.PutUint32(b[20:], 1)         // version
	le.PutUint32(b[24:], base+head) // where it begins
	le.PutUint32(b[28:], 52)        // where the one segment is described
	le.PutUint16(b[40:], 52)
	le.PutUint16(b[42:], 32)
	le.PutUint16(b[44:], 1)
	b = append(append(append(b, code...), name...), 0)
	le.PutUint32(b[52:], 1) // to be loaded
	le.PutUint32(b[60:], base)
	le.PutUint32(b[64:], base)
	le.PutUint32(b[68:], uint32(len(b)))
	le.PutUint32(b[72:], uint32(len(b)))
	le.PutUint32(b[76:], 5) // readable, executable
	le.PutUint32(b[80:], 0x1000)
	return b
}
