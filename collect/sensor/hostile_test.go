//go:build linux

package sensor

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/internal/sensortest"
)

// hostileName is what a process calls itself to pass for a thread of the kernel and to steer the terminal of who looks.
const hostileName = "\x1b[2Jkworker\xff"

// helpRename changes the process's name and starts the others as a child.
func helpRename(args []string) error {
	// The main goroutine is the leader's, see TestMain.
	if err := os.WriteFile("/proc/self/comm", []byte(hostileName), 0); err != nil {
		return err
	}
	return helpSpawn(args)
}

// TestHostileProcesses has processes do what is meant to break or to blind a sensor. Each is ordinary input.
func TestHostileProcesses(t *testing.T) {
	ofKernel(t)
	rec := start(t, Spec{RingBytes: 16 << 20})
	t.Run("a name of its own", func(t *testing.T) {
		run(t, helper("rename", "/bin/sh", "-c", ":", "child-of-a-liar"))
		e := rec.one(t, activityLaunch, "child-of-a-liar")
		if path := event.ProcessParentProcessFilePath.Get(e); !strings.HasSuffix(path, "sensor.test") {
			t.Errorf("its parent is %q", path)
		}
	})
	t.Run("fork bomb", func(t *testing.T) { testForkBomb(t, rec) })
	t.Run("storm of containers", func(t *testing.T) { testContainerStorm(t, rec) })
}

// uniqueCgroup makes a cgroup of a controller for a test; everything in it is killed with the test.
func uniqueCgroup(t *testing.T, controller string) string {
	t.Helper()
	dir := filepath.Join("/sys/fs/cgroup", controller)
	if _, err := os.Stat(dir); err != nil {
		dir = "/sys/fs/cgroup"
	}
	dir = filepath.Join(dir, fmt.Sprintf("lynceus-hostile-%d", os.Getpid()))
	if err := os.Mkdir(dir, 0o755); err != nil {
		require.Need(t, "bpf", false, "a cgroup cannot be made: "+err.Error())
	}
	t.Cleanup(func() { emptyCgroup(t, dir) })
	return dir
}

