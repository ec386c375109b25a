package e2e

import (
	"bufio"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

const podtool = "github.com/lynceus-io/lynceus/test/cluster/cmd/podtool"

// A running is a program that runs beside the test.
type running struct {
	cmd    *exec.Cmd
	stderr string // file
	done   chan error
}

// background starts the program, which is ended with the test.
func background(t *testing.T, args ...string) *running {
	t.Helper()
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	r := &running{cmd: exec.Command(bin, args...), stderr: filepath.Join(t.TempDir(), "stderr"), done: make(chan error, 1)}
	file, err := os.Create(r.stderr)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r.cmd.Stderr = file
	if err := startBound(r.cmd, r.done); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.end(t)
		if t.Failed() {
			t.Logf("%s said:\n%s", strings.Join(args, " "), r.said(t))
		}
	})
	return r
}

// startBound starts a program that is killed when this process ends, and sends how it ended to done. The kernel kills it when
// the thread that started it ends, and threads end where a test acts in another network namespace: so it has one to itself.
func startBound(cmd *exec.Cmd, done chan<- error) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			done <- cmd.Wait()
		}
	}()
	return <-started
}

// end ends the program as a user would, and returns how it ended. It may be called again.
func (r *running) end(t *testing.T) {
	t.Helper()
	if r.done == nil {
		return
	}
	_ = r.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-r.done:
		if err != nil {
			t.Errorf("%s: %v", r.cmd.Args[1], err)
		}
	case <-time.After(time.Minute):
		t.Errorf("%s did not end within a minute", r.cmd.Args[1])
		_ = r.cmd.Process.Kill()
	}
	r.done = nil
}

