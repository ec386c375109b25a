package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// How many of the actions must be found by the stock rule that Falco's event generator names, and by the rule of our own
// pack that is meant for it. What is not found, and why, stands in docs/falco-rules.md.
const (
	foundByStock = 62
	foundByPack  = 60
)

// pack is our own rules for what runs in containers.
const pack = "../../rules/runtime"

// Where actions are done: in a privileged container, or on the node itself; all others in an ordinary container.
var (
	inPrivileged = []string{
		"ContactEC2InstanceMetadataServiceFromContainer", "DebugfsLaunchedInPrivilegedContainer", "DetectReleaseAgentFileContainerEscapes",
		"DisallowedSSHConnectionNonStandardPort", "InterpretedProcsInboundNetworkActivity", "InterpretedProcsOutboundNetworkActivity",
		"JavaProcessClassFileDownload", "MountLaunchedInPrivilegedContainer", "SystemProcsNetworkActivity", "UnexpectedUDPTraffic",
	}
	onNode = []string{"LaunchSuspiciousNetworkToolOnHost", "UserMgmtBinaries"}
)

// action is one of those that Falco's event generator does, and the rule that is to find it.
type action struct {
	Name string `json:"action"`
	Rule string `json:"expected_rule"`
}

// TestActions does in containers what Falco's event generator does, and asks what is found in it: by Falco's stock rules,
// unmodified but for being switched on, in one sensor, and by our own pack in another. Both run before the containers
// start, as they do on a node. What is found in another container, or by a rule that is not meant for it, does not count.
func TestActions(t *testing.T) {
	corpora := stockRules(t)
	actions := actionsOf(t, corpora)
	c := clustertest.Start(t, cluster.Config{})
	sensor := buildProgram(t, "../..", "./cmd/lynceus-sensor", "lynceus-sensor")
	actor := buildProgram(t, ".", "./cmd/actor", "actor")
	t.Cleanup(func() { _ = os.RemoveAll("/tmp/lynceus-actor") }) // what actions on the node leave
	var rules []string
	for _, name := range []string{"falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml"} {
		rules = append(rules, filepath.Join(corpora, "falco-rules", name))
	}
	stock := startJudging(t, c, sensor, actor, append(rules, enabling(t, actions)))
	own := startJudging(t, c, sensor, actor, []string{pack})
	startActors(t, c, actor)

	done := map[string]actionReport{}
	for _, where := range []string{"ordinary", "privileged", ""} {
		for _, r := range doActions(t, c, actor, where, actions) {
			r.Where = where
			done[r.Action] = r
		}
	}
	byStock, byPack := stock(), own()
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	stockCount, packCount := 0, 0
	for _, a := range actions {
		r := done[a.Name]
		meant := slices.ContainsFunc(meantFor[a.Name], func(name string) bool { return r.found(byPack, func(f *sensorFinding) bool { return f.Rule == name }) })
		expected := r.found(byStock, func(f *sensorFinding) bool { return f.Title == a.Rule })
		if expected {
			stockCount++
		}
		if meant {
			packCount++
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", a.Name, foundWord(expected), a.Rule, foundWord(meant), strings.Join(meantFor[a.Name], ", "), r.Error)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d actions are found by the stock rule for them, %d by that of our own pack\n%s", stockCount, len(actions), packCount, table.Bytes())
	if stockCount < foundByStock || packCount < foundByPack {
		t.Errorf("%d and %d actions are found, want %d and %d", stockCount, packCount, foundByStock, foundByPack)
	}
}

func foundWord(found bool) string {
	if found {
		return "found"
	}
	return "missed"
}

// clockSlack is by how much the time of an event may differ from that which an action says: a tick of the clock.
const clockSlack = 10 * time.Millisecond

// stockRules returns the directory of published rules, which lies beside the repository.
func stockRules(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../../shared/corpora")
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, "falco-rules"))
	}
	clustertest.Need(t, "corpora", err == nil, fmt.Sprintf("Falco's rules are not there: %v", err))
	return dir
}

// actionsOf returns the actions about system calls.
func actionsOf(t *testing.T, corpora string) []action {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(corpora, "falco-event-generator", "actions.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var out []action
	for line := range bytes.Lines(b) {
		var a action
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatal(err)
		}
		if name, ok := strings.CutPrefix(a.Name, "syscall."); ok {
			out = append(out, action{name, a.Rule})
		}
	}
	return out
}

// enabling writes a rule file that switches on what the actions expect.
func enabling(t *testing.T, actions []action) string {
	t.Helper()
	var b strings.Builder
	for _, a := range actions {
		fmt.Fprintf(&b, "- rule: %s\n  enabled: true\n  override: {enabled: replace}\n", a.Rule)
	}
	name := filepath.Join(t.TempDir(), "enabled.yaml")
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// buildProgram builds a static program of a module.
func buildProgram(t *testing.T, dir, pkg, name string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	cmd := exec.Command("go", "build", "-trimpath", "-o", file, pkg)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", pkg, err, out)
	}
	return file
}

const actorImage = "lynceus.test/actor:1"

