//go:build linux

package enforce

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/internal/require"
)

const (
	testID  = "3fa93fa93fa93fa93fa93fa93fa93fa93fa93fa93fa93fa93fa93fa93fa93fa9"
	testPod = "pod0d2cbc13-9e31-4f4b-8ad5-3f3b2ce1a7d0"
)

func TestUnifiedPath(t *testing.T) {
	tests := []struct{ text, want string }{
		{"0::/kubepods/" + testPod + "/" + testID + "\n", "/kubepods/" + testPod + "/" + testID},
		{"0::/kubepods/" + testPod + "/" + testID + "/init.scope\n", "/kubepods/" + testPod + "/" + testID},
		{"4:pids:/kubepods/" + testPod + "/" + testID + "\n0::/\n", ""},
		{"0::/kubepods/" + testPod + "\n", ""},
		{"0::/" + testID + "\n", ""},
		{"0::/kubepods/" + testPod + "/" + strings.Repeat("0b1c", 16) + "\n", ""},
		{"0::/../../" + testPod + "/" + testID + "\n", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := unifiedPath(tt.text, testID); got != tt.want {
			t.Errorf("%q: %q", tt.text, got)
		}
	}
}

// inCgroup starts a process in a new cgroup of a hierarchy, which has the names that containerd gives one. The answer
// says whether it lives.
func inCgroup(t *testing.T, root, id string) (lives func() bool) {
	t.Helper()
	top := filepath.Join(root, fmt.Sprintf("lynceus-kill-%d", os.Getpid()))
	dir := filepath.Join(top, testPod, id)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		require.Need(t, "bpf", false, "a cgroup cannot be made: "+err.Error())
	}
	cmd := exec.Command("/bin/sh", "-c", `echo 0 >"$0/cgroup.procs" && exec sleep 1000`, dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		cmd.Wait()
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-ended
		for _, d := range []string{dir, filepath.Dir(dir), top} {
			for range 400 {
				if err := os.Remove(d); err == nil || os.IsNotExist(err) {
					break
				}
				time.Sleep(5 * time.Millisecond)
			}
		}
	})
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		if of, _ := containerOf("/proc", cmd.Process.Pid); of == id {
			break
		}
		if time.Since(began) > 10*time.Second {
			t.Fatal("it is not in its cgroup")
		}
	}
	return func() bool {
		select {
		case <-ended:
			return false
		case <-time.After(200 * time.Millisecond):
			return true
		}
	}
}

func TestKillUnified(t *testing.T) {
	root := "/sys/fs/cgroup/unified"
	if _, err := os.Stat("/sys/fs/cgroup/cgroup.procs"); err == nil {
		root = "/sys/fs/cgroup"
	}
	lives := inCgroup(t, root, testID)
	killUnified("/proc", root, strings.Repeat("0b1c", 16))
	if !lives() {
		t.Fatal("it was killed for another container")
	}
	killUnified("/proc", root, testID)
	if lives() {
		t.Error("it lives")
	}
}

func TestKillAll(t *testing.T) {
	root := "/sys/fs/cgroup/pids"
	if _, err := os.Stat(root); err != nil {
		root = "/sys/fs/cgroup"
	}
	lives := inCgroup(t, root, testID)
	killed := map[process]bool{}
	if n, err := killAll("/proc", strings.Repeat("0b1c", 16), killed); n != 0 || err != nil || !lives() {
		t.Fatalf("%d of another container, %v", n, err)
	}
	if n, err := killAll("/proc", testID, killed); n != 1 || err != nil || len(killed) != 1 || lives() {
		t.Errorf("%d found, %d killed, %v", n, len(killed), err)
	}
	if n, err := killAll("/proc", testID, killed); n != 0 || err != nil || len(killed) != 1 {
		t.Errorf("again: %d found, %d killed, %v", n, len(killed), err)
	}
}

// TestKillOneLooksAgain holds that a process which is not in the container is not killed, whatever its number was.
func TestKillOneLooksAgain(t *testing.T) {
	cmd := exec.Command("/bin/sleep", "1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
	}()
	if p, err := killOne("/proc", cmd.Process.Pid, testID, 0); p.pid != 0 || err != nil {
		t.Errorf("%+v, %v", p, err)
	}
	if err := cmd.Process.Signal(syscall.Signal(0)); err != nil {
		t.Error(err)
	}
}

func TestGoneContainersAreForgotten(t *testing.T) {
	e := &Enforcer{containers: map[string]*target{"a": {id: "a"}, "b": {id: "b"}}, cgroups: map[uint64]string{}}
	e.forgetGone(map[string]bool{"a": true})
	if e.containers["a"].empty || !e.containers["b"].empty {
		t.Errorf("%+v, %+v", e.containers["a"], e.containers["b"])
	}
	e.forgetGone(map[string]bool{"a": true, "b": true})
	if e.containers["b"].empty {
		t.Error("it has a process again, and is called empty")
	}
}
