//go:build linux

package sensor

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/sensortest"
)

// TestProcesses does things in processes of its own and looks for the rows. One sensor sees them all.
func TestProcesses(t *testing.T) {
	before := helper("wait", "before-the-sensor")
	hold, err := before.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := before.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		hold.Close()
		before.Wait()
	}()
	rec := start(t, Spec{Node: Node{Cluster: "test", ClusterUID: "c-1", Name: "n-1", UID: "u-1"}})

	t.Run("what ran before", func(t *testing.T) {
		e := rec.one(t, activityRunning, "before-the-sensor")
		if got := event.ProcessAncestryPath.Get(e); len(got) == 0 || !strings.HasSuffix(got[0], "sensor.test") {
			t.Errorf("lineage %q, want this program first", got)
		}
		if id, _ := event.ProcessExecID.Get(e); id != 1 {
			t.Errorf("exec_id %d", id)
		}
	})
	t.Run("start and end", func(t *testing.T) { testStartAndEnd(t, rec) })
	t.Run("killed", func(t *testing.T) {
		helper("die", "by-a-signal").Run()
		e := rec.one(t, activityTerminate, "by-a-signal")
		if signal, _ := event.ExitSignal.Get(e); signal != 9 || event.ExitCode.Has(e) {
			t.Errorf("signal %d, code present: %v", signal, event.ExitCode.Has(e))
		}
	})
	t.Run("exec chain", func(t *testing.T) { testExecChain(t, rec, "exec") })
	t.Run("exec from a thread", func(t *testing.T) { testExecChain(t, rec, "from-thread") })
	t.Run("five generations", func(t *testing.T) { testGenerations(t, rec) })
	t.Run("two megabytes of arguments", func(t *testing.T) { testLongArguments(t, rec) })
	t.Run("bytes that are no text", func(t *testing.T) {
		run(t, exec.Command("/bin/sh", "-c", ":", "nasty", "\xff\xfe\x1b[2Jnasty"))
		e := rec.one(t, activityLaunch, "[2Jnasty")
		if got := event.ProcessCmdLine.Get(e); got != "/bin/sh -c : nasty \xff\xfe\x1b[2Jnasty" {
			t.Errorf("command line %q", got)
		}
	})
	t.Run("without a name", func(t *testing.T) { testNameless(t, rec) })
	t.Run("deeper than a path is long", func(t *testing.T) { testDeep(t, rec) })
	t.Run("in a container's cgroup", func(t *testing.T) { testCgroup(t, rec) })
	t.Run("many at once", func(t *testing.T) { testMany(t, rec) })
}

func run(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v: %s", cmd.Args, err, out)
	}
}

func testStartAndEnd(t *testing.T, rec *recorder) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/bin/sh", "-c", "exit 7", "plain")
	cmd.Dir = dir
	cmd.Run()
	e := rec.one(t, activityLaunch, "plain")
	shell, err := filepath.EvalSymlinks("/bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	checkText(t, e, map[event.StringField]string{
		event.ProcessFilePath: shell, event.ProcessName: "sh", event.ProcessCmdLine: "/bin/sh -c exit 7 plain",
		event.ProcessWorkingDirectory: dir, event.K8sCluster: "test", event.K8sClusterUID: "c-1", event.K8sNode: "n-1",
	})
	if pid, _ := event.ProcessNamespacePID.Get(e); pid == 0 {
		t.Error("no number in its own namespace")
	}
	if uid, ok := event.ProcessUserUID.Get(e); !ok || uid != int64(os.Geteuid()) {
		t.Errorf("user %d", uid)
	}
	if at, made := event.Time.Get(e), event.ProcessCreatedTime.Get(e); at < made || event.ReceivedTime.Get(e) < at-1e9 {
		t.Errorf("executed at %d, made at %d, received at %d", at, made, event.ReceivedTime.Get(e))
	}
	end := rec.one(t, activityTerminate, "plain")
	if code, _ := event.ExitCode.Get(end); code != 7 {
		t.Errorf("exit code %d", code)
	}
	if event.ProcessUID.Get(end) != event.ProcessUID.Get(e) || event.MetadataUID.Get(end) == event.MetadataUID.Get(e) {
		t.Error("the process or the event has the wrong identity")
	}
}

// testExecChain has a process become another program three times, by way of how.
func testExecChain(t *testing.T, rec *recorder, how string) {
	mark := "chain-" + how
	chain := self(how, self(how, "/bin/sh", "-c", ":", mark)...)
	run(t, exec.Command(chain[0], chain[1:]...))
	rows := rec.await(t, 4, mark, func(e *event.Event) bool { return strings.HasSuffix(event.ProcessCmdLine.Get(e), mark) })
	for i, e := range rows {
		if event.ProcessUID.Get(e) != event.ProcessUID.Get(rows[0]) || event.ProcessParentProcessUID.Get(e) != event.ProcessParentProcessUID.Get(rows[0]) {
			t.Errorf("row %d is of another process or parent", i)
		}
		want := [...]struct {
			activity string
			execs    int64
		}{{activityLaunch, 1}, {activityLaunch, 2}, {activityLaunch, 3}, {activityTerminate, 3}}[i]
		if execs, _ := event.ProcessExecID.Get(e); event.Activity.Get(e) != want.activity || execs != want.execs {
			t.Errorf("row %d: %s of program %d, want %+v", i, event.Activity.Get(e), execs, want)
		}
	}
}