// startActors starts an ordinary and a privileged pod with a shell, the usual files and command actor.
func startActors(t *testing.T, c *cluster.Cluster, actor string) {
	t.Helper()
	program, err := os.ReadFile(actor)
	if err != nil {
		t.Fatal(err)
	}
	path, err := exec.LookPath("busybox")
	if err != nil {
		t.Fatalf("%v: install busybox-static", err)
	}
	busybox, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := []cluster.File{
		{Path: "/bin/busybox", Data: busybox}, {Path: "/bin/actor", Data: program},
		{Path: "/etc/passwd", Data: []byte("root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/:/bin/sh\n")},
		{Path: "/etc/group", Data: []byte("root:x:0:\ndaemon:x:1:\n")}, {Path: "/etc/shadow", Data: []byte("root:*:1::::::\n")},
	}
	for _, name := range []string{"sh", "sleep", "ls", "ip"} {
		files = append(files, cluster.File{Path: "/bin/" + name, Link: "busybox"})
	}
	if err := c.Import(t.Context(), cluster.Image{Name: actorImage, Files: files, Cmd: []string{"/bin/sleep", "2147483647"}}); err != nil {
		t.Fatal(err)
	}
	for name, privileged := range map[string]bool{"ordinary": false, "privileged": true} {
		clustertest.Apply(t, c, fmt.Sprintf(`
apiVersion: v1
kind: Pod
metadata: {name: %s}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: actor, image: %q, imagePullPolicy: IfNotPresent, securityContext: {privileged: %v}}
`, name, actorImage, privileged))
	}
	clustertest.Kubectl(t, c, "wait", "--for=condition=Ready", "pod/ordinary", "pod/privileged", "--timeout=120s")
}

// sensorFinding is what the sensor writes of a finding, as far as it matters here.
type sensorFinding struct {
	Title    string    `json:"title"`
	Rule     string    `json:"rule_name"`
	Time     time.Time `json:"time"`
	Resource struct {
		Namespace string `json:"namespace"`
		Name      string `json:"name"` // the pod, "" on the node
		Command   string `json:"command"`
	} `json:"resource"`
}

// startJudging starts the sensor with rules, waits until it finds something, and returns what ends it and returns its
// findings.
func startJudging(t *testing.T, c *cluster.Cluster, program, actor string, rules []string) func() []sensorFinding {
	t.Helper()
	args := []string{"--findings-only", "--runtime", filepath.Join(c.Dir(), "containerd.sock")}
	for _, r := range rules {
		args = append(args, "--rules", r)
	}
	cmd := exec.CommandContext(context.Background(), program, args...)
	out, err := os.Create(filepath.Join(t.TempDir(), "findings.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = out, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	t.Cleanup(func() {
		if !ended {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	found := func(what string) {
		t.Helper()
		begin := time.Now()
		eventually(t, slow, what, func() error {
			if out, err := exec.Command(actor, onNode[0]).CombinedOutput(); err != nil {
				return fmt.Errorf("%w: %s", err, out)
			}
			for _, f := range findingsIn(t, out.Name()) {
				if f.Time.After(begin) {
					return nil
				}
			}
			return errors.New("nothing was found")
		})
	}
	found("the sensor's first finding")
	return func() []sensorFinding {
		t.Helper()
		found("what is found now")
		time.Sleep(3 * time.Second) // names of containers may come late
		ended = true
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Fatalf("lynceus-sensor: %v\n%s", err, stderr.Bytes())
		}
		t.Logf("%s", stderr.Bytes())
		return findingsIn(t, out.Name())
	}
}

// findingsIn reads findings from a file, whose last line may be being written.
func findingsIn(t *testing.T, file string) []sensorFinding {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []sensorFinding
	for line := range bytes.Lines(b) {
		var f sensorFinding
		if json.Unmarshal(line, &f) == nil {
			all = append(all, f)
		}
	}
	return all
}

// actionReport is what command actor says of an action.
type actionReport struct {
	Action     string
	Begin, End time.Time
	Error      string
	Where      string `json:"-"` // the pod in which it was done, "" for the node
}

// found reports whether one of the findings that are asked for is about the place of the action, and its process or time:
// changes of files are told a little later than they happen.
func (r *actionReport) found(all []sensorFinding, asked func(*sensorFinding) bool) bool {
	return slices.ContainsFunc(all, func(f sensorFinding) bool {
		during := !f.Time.Before(r.Begin.Add(-clockSlack)) && !f.Time.After(r.End.Add(clockSlack))
		return asked(&f) && f.Resource.Name == r.Where && (during || strings.HasSuffix(f.Resource.Command, "actor do "+r.Action))
	})
}

// doActions does the actions that are to be done in a pod, or on the node for "".
func doActions(t *testing.T, c *cluster.Cluster, actor, where string, actions []action) []actionReport {
	t.Helper()
	var names []string
	for _, a := range actions {
		place := "ordinary"
		switch {
		case slices.Contains(inPrivileged, a.Name):
			place = "privileged"
		case slices.Contains(onNode, a.Name):
			place = ""
		}
		if place == where {
			names = append(names, a.Name)
		}
	}
	cmd := exec.CommandContext(t.Context(), actor, names...)
	if where != "" {
		cmd = c.Kubectl(t.Context(), append([]string{"exec", where, "--", "/bin/actor"}, names...)...)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("actor in %q: %v\n%s", where, err, stderr.Bytes())
	}
	var reports []actionReport
	for line := range bytes.Lines(out) {
		var r actionReport
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		reports = append(reports, r)
	}
	return reports
}