// emptyCgroup kills what is in a cgroup and removes it.
func emptyCgroup(t *testing.T, dir string) {
	t.Helper()
	_ = os.WriteFile(filepath.Join(dir, "pids.max"), []byte("0"), 0)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		b, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
		if err != nil {
			break
		}
		for _, text := range strings.Fields(string(b)) {
			if pid, err := strconv.Atoi(text); err == nil && pid > 0 {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
		if len(b) == 0 && os.Remove(dir) == nil {
			return
		}
	}
	t.Errorf("%s cannot be emptied", dir)
}

// testForkBomb lets processes that only multiply fill a cgroup, and sees a quiet one start beside them.
func testForkBomb(t *testing.T, rec *recorder) {
	dir := uniqueCgroup(t, "pids")
	if err := os.WriteFile(filepath.Join(dir, "pids.max"), []byte("64"), 0); err != nil {
		require.Need(t, "bpf", false, "the processes of a cgroup cannot be bounded: "+err.Error())
	}
	bomb := exec.Command("/bin/sh", "-c", "echo 0 > "+dir+"/cgroup.procs; bomb() { bomb | bomb & }; bomb; sleep 5", "bomb")
	bomb.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := bomb.Start(); err != nil {
		t.Fatal(err)
	}
	go bomb.Wait()
	time.Sleep(time.Second)
	run(t, exec.Command("/bin/sh", "-c", ":", "beside-the-bomb"))
	rec.one(t, activityLaunch, "beside-the-bomb")
	rec.one(t, activityTerminate, "beside-the-bomb")
}

// stormContainers is how many containers the storm starts, stormAtOnce how many of them at a time.
const (
	stormContainers = 1000
	stormAtOnce     = 16
)

// testContainerStorm starts a thousand short containers, each a cgroup of its own as a runtime makes it, that live for a
// moment: each row has the right one.
func testContainerStorm(t *testing.T, rec *recorder) {
	root := sensortest.CgroupRoot(t)
	top := filepath.Join(root, fmt.Sprintf("lynceus-storm-%d", os.Getpid()))
	if err := os.Mkdir(top, 0o755); err != nil {
		require.Need(t, "bpf", false, "a cgroup cannot be made: "+err.Error())
	}
	t.Cleanup(func() { os.Remove(top) })
	pod := filepath.Join(top, "podaaaaaaaa-0000-0000-0000-000000000001")
	if err := os.Mkdir(pod, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(pod) })
	// A cpuset of version 1 takes no process before it has processors and memory.
	inherit := filepath.Join(root, "cgroup.clone_children")
	if _, err := os.Stat(inherit); err == nil {
		for _, dir := range []string{top, pod} {
			for _, name := range []string{"cpuset.cpus", "cpuset.mems"} {
				if b, err := os.ReadFile(filepath.Join(filepath.Dir(dir), name)); err == nil {
					_ = os.WriteFile(filepath.Join(dir, name), b, 0)
				}
			}
		}
	}
	numbers := make(chan int)
	var wg sync.WaitGroup
	for range stormAtOnce {
		wg.Go(func() {
			for n := range numbers {
				if err := oneContainer(pod, n); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n := range stormContainers {
		numbers <- n
	}
	close(numbers)
	wg.Wait()
	rows := rec.await(t, 2*stormContainers, "rows of the storm", func(e *event.Event) bool {
		return strings.HasPrefix(event.ProcessCmdLine.Get(e), "/bin/true in-the-storm-")
	})
	for _, e := range rows {
		line := event.ProcessCmdLine.Get(e)
		n, err := strconv.Atoi(line[strings.LastIndexByte(line, '-')+1:])
		if err != nil {
			t.Fatal(err)
		}
		if got := event.ContainerUID.Get(e); got != stormID(n) {
			t.Errorf("%s is in container %q, want %q", line, got, stormID(n))
		}
	}
}

// stormID is the id of a container of the storm.
func stormID(n int) string { return fmt.Sprintf("%064x", n+1) }

// oneContainer makes a container, runs a program in it and removes it.
func oneContainer(pod string, n int) error {
	dir := filepath.Join(pod, stormID(n))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"cpuset.cpus", "cpuset.mems"} {
		if b, err := os.ReadFile(filepath.Join(pod, name)); err == nil {
			_ = os.WriteFile(filepath.Join(dir, name), b, 0)
		}
	}
	script := fmt.Sprintf("echo 0 > %s/cgroup.procs && exec /bin/true in-the-storm-%d", dir, n)
	if out, err := exec.Command("/bin/sh", "-c", script).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	var err error
	for range 100 { // the kernel may take a moment to see that it is empty
		if err = os.Remove(dir); err == nil {
			return nil
		}
		time.Sleep(5 * time.Millisecond)
	}
	return err
}

// A step of the node's clock moves the times of what follows, and nothing else: who a process is stays.
func TestClockStep(t *testing.T) {
	now := time.Unix(2000, 0)
	c := clock{now: func() time.Time { return now }}
	if err := c.set(); err != nil {
		t.Fatal(err)
	}
	boot, err := sinceBoot()
	if err != nil {
		t.Fatal(err)
	}
	before := c.at(boot)
	for _, step := range []time.Duration{72 * time.Hour, -100 * time.Hour, 0} {
		now = time.Unix(2000, 0).Add(step)
		if err := c.set(); err != nil {
			t.Fatal(err)
		}
		if got := time.Duration(c.at(boot) - before); got-step > time.Second || step-got > time.Second {
			t.Errorf("after a step of %v, times moved by %v", step, got)
		}
	}
}

// A sensor that is loaded and closed again and again leaves nothing: no program, map or link that it made is in the
// kernel afterwards, and no descriptor in the process.
func TestReloadsLeaveNothing(t *testing.T) {
	require.BPF(t)
	var before []string
	for i := range 3 {
		s, err := Load(Spec{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
		err = s.Run(ctx, discard{})
		stop()
		made := idsOf(t)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil || len(made) < 5 {
			t.Fatalf("run %d: %v; %d objects", i, err, len(made))
		}
		for _, o := range made {
			o.awaitGone(t)
		}
		if i == 0 {
			before = openFiles(t) // what is opened once for good: the kernel's types, the poller
		}
	}
	// What nobody holds any more is closed when it is collected, soon after and not at once.
	var after []string
	for began := time.Now(); time.Since(began) < patience; time.Sleep(10 * time.Millisecond) {
		runtime.GC()
		if after = openFiles(t); len(after) <= len(before) {
			break
		}
	}
	if len(after) > len(before) {
		t.Errorf("%d descriptors are open, %d after the first:\n%q\nthen:\n%q", len(after), len(before), after, before)
	}
	if left := idsOf(t); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// openFiles returns what this process has open, as /proc names it.
func openFiles(t *testing.T) (out []string) {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name, err := os.Readlink("/proc/self/fd/" + f.Name())
		if err == nil { // else it is the one that listed them
			out = append(out, name)
		}
	}
	return out
}

// object is something in the kernel that a descriptor of this process stands for.
type object struct {
	kind string // prog, map or link
	id   uint32
}

// idsOf returns the objects that this process has descriptors of, from /proc/self/fdinfo.
func idsOf(t *testing.T) (out []object) {
	t.Helper()
	files, err := filepath.Glob("/proc/self/fdinfo/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		b, _ := os.ReadFile(name)
		for line := range strings.Lines(string(b)) {
			for _, kind := range []string{"prog", "map", "link"} {
				if text, ok := strings.CutPrefix(line, kind+"_id:"); ok {
					id, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32)
					if err != nil {
						t.Fatal(err)
					}
					if o := (object{kind, uint32(id)}); !slices.Contains(out, o) {
						out = append(out, o)
					}
				}
			}
		}
	}
	return out
}
