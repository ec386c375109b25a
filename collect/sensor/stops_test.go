//go:build linux

package sensor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/collect/sensor/enforce"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/sensortest"
)

// pods is a runtime that knows the containers which tests make.
type pods struct{ all map[string]container.Names }

func (p pods) Names(_ context.Context, id string) (container.Names, error) {
	if n, ok := p.all[id]; ok {
		return n, nil
	}
	return container.Names{}, errors.New("no such container")
}

// Announce says that it cannot tell of new containers.
func (pods) Announce(context.Context, func(string)) error { return nil }

// fakeContainer is a cgroup by the name that containerd gives one.
type fakeContainer struct {
	id, pod, dir string
}

// newContainer makes the cgroup of a container, which is removed when the test ends.
func newContainer(t *testing.T) fakeContainer {
	t.Helper()
	c := sensortest.NewContainer(t)
	return fakeContainer{id: c.ID, pod: c.PodUID, dir: c.Dir}
}

// names are what the runtime calls the container.
func (c fakeContainer) names(namespace, name string) container.Names {
	return container.Names{Container: "main", Namespace: namespace, Pod: name, PodUID: c.pod}
}

// command returns a command that runs in the container, in a mount namespace of its own.
func (c fakeContainer) command(args ...string) *exec.Cmd {
	cmd := helper("enter", append([]string{c.dir}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	return cmd
}

// settle has the sensor learn of the container: what runs first there is not judged.
func (c fakeContainer) settle(t *testing.T, rec *recorder) {
	t.Helper()
	run(t, c.command("/bin/sh", "-c", ":", "settle", c.id))
	rec.await(t, 1, "the container's first row", func(e *event.Event) bool {
		return strings.HasSuffix(event.ProcessCmdLine.Get(e), c.id) && event.K8sPod.Get(e) != ""
	})
}

// rows returns the rows of what policies made of the container's acts.
func (c fakeContainer) decided(e *event.Event) bool {
	return event.Activity.Get(e) == activityEnforce && event.ContainerUID.Get(e) == c.id
}

// policies reads a policy file.
func policies(t *testing.T, text string) *enforce.Set {
	t.Helper()
	set, err := enforce.Parse("policies.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// ran reports what a command wrote, and by which signal it ended, 0 for none.
func ran(t *testing.T, cmd *exec.Cmd) (string, syscall.Signal) {
	t.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return out.String(), status.Signal()
	}
	return out.String(), 0
}

const killMiners = `
policies:
  - name: no-miners
    mode: %s
    action: kill-process
    pods: [{namespace: shop}]
    match: {paths: [%s]}
`

// TestMinerRunsNoInstruction executes a program whose first instructions write a letter.
func TestMinerRunsNoInstruction(t *testing.T) {
	c, other := newContainer(t), newContainer(t)
	dir := t.TempDir()
	miner := sensortest.Program(t, filepath.Join(dir, "xmrig"), sensortest.Writes())
	s, rec := startSensor(t, Spec{
		Policies: policies(t, fmt.Sprintf(killMiners, "observe", miner)),
		Runtime:  pods{map[string]container.Names{c.id: c.names("shop", "web-1"), other.id: other.names("other", "web-2")}},
	})
	c.settle(t, rec)
	other.settle(t, rec)
	check := func(what string, cmd *exec.Cmd, out string, signal syscall.Signal) {
		t.Helper()
		if o, sig := ran(t, cmd); o != out || sig != signal {
			t.Errorf("%s: wrote %q, signal %v; want %q, %v", what, o, sig, out, signal)
		}
	}
	check("observed", c.command(miner), "x", 0)
	e := rec.await(t, 1, "observed", c.decided)[0]
	checkText(t, e, map[event.StringField]string{
		event.PolicyName: "no-miners", event.PolicyMode: "observe", event.PolicyAction: "kill-process",
		event.PolicyVerdict: verdictObserved, event.Disposition: dispositionDetected, event.ProcessFilePath: miner,
		event.K8sPod: "web-1", event.K8sNamespace: "shop",
	})

	if err := s.SetPolicies(policies(t, fmt.Sprintf(killMiners, "enforce", miner))); err != nil {
		t.Fatal(err)
	}
	check("enforced", c.command(miner), "", syscall.SIGKILL)
	e = rec.await(t, 2, "enforced", c.decided)[1]
	checkText(t, e, map[event.StringField]string{
		event.PolicyName: "no-miners", event.PolicyMode: "enforce", event.PolicyVerdict: verdictDenied,
		event.Disposition: dispositionBlocked, event.ProcessFilePath: miner, event.ContainerUID: c.id,
	})
	end := rec.await(t, 1, "the end", func(e *event.Event) bool {
		signal, _ := event.ExitSignal.Get(e)
		return event.ProcessFilePath.Get(e) == miner && signal == int64(syscall.SIGKILL)
	})[0]
	if event.ProcessUID.Get(end) != event.ProcessUID.Get(e) {
		t.Error("another process was killed than the row is about")
	}
	check("in a container of another namespace", other.command(miner), "x", 0)
	check("outside containers", exec.Command(miner), "x", 0)
	check("another program", c.command("/bin/echo", "hello"), "hello\n", 0)

	if err := s.SetPolicies(policies(t, fmt.Sprintf(killMiners, "off", miner))); err != nil {
		t.Fatal(err)
	}
	check("switched off", c.command(miner), "x", 0)
	if n := len(rec.all(other.decided)); n != 0 {
		t.Errorf("%d decisions about the other container", n)
	}
}

// TestStopsWhatMatches goes through all that a policy can match at an execution.
func TestStopsWhatMatches(t *testing.T) {
	c := newContainer(t)
	dir := t.TempDir()
	deep := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	plain := sensortest.Program(t, filepath.Join(dir, "program"), sensortest.Writes())
	inside := sensortest.Program(t, filepath.Join(deep, "program"), sensortest.Writes())
	s, rec := startSensor(t, Spec{Policies: &enforce.Set{}, Runtime: pods{map[string]container.Names{c.id: c.names("shop", "web-1")}}})
	c.settle(t, rec)
	link := filepath.Join(dir, "link")
	if err := os.Symlink(plain, link); err != nil {
		t.Fatal(err)
	}
	nested := filepath.Join(c.dir, "nested")
	if err := os.Mkdir(nested, 0o755); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(nested)
	inNested := c
	inNested.dir = nested
	tests := []struct {
		name, match string
		args        []string
		killed      bool
	}{
		{"path", "paths: [" + plain + "]", []string{plain}, true},
		{"path, by a symbolic link", "paths: [" + plain + "]", []string{link}, true},
		{"the link is no path of a program", "paths: [" + link + "]", []string{link}, false},
		{"path of another", "paths: [" + plain + "]", []string{inside}, false},
		{"name", "names: [program]", []string{inside}, true},
		{"beginning of the name", "names: [prog]", []string{inside}, false},
		{"longer name", "names: [programs]", []string{inside}, false},
		{"directory", "directories: [" + deep + "/]", []string{inside}, true},
		{"directory above", "directories: [" + dir + "/]", []string{inside}, true},
		{"root", "directories: [/]", []string{inside}, true},
		{"directory beside", "directories: [" + deep + "/]", []string{plain}, false},
		{"directory of that beginning", "directories: [" + strings.TrimSuffix(deep, "b") + "bb/]", []string{plain}, false},
		{"memory", "memoryOnly: true", self("memfd", plain), true},
		{"not memory", "memoryOnly: true", []string{plain}, false},
		{"memory has no path", "names: [program]", self("memfd", plain), false},
	}
	for _, tt := range tests {
		set := policies(t, `{policies: [{name: p, mode: enforce, action: kill-process, pods: [{namespace: "*"}], match: {`+tt.match+`}}]}`)
		if err := s.SetPolicies(set); err != nil {
			t.Fatal(err)
		}
		for where, in := range map[string]fakeContainer{"": c, " in a cgroup of the container's own": inNested} {
			t.Run(tt.name+where, func(t *testing.T) {
				want, signal := "x", syscall.Signal(0)
				if tt.killed {
					want, signal = "", syscall.SIGKILL
				}
				if out, sig := ran(t, in.command(tt.args...)); out != want || sig != signal {
					t.Errorf("wrote %q, signal %v", out, sig)
				}
			})
		}
	}
}

// TestNeverStopped holds who is left alone by policies that match everything.
func TestNeverStopped(t *testing.T) {
	vital := map[string]func(fakeContainer) container.Names{
		"kube-system": func(c fakeContainer) container.Names { return c.names("kube-system", "dns") },
		"static pod": func(c fakeContainer) container.Names {
			n := c.names("shop", "p")
			n.PodUID = strings.Repeat("3c41", 8)
			return n
		},
		"sandbox":       func(c fakeContainer) container.Names { n := c.names("shop", "p"); n.Container = ""; return n },
		"not yet known": func(fakeContainer) container.Names { return container.Names{} },
	}
	everything := `{policies: [{name: all, mode: enforce, action: kill-container, pods: [{namespace: "*"}], match: {directories: [/]}}]}`
	containers := map[string]fakeContainer{}
	all := map[string]container.Names{}
	for name, names := range vital {
		c := newContainer(t)
		containers[name], all[c.id] = c, names(c)
	}
	judged := newContainer(t)
	all[judged.id] = judged.names("shop", "p")
	s, rec := startSensor(t, Spec{Policies: &enforce.Set{}, Runtime: pods{all}})
	judged.settle(t, rec)
	for name, c := range containers {
		run(t, c.command("/bin/sh", "-c", ":", "first", name))
	}
	if err := s.SetPolicies(policies(t, everything)); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(containers)) {
		t.Run(name, func(t *testing.T) {
			if out, signal := ran(t, containers[name].command("/bin/echo", "lives")); out != "lives\n" {
				t.Errorf("wrote %q, signal %v", out, signal)
			}
		})
	}
	t.Run("the node", func(t *testing.T) { run(t, exec.Command("/bin/true")) })
	t.Run("a runtime on its way into the container", func(t *testing.T) {
		cmd := judged.command("/bin/echo", "lives")
		cmd.SysProcAttr = nil // in the node's mount namespace still
		if out, signal := ran(t, cmd); out != "lives\n" {
			t.Errorf("wrote %q, signal %v", out, signal)
		}
	})
	t.Run("another process", func(t *testing.T) {
		if _, signal := ran(t, judged.command("/bin/echo")); signal != syscall.SIGKILL {
			t.Errorf("signal %v", signal)
		}
	})
}

// TestContainerEnds kills a container whose other processes do things, and such as do nothing.
func TestContainerEnds(t *testing.T) {
	c := newContainer(t)
	dir := t.TempDir()
	miner := sensortest.Program(t, filepath.Join(dir, "xmrig"), sensortest.Writes())
	text := strings.Replace(fmt.Sprintf(killMiners, "enforce", miner), "kill-process", "kill-container", 1)
	_, rec := startSensor(t, Spec{Policies: policies(t, text), Runtime: pods{map[string]container.Names{c.id: c.names("shop", "web-1")}}})
	c.settle(t, rec)
	var others []*exec.Cmd
	for _, script := range []string{"while :; do /bin/true; done", "sleep 1000", "sleep 1000 & sleep 1000 & wait", "while :; do :; done"} {
		cmd := c.command("/bin/sh", "-c", script)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer cmd.Process.Kill()
		others = append(others, cmd)
	}
	bystander := exec.Command("/bin/sleep", "1000")
	if err := bystander.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		bystander.Process.Kill()
		bystander.Wait()
	}()
	time.Sleep(50 * time.Millisecond)
	if out, signal := ran(t, c.command(miner)); out != "" || signal != syscall.SIGKILL {
		t.Errorf("wrote %q, signal %v", out, signal)
	}
	for _, cmd := range others {
		cmd.Wait()
		if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGKILL {
			t.Errorf("%v: %v", cmd.Args[3:], cmd.ProcessState)
		}
	}
	e := rec.await(t, 1, "the container is empty", func(e *event.Event) bool {
		return c.decided(e) && strings.Contains(event.PolicyResult.Get(e), "emptied")
	})[0]
	t.Log(event.PolicyResult.Get(e))
	if event.ProcessFilePath.Get(e) != miner || event.Disposition.Get(e) != dispositionBlocked {
		t.Errorf("about %s, %s", event.ProcessFilePath.Get(e), event.Disposition.Get(e))
	}
	if left, err := os.ReadFile(filepath.Join(c.dir, "cgroup.procs")); err != nil || len(left) != 0 {
		t.Errorf("processes left: %q, %v", left, err)
	}
	if err := bystander.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("a process outside: %v", err)
	}
}

