//go:build linux

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/internal/sensortest"
)

const (
	// soakRestarts is how often the sensor is started and ended in make soak, every second time by force; restarts in other
	// runs. Each takes the kernel two seconds for looking at the programs, on a machine that does nothing else.
	soakRestarts, restarts = 20, 4
	// leaves is how long the kernel may take to take away what an ended sensor had: it waits until nobody can be using it.
	leaves = 2 * time.Minute
	// atOnce is how long a program may take to start after a sensor has ended: less than a guard that is not there any more
	// could hold it up for, at most.
	atOnce = 250 * time.Millisecond
)

// restartPolicy has a guard asked about each program of the container.
const restartPolicy = `
policies:
  - name: known-bad
    mode: enforce
    action: deny-exec
    pods: [{namespace: shop}]
    match: {paths: [/bad]}
  - name: no-miners
    mode: enforce
    action: kill-process
    pods: [{namespace: shop}]
    match: {names: [xmrig]}
`

// A sensor that ends leaves nothing, however it ends, with our own rules and with policies in force that have a guard: no
// program, map or link in the kernel, no mark of fanotify, no process, nothing pinned, no cgroup; and programs start at once.
func TestRestartsLeaveNothing(t *testing.T) { restart(t, restarts) }

func TestSoakRestarts(t *testing.T) {
	require.Soak(t)
	restart(t, soakRestarts)
}

func restart(t *testing.T, times int) {
	c := sensortest.NewContainer(t)
	sensor := build(t)
	root := sensortest.Overlay(t, map[string][]byte{"bad": sensortest.Writes(), "good": sensortest.Writes(), "wait": sensortest.Waits()})
	begin(t, c.CommandIn(root, "/wait"))
	policy := filepath.Join(t.TempDir(), "policies.yaml")
	if err := os.WriteFile(policy, []byte(restartPolicy), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{
		"--rules", filepath.Join(require.ModuleRoot(t), "rules/runtime"), "--policy", policy,
		"--runtime", sensortest.Runtime(t, map[string]container.Names{c.ID: {Container: "main", Namespace: "shop", Pod: "web-0", PodUID: c.PodUID}}),
	}
	own := ownNames(t)
	before, pins := inKernel(t, own), pinned(t)
	began := time.Now()
	for i := range times {
		signal := syscall.SIGTERM
		if i%2 == 1 {
			signal = syscall.SIGKILL
		}
		r := startRun(t, sensor, args)
		r.atWork(t, c, root)
		r.end(t, signal)
		if took := fastest(t, c.CommandIn, root); took > atOnce {
			t.Errorf("after %v a program takes %v to start", signal, took)
		}
		var left []string
		for began := time.Now(); time.Since(began) < leaves; time.Sleep(20 * time.Millisecond) {
			if left = leftovers(t, sensor, own, before, pins); len(left) == 0 {
				break
			}
		}
		if len(left) > 0 {
			t.Fatalf("after %v of run %d there are left: %s", signal, i+1, strings.Join(left, ", "))
		}
	}
	t.Logf("%d restarts in %v", times, time.Since(began).Round(time.Second))
}

// begin starts a command, which is ended with the test.
func begin(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

// build builds the sensor and returns its path.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lynceus-sensor")
	c := exec.Command("go", "build", "-o", path, ".")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// sensorRun is one run of the sensor.
type sensorRun struct {
	cmd  *exec.Cmd
	out  io.Reader
	said bytes.Buffer
}

// startRun starts a sensor and waits until it has told of what runs.
func startRun(t *testing.T, sensor string, args []string) *sensorRun {
	t.Helper()
	r := &sensorRun{cmd: exec.Command(sensor, args...)}
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	r.cmd.Stderr = &r.said
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.cmd.Process.Kill() })
	buffered := bufio.NewReader(out)
	if _, err := buffered.ReadBytes('\n'); err != nil {
		t.Fatalf("%v: %s", err, r.said.String())
	}
	r.out = buffered
	go io.Copy(io.Discard, buffered)
	return r
}

// atWork waits until the sensor has objects in the kernel and its guard denies a program.
func (r *sensorRun) atWork(t *testing.T, c sensortest.Container, root string) {
	t.Helper()
	pid := fmt.Sprint(r.cmd.Process.Pid)
	if objects, _ := descriptors(t, pid); len(objects) < 50 {
		t.Errorf("it has only %d objects in the kernel", len(objects))
	}
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		out, _ := c.CommandIn(root, "/bad").CombinedOutput()
		if strings.Contains(string(out), "Operation not permitted") {
			break
		}
		if time.Since(began) > leaves {
			t.Fatalf("the guard does not deny: %q", out)
		}
	}
	groups := 0
	for _, pid := range processesOf(t, r.cmd.Path) {
		_, n := descriptors(t, pid)
		groups += n
	}
	if groups == 0 {
		t.Error("nobody has a mark of fanotify")
	}
}

// end ends the sensor, and waits until its processes are gone.
func (r *sensorRun) end(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if err := r.cmd.Process.Signal(signal); err != nil {
		t.Error(err)
	}
	if err := r.cmd.Wait(); (err == nil) != (signal == syscall.SIGTERM) {
		t.Errorf("%v: %v; %s", signal, err, r.said.String())
	}
}

// fastest returns how long a program takes to start in a container, the fastest of a few: a machine may do much else.
func fastest(t *testing.T, command func(string, ...string) *exec.Cmd, root string) time.Duration {
	t.Helper()
	least := time.Hour
	for range 5 {
		began := time.Now()
		if out, err := command(root, "/good").CombinedOutput(); err != nil || string(out) != "x" {
			t.Fatalf("%v: %q", err, out)
		}
		least = min(least, time.Since(began))
	}
	return least
}