func testGenerations(t *testing.T, rec *recorder) {
	args := []string{"/bin/sh", "-c", ":", "grandchild"}
	for range 5 {
		args = self("spawn", args...)
	}
	run(t, exec.Command(args[0], args[1:]...))
	e := rec.await(t, 1, "grandchild", func(e *event.Event) bool {
		return event.ProcessCmdLine.Get(e) == "/bin/sh -c : grandchild" && event.Activity.Get(e) == activityLaunch
	})[0]
	lineage := event.ProcessAncestryPath.Get(e)
	if len(lineage) < 6 {
		t.Fatalf("lineage %q", lineage)
	}
	for i, path := range lineage[:6] { // five helpers and this test
		if !strings.HasSuffix(path, "sensor.test") {
			t.Errorf("ancestor %d is %q", i+1, path)
		}
	}
	// The rows of the ancestors name each other.
	want := event.ProcessParentProcessUID.Get(e)
	for i := range 5 {
		up := rec.all(func(e *event.Event) bool { return event.ProcessUID.Get(e) == want })
		if len(up) == 0 {
			t.Fatalf("no row of ancestor %d", i+1)
		}
		want = event.ProcessParentProcessUID.Get(up[0])
	}
}

func testLongArguments(t *testing.T, rec *recorder) {
	const size = 120_000 // the kernel allows 128 KiB each, a quarter of the stack's limit in all
	args := []string{"-c", ":", "head-of-many"}
	for range 15 {
		args = append(args, strings.Repeat("x", size))
	}
	run(t, exec.Command("/bin/sh", append(args, "tail-of-many")...))
	e := rec.one(t, activityLaunch, "head-of-many")
	got := event.ProcessCmdLine.Get(e)
	total := len("/bin/sh") + len(args) + 2 + len("tail-of-many")
	for _, a := range args {
		total += len(a)
	}
	if note := fmt.Sprintf(" [%d bytes left out] ", total-16384); !strings.HasPrefix(got, "/bin/sh -c : head-of-many xxx") || !strings.HasSuffix(got, "xxx tail-of-many") || !strings.Contains(got, note) {
		t.Errorf("%d bytes: %.40q ... %q, want %q in it", len(got), got, got[max(0, len(got)-40):], note)
	}
}

func testNameless(t *testing.T, rec *recorder) {
	shell, err := filepath.EvalSymlinks("/bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	run(t, helper("memfd", shell, "-c", ":", "from-memory"))
	e := rec.await(t, 1, "memfd", func(e *event.Event) bool { return event.ProcessFilePath.Get(e) == "memfd:hidden" })[0]
	if !event.ProcessFileUnlinked.Get(e) {
		t.Error("a memfd has a name")
	}
	program, err := os.ReadFile(shell)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "dropped")
	if err := os.WriteFile(name, program, 0o755); err != nil {
		t.Fatal(err)
	}
	run(t, helper("unlinked", name, "-c", ":", "from-nowhere"))
	e = rec.await(t, 1, "unlinked", func(e *event.Event) bool { return event.ProcessFilePath.Get(e) == name })[0]
	if !event.ProcessFileUnlinked.Get(e) {
		t.Error("a file that was removed has a name")
	}
}

func testDeep(t *testing.T, rec *recorder) {
	program, err := filepath.EvalSymlinks("/bin/true")
	if err != nil {
		t.Fatal(err)
	}
	run(t, helper("deep", t.TempDir(), program))
	e := rec.one(t, activityLaunch, "./program")
	path := event.ProcessFilePath.Get(e)
	if want := strings.Repeat("/"+deepName, 20) + "/program"; !strings.HasPrefix(path, ".../ddd") || !strings.HasSuffix(path, want) {
		t.Errorf("%d bytes: %.20q ... %q", len(path), path, path[max(0, len(path)-20):])
	}
}

func testCgroup(t *testing.T, rec *recorder) {
	c := sensortest.NewContainer(t)
	run(t, helper("enter", c.Dir, "/bin/sh", "-c", ":", "contained"))
	for _, activity := range []string{activityLaunch, activityTerminate} {
		e := rec.await(t, 1, activity+" in the container", func(e *event.Event) bool {
			return event.ProcessCmdLine.Get(e) == "/bin/sh -c : contained" && event.Activity.Get(e) == activity
		})[0]
		checkText(t, e, map[event.StringField]string{event.ContainerUID: c.ID, event.K8sPodUID: c.PodUID})
	}
}

func testMany(t *testing.T, rec *recorder) {
	const workers, each = 4, 100
	mark := fmt.Sprintf("storm-%d-", os.Getpid()) // the sensor sees the processes of other tests, too
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range each {
				exec.Command("/bin/sh", "-c", ":", fmt.Sprintf("%s%d-%d", mark, w, i)).Run()
			}
		})
	}
	wg.Wait()
	rows := rec.await(t, 2*workers*each, "storm", func(e *event.Event) bool {
		return strings.Contains(event.ProcessCmdLine.Get(e), mark)
	})
	uids, events := map[string]bool{}, map[string]bool{}
	for _, e := range rows {
		uids[event.ProcessUID.Get(e)] = true
		events[event.MetadataUID.Get(e)] = true
	}
	if len(uids) != workers*each || len(events) != len(rows) {
		t.Errorf("%d processes, %d events in %d rows", len(uids), len(events), len(rows))
	}
}

func checkText(t *testing.T, e *event.Event, want map[event.StringField]string) {
	t.Helper()
	for f, v := range want {
		if got := f.Get(e); got != v {
			t.Errorf("%s is %q, want %q", event.Lookup(f.ID()).Name, got, v)
		}
	}
}