// TestLateIsJudged has a program run before it is known whose the container is.
func TestLateIsJudged(t *testing.T) {
	c := newContainer(t)
	bad := sensortest.Program(t, filepath.Join(t.TempDir(), "xmrig"), sensortest.Waits())
	known := make(chan struct{})
	_, rec := startSensor(t, Spec{
		Policies: policies(t, fmt.Sprintf(killMiners, "enforce", bad)),
		Runtime:  knownLater{pods{map[string]container.Names{c.id: c.names("shop", "web-1")}}, known},
	})
	cmd := c.command(bad)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	time.Sleep(200 * time.Millisecond)
	close(known)
	if err := cmd.Wait(); err == nil || cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("%v", cmd.ProcessState)
	}
	e := rec.await(t, 1, "the decision", c.decided)[0]
	checkText(t, e, map[event.StringField]string{
		event.PolicyName: "no-miners", event.Disposition: dispositionBlocked, event.ProcessFilePath: bad,
		event.PolicyResult: "killed after its start: it began before it was known whose the container is",
	})
}

// knownLater is a runtime that knows nothing until a channel is closed.
type knownLater struct {
	pods
	from chan struct{}
}

func (k knownLater) Names(ctx context.Context, id string) (container.Names, error) {
	select {
	case <-k.from:
		return k.pods.Names(ctx, id)
	default:
		return container.Names{}, errors.New("not yet")
	}
}
