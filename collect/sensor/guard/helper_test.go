//go:build linux

package guard

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/internal/sensortest"
)

// patience is how long a test waits for something, on a machine that has much else to do.
const patience = time.Minute

// slack is by how much an answer may be later than its bound on such a machine: much less than what writeSlow writes takes to
// be read.
const slack = 4 * time.Second

// helperWord as the first argument makes the test binary do something else.
const helperWord = "guard-test-helper"

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == helperWord {
		if err := helpers[os.Args[2]](os.Args[3:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(9)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

var helpers = map[string]func([]string) error{
	"guard":  helpGuard,
	"enter":  helpEnter,
	"sensor": helpSensor,
}

// helpGuard runs a guard.
func helpGuard([]string) error {
	conn, err := Conn()
	if err != nil {
		return err
	}
	return Run(context.Background(), conn, Options{Proc: "/proc", Now: time.Now})
}

// helpEnter moves into a cgroup and a root, and executes the others of its arguments there.
func helpEnter(args []string) error {
	if err := os.WriteFile(filepath.Join(args[0], "cgroup.procs"), []byte("0"), 0); err != nil {
		return err
	}
	if err := unix.Chroot(args[1]); err != nil {
		return err
	}
	if err := os.Chdir("/"); err != nil {
		return err
	}
	return syscall.Exec(args[2], args[2:], nil)
}

// order is what a test has a sensor do.
type order struct {
	Rules Rules
	Watch map[string]uint64
}

// helpSensor is a sensor in a process of its own, which can be stopped and killed: it has a guard, does what it is told on
// standard input, and writes what the guard has done.
func helpSensor([]string) error {
	c, err := Start(ClientOptions{Command: []string{"/proc/self/exe", helperWord, "guard"}, Now: time.Now})
	if err != nil {
		return err
	}
	go func() {
		for {
			text, _ := json.Marshal(map[string]any{"pid": c.Stats().PID, "counts": c.Stats().Counts})
			fmt.Println(string(text))
			time.Sleep(20 * time.Millisecond)
		}
	}()
	lines := json.NewDecoder(os.Stdin)
	for {
		var o order
		if err := lines.Decode(&o); errors.Is(err, io.EOF) {
			c.Close()
			return nil
		} else if err != nil {
			return err
		}
		c.SetRules(o.Rules)
		for id, policies := range o.Watch {
			c.Watch(id, policies)
		}
	}
}

// start starts a client until the test ends.
func start(t *testing.T) *Client {
	t.Helper()
	require.BPF(t)
	c, err := Start(ClientOptions{Command: []string{"/proc/self/exe", helperWord, "guard"}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// box is a container: a cgroup by the name that containerd gives one, an overlay of its own, and a process that waits.
type box struct {
	id, cgroup, root string
}

func newBox(t *testing.T) *box {
	t.Helper()
	c := sensortest.NewContainer(t)
	b := &box{id: c.ID, cgroup: c.Dir, root: sensortest.Overlay(t, map[string][]byte{"wait": sensortest.Waits(), "image": sensortest.Writes()})}
	cmd := b.command("/wait")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	eventually(t, "the container's process waits", func() bool {
		exe, _ := os.Readlink(fmt.Sprintf("/proc/%d/exe", cmd.Process.Pid))
		return strings.HasSuffix(exe, "/wait")
	})
	return b
}

// command returns a command that executes a program in the box.
func (b *box) command(args ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", append([]string{helperWord, "enter", b.cgroup, b.root}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS}
	return cmd
}

// What became of an execution.
const (
	ran    = "x"
	denied = "operation not permitted\n"
)

// run executes a program in the box, and returns what became of it and how long that took.
func (b *box) run(program string) (string, time.Duration) {
	var out bytes.Buffer
	cmd := b.command(program)
	cmd.Stdout, cmd.Stderr = &out, &out
	began := time.Now()
	if err := cmd.Run(); out.Len() == 0 {
		return fmt.Sprint(err), time.Since(began)
	}
	return out.String(), time.Since(began)
}

// path returns where a file of the box is for the test.
func (b *box) path(name string) string { return filepath.Join(b.root, name) }

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for began := time.Now(); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// sumOf returns the SHA-256 of a file.
func sumOf(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