func (r *running) said(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(r.stderr)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// agentAccess applies what deploy/agent grants and returns a client configuration for the agent's account.
func agentAccess(t *testing.T, c *cluster.Cluster) string {
	t.Helper()
	for _, name := range []string{"clusterrole.yaml", "account.yaml"} {
		clustertest.Kubectl(t, c, "apply", "-f", filepath.Join("..", "..", "deploy", "agent", name))
	}
	return withToken(t, c, clustertest.Kubectl(t, c, "-n", "lynceus", "create", "token", "lynceus-agent"))
}

// withToken returns the administrator's client configuration with another credential.
func withToken(t *testing.T, c *cluster.Cluster, token string) string {
	t.Helper()
	var config map[string]any
	if err := json.Unmarshal([]byte(clustertest.Kubectl(t, c, "config", "view", "--raw", "--minify", "--flatten", "-o", "json")), &config); err != nil {
		t.Fatal(err)
	}
	for _, u := range config["users"].([]any) {
		u.(map[string]any)["user"] = map[string]any{"token": strings.TrimSpace(token)}
	}
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// An object is a line of a recording.
type object struct {
	Change, Resource, Namespace, Name, UID, Node, Phase string
	ServiceAccount                                      string `json:"service_account"`
	Addresses, Images                                   []string
	Owner                                               struct{ Kind, Name, UID string }
	text                                                string
}

// recorded reads a recording, which may still grow.
func recorded(t *testing.T, name string) []object {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []object
	lines := bufio.NewReader(z)
	for {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		o := object{text: line}
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		out = append(out, o)
	}
}

// find returns the states of an object in a recording, in order.
func find(list []object, is func(object) bool) []object {
	return slices.DeleteFunc(slices.Clone(list), func(o object) bool { return !is(o) })
}

const canary = "correct-horse-battery-staple-4711"

// withSecrets is a deployment, a Secret and a ConfigMap that hold the canary wherever one may stand.
func withSecrets(namespace, image string) string {
	return fmt.Sprintf(`
apiVersion: v1
kind: Secret
metadata: {name: credentials, namespace: %[1]s, annotations: {note: %[3]s}}
stringData: {password: %[3]s}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: %[1]s}
data: {password: %[3]s}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: %[1]s}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: shop
        image: %[2]q
        args: [serve, ":8080"]
        readinessProbe: {periodSeconds: 1, httpGet: {port: 8080, httpHeaders: [{name: Authorization, value: Bearer %[3]s}]}}
        env: [{name: PLAIN, value: %[3]s}, {name: DATABASE_PASSWORD, value: %[3]s}]
`, namespace, image, canary)
}

func TestAgentRecordsWithItsRoleOnly(t *testing.T) {
	c := clustertest.Get(t)
	image := clustertest.GoImage(t, c, podtool)
	file := filepath.Join(t.TempDir(), "inventory.jsonl.gz")
	agent := background(t, "agent", "--kubeconfig", agentAccess(t, c), "--cluster", "prod", "--record", file)
	eventually(t, slow, "everything is listed", func() error {
		if said := agent.said(t); !strings.Contains(said, "is written; recording what changes") {
			return errors.New(said)
		}
		return nil
	})
	ns := clustertest.Namespace(t, c, "agent")
	clustertest.Apply(t, c, withSecrets(ns, image))
	clustertest.Kubectl(t, c, "-n", ns, "wait", "--for=condition=Available", "deployment/shop", "--timeout=180s")
	deployed := clustertest.Kubectl(t, c, "-n", ns, "get", "pods", "-o", "jsonpath={range .items[*]}{.metadata.name} {.status.podIP} {.spec.nodeName}{'\\n'}{end}")
	clustertest.Kubectl(t, c, "-n", ns, "delete", "deployment/shop", "--wait")
	clustertest.Kubectl(t, c, "-n", ns, "wait", "--for=delete", "pod", "--all", "--timeout=180s")
	time.Sleep(3 * time.Second) // a recording lags by a second
	list := recorded(t, file)
	agent.end(t)

	replicaSets := find(list, func(o object) bool { return o.Namespace == ns && o.Resource == "replicasets" })
	if len(replicaSets) == 0 || replicaSets[0].Owner.Kind != "Deployment" || replicaSets[0].Owner.Name != "shop" {
		t.Fatalf("replica sets: %+v", replicaSets)
	}
	pods := strings.Split(strings.TrimSpace(deployed), "\n")
	if len(pods) != 2 {
		t.Fatalf("pods: %q", deployed)
	}
	for _, line := range pods {
		name, rest, _ := strings.Cut(line, " ")
		ip, node, _ := strings.Cut(rest, " ")
		states := find(list, func(o object) bool { return o.Namespace == ns && o.Resource == "pods" && o.Name == name })
		if len(states) < 3 || len(states) > 8 || states[0].Change != "added" || states[len(states)-1].Change != "deleted" {
			t.Errorf("pod %s: %d states: %+v", name, len(states), states)
			continue
		}
		if !slices.ContainsFunc(states, func(o object) bool {
			return slices.Contains(o.Addresses, ip) && o.Node == node && o.ServiceAccount == "default" && slices.Contains(o.Images, image) && o.Owner.UID == replicaSets[0].UID
		}) {
			t.Errorf("pod %s was never at %s on %s with its account, image and owner: %+v", name, ip, node, states)
		}
	}
	if nodes := find(list, func(o object) bool { return o.Resource == "nodes" }); len(nodes) == 0 || len(nodes) > 3 {
		t.Errorf("%d states of one node: heartbeats say nothing new", len(nodes))
	}
	if len(find(list, func(o object) bool { return o.Namespace == ns && o.Name == "credentials" })) != 1 {
		t.Errorf("the Secret is to be seen once, by its metadata")
	}
	encoded := base64.StdEncoding.EncodeToString([]byte(canary))
	for _, o := range list {
		if strings.Contains(o.text, canary) || strings.Contains(o.text, encoded) {
			t.Errorf("a secret was recorded: %s", o.text)
		}
	}
	if said := agent.said(t); strings.Contains(said, "not seen") || strings.Contains(said, "cannot be seen") {
		t.Errorf("the role in deploy/agent does not suffice: %s", said)
	}
}
