//go:build linux

package sensor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/collect/sensor/guard"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/sensortest"
)

// helpGuard runs a guard.
func helpGuard([]string) error {
	conn, err := guard.Conn()
	if err != nil {
		return err
	}
	return guard.Run(context.Background(), conn, guard.Options{Proc: "/proc", Now: time.Now})
}

// helpEnterRoot moves into a cgroup and a root, the first arguments, and executes the others there.
func helpEnterRoot(args []string) error {
	if err := os.WriteFile(filepath.Join(args[0], "cgroup.procs"), []byte("0"), 0); err != nil {
		return err
	}
	if err := unix.Chroot(args[1]); err != nil {
		return err
	}
	if err := os.Chdir("/"); err != nil {
		return err
	}
	return execve(args[2:])
}

// overlay mounts an overlay, as the root of a container is one, and returns where. Its image has two programs.
func overlay(t *testing.T) string {
	t.Helper()
	return sensortest.Overlay(t, map[string][]byte{"image": sensortest.Writes(), "touched": sensortest.Writes()})
}

// in returns a command that executes a program in the container and its root.
func (c fakeContainer) in(root string, args ...string) *exec.Cmd {
	cmd := helper("enter-root", append([]string{c.dir, root}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	return cmd
}

// TestDeniedBinaryDoesNotStart goes the whole way: from a policy to the kernel's question and to the row.
func TestDeniedBinaryDoesNotStart(t *testing.T) {
	c := newContainer(t)
	root := overlay(t)
	sensortest.Program(t, filepath.Join(root, "bad"), sensortest.Writes())
	content, err := os.ReadFile(filepath.Join(root, "bad"))
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256(content)
	sum := hex.EncodeToString(hash[:])
	text := `{policies: [{name: known-bad, mode: %s, action: deny-exec, pods: [{namespace: "*"}], match: {sha256: [` + sum + `]}}], bound: 2s}`
	s, rec := startSensor(t, Spec{
		Policies: policies(t, fmt.Sprintf(text, "observe")), Guard: self("guard"),
		Runtime: pods{map[string]container.Names{c.id: c.names("shop", "web-1")}},
	})
	sensortest.Program(t, filepath.Join(root, "wait"), sensortest.Waits())
	waiting := c.in(root, "/wait")
	if err := waiting.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		waiting.Process.Kill()
		waiting.Wait()
	})
	watched := func(n int) {
		t.Helper()
		for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
			stats, ok := s.enforcer.GuardStats()
			if ok && stats.Counts.Watched == n && stats.LastErr == nil {
				return
			}
			if time.Since(began) > patience {
				t.Fatalf("%d containers are not watched: %+v, %v", n, stats, ok)
			}
		}
	}
	watched(1)
	if out, signal := ran(t, c.in(root, "/bad")); out != "x" {
		t.Errorf("observed: wrote %q, signal %v", out, signal)
	}
	e := rec.await(t, 1, "observed", c.decided)[0]
	checkText(t, e, map[event.StringField]string{
		event.PolicyName: "known-bad", event.PolicyAction: "deny-exec", event.Disposition: dispositionDetected, event.PolicyObjectSHA256: sum,
	})
	if err := s.SetPolicies(policies(t, fmt.Sprintf(text, "enforce"))); err != nil {
		t.Fatal(err)
	}
	if out, _ := ran(t, c.in(root, "/bad")); !strings.Contains(out, "operation not permitted") {
		t.Errorf("enforced: wrote %q", out)
	}
	e = rec.await(t, 2, "denied", c.decided)[1]
	checkText(t, e, map[event.StringField]string{
		event.PolicyName: "known-bad", event.PolicyMode: "enforce", event.PolicyVerdict: verdictDenied, event.Disposition: dispositionBlocked,
		event.PolicyObjectSHA256: sum, event.ContainerUID: c.id, event.K8sPod: "web-1",
	})
	if path := event.PolicyObject.Get(e); !strings.HasSuffix(path, "/bad") {
		t.Errorf("denied %q", path)
	}
	if !strings.Contains(event.ProcessCmdLine.Get(e), "enter-root") {
		t.Errorf("tried by %q", event.ProcessCmdLine.Get(e))
	}
	pid := guardOf(t, s)
	if err := s.SetPolicies(policies(t, "policies: []")); err != nil {
		t.Fatal(err)
	}
	if out, signal := ran(t, c.in(root, "/bad")); out != "x" {
		t.Errorf("without policies: wrote %q, signal %v", out, signal)
	}
	if _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); err == nil || s.enforcer.Guarding() {
		t.Error("there still is a guard")
	}
}

func guardOf(t *testing.T, s *Sensor) int {
	t.Helper()
	stats, ok := s.enforcer.GuardStats()
	if !ok || stats.PID == 0 {
		t.Fatalf("no guard: %+v", stats)
	}
	return stats.PID
}
