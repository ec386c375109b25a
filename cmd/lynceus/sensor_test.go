//go:build linux && cgo

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/local"
	"github.com/lynceus-io/lynceus/collect/sensor/privilege"
	"github.com/lynceus-io/lynceus/internal/require"
)

// lynceus returns the command with some arguments.
func lynceus(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0], args...)
	c.Env = append(os.Environ(), asCommand+"=yes")
	return c
}

// upWithSensor starts a server with the node sensor, and returns it with its data directory and what ends both, at the
// latest with the test. It has flags besides its own, if any.
func upWithSensor(t *testing.T, flags ...string) (up *exec.Cmd, dir string, stop func()) {
	t.Helper()
	require.BPF(t)
	require.Need(t, "bpf", os.Geteuid() == 0, "root, which lynceus up starts a sensor as")
	base := t.TempDir()
	for _, dir := range []string{base, filepath.Dir(base)} { // which the test alone may enter
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	sensor, dir := filepath.Join(base, "lynceus-sensor"), filepath.Join(base, "data")
	build := exec.Command("go", "build", "-o", sensor, "../lynceus-sensor")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	up = lynceus(context.Background(), append([]string{"up", "--data", dir, "--listen", "127.0.0.1:0", "--sensor", sensor}, flags...)...)
	var said bytes.Buffer
	up.Stderr = &said
	if err := up.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		_ = up.Process.Signal(syscall.SIGTERM) // a second one would end it at once
		if err := up.Wait(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("it said:\n%s", said.String())
		}
	})
	t.Cleanup(stop)
	eventually(t, "it answers", func() error { _, _, err := local.Read(dir); return err })
	return up, dir, stop
}

// eventually waits until f succeeds: a machine may do much else.
func eventually(t *testing.T, what string, f func() error) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if err = f(); err == nil {
			return
		}
	}
	t.Fatalf("%s: %v", what, err)
}

// asked waits until a question has an answer.
func asked(t *testing.T, dir, kql, want string) {
	t.Helper()
	eventually(t, kql, func() error {
		out, err := lynceus(t.Context(), "query", "-q", "--data", dir, "-o", "csv", kql).CombinedOutput()
		if lines := strings.Split(strings.TrimSpace(string(out)), "\n"); err != nil || lines[len(lines)-1] != want {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	})
}

// run runs a program.
func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if err := exec.Command(name, args...).Run(); err != nil {
		t.Fatal(err)
	}
}

// A server that is started as root has no privilege left in any thread when it answers, and its sensor tells it what
// runs; a sensor that is killed is started again.
func TestUpGivesUpPrivileges(t *testing.T) {
	up, dir, stop := upWithSensor(t)
	note, _, err := local.Read(dir)
	if err != nil || note.PID != up.Process.Pid {
		t.Fatalf("%+v, %v; it was started as %d", note, err, up.Process.Pid)
	}
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", note.PID))
	if err != nil || len(tasks) == 0 {
		t.Fatal(tasks, err)
	}
	for _, name := range tasks {
		got, err := statusOf(name)
		if err != nil {
			continue // the thread has ended
		}
		none := "0000000000000000"
		for key, want := range map[string]string{
			"Uid": "65534\t65534\t65534\t65534", "Gid": "65534\t65534\t65534\t65534", "Groups": "", "NoNewPrivs": "1",
			"CapInh": none, "CapPrm": none, "CapEff": none, "CapBnd": none, "CapAmb": none,
		} {
			if got[key] != want {
				t.Errorf("%s: %s is %q, want %q", name, key, got[key], want)
			}
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "js")); err != nil || info.Sys().(*syscall.Stat_t).Uid != 65534 {
		t.Errorf("the data directory is not the user's: %v, %v", info, err)
	}
	asked(t, dir, "process | where activity == 'Running' | count | project n = Count > 0", "true") // the sensor is at work
	run(t, "/bin/echo", "found by its name")
	asked(t, dir, "process | where process.cmd_line == '/bin/echo found by its name' and activity == 'Launch' | project process.name", "echo")

	watched(t, dir)
	// What rules need is observed besides: the reading of a file that some ask for.
	run(t, "/bin/cat", "/etc/shadow")
	asked(t, dir, "file | where file.path == '/etc/shadow' and actor.process.cmd_line == '/bin/cat /etc/shadow' | count | project n = Count > 0", "true")
	asked(t, dir, "health | where coverage.seen > 0 | count | project n = Count > 0", "true")

	keeper := childOf(t, note.PID)
	for _, pid := range []int{keeper, childOf(t, keeper)} {
		status, err := statusOf(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"} {
			if set, err := strconv.ParseUint(status[name], 16, 64); err != nil || set&^privilege.Set() != 0 {
				t.Errorf("the sensor keeps %s %s, more than %x; %v", name, status[name], privilege.Set(), err)
			}
		}
		if status["NoNewPrivs"] != "1" {
			t.Error("programs that the sensor runs can have more privileges")
		}
	}
	if err := syscall.Kill(childOf(t, keeper), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	asked(t, dir, "health | where coverage.starts == 2 | project message", "the node sensor ended by itself and is started again: signal: killed")
	eventually(t, "what runs is told again", func() error {
		run(t, "/bin/echo", "again")
		out, err := lynceus(t.Context(), "query", "--data", dir, "-o", "csv", "process | where process.cmd_line == '/bin/echo again' | count | project n = Count > 0").Output()
		if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), "true") {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	})
	stop()
	eventually(t, "the keeper ends with the server", func() error {
		if status, err := statusOf(fmt.Sprintf("/proc/%d/status", keeper)); err == nil && !strings.HasPrefix(status["State"], "Z") {
			return fmt.Errorf("%d is there", keeper)
		}
		return nil
	})
}

// watched watches the tree of processes until it shows a child below its parent.
func watched(t *testing.T, dir string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	watch := lynceus(ctx, "watch", "--process", "--data", dir, "--where", "process.cmd_line contains 'tree-of-'")
	var shown lockedBuffer
	watch.Stdout = &shown
	if err := watch.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = watch.Wait() }()
	defer stop()
	eventually(t, "a child stands below its parent", func() error {
		run(t, "/bin/sh", "-c", "/bin/echo tree-of-child; :", "tree-of-parent")
		parent, child := -1, -1
		for line := range strings.Lines(shown.String()) {
			if !strings.Contains(line, " + ") {
				continue
			}
			if strings.Contains(line, "tree-of-parent") {
				parent = strings.IndexByte(line, '+')
			} else if at := strings.IndexByte(line, '+'); parent >= 0 && at > parent {
				child = at
			}
		}
		if child < 0 {
			return fmt.Errorf("it shows:\n%s", shown.String())
		}
		return nil
	})
}

// lockedBuffer is a buffer that several goroutines may use.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// statusOf reads a file of the form of /proc/PID/status.
func statusOf(name string) (map[string]string, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for line := range strings.Lines(string(b)) {
		key, value, _ := strings.Cut(line, ":")
		out[key] = strings.TrimSpace(value)
	}
	return out, nil
}

// childOf waits until a process has a child, and returns that.
func childOf(t *testing.T, pid int) (child int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d has a child", pid), func() error {
		files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
		if err != nil {
			return err
		}
		for _, name := range files {
			b, _ := os.ReadFile(name)
			for _, text := range strings.Fields(string(b)) {
				if child, err = strconv.Atoi(text); err == nil {
					return nil
				}
			}
		}
		return fmt.Errorf("none in %v", files)
	})
	return child
}
