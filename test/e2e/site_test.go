package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// A site is one of two clusters that report to one hub. Both have the same names and addresses of everything: node, pods,
// namespaces, secrets, and the laptop of the person who works there. All that differs is who that is.
type site struct {
	name, person string
	*cluster.Cluster
	uid     string            // of the cluster
	pods    map[string]string // UID of each pod, by name
	kubectl func(stdin string, args ...string) string
	state   string // directory of its sensor's state
}

// The pods in namespace shop of both: one with a shell, one that calls the API.
const siteShell, siteCaller = "web", "front"

// each does something in all places at the same time.
func each(sites []*site, do func(*site)) {
	var wait sync.WaitGroup
	for _, s := range sites {
		wait.Go(func() { do(s) })
	}
	wait.Wait()
}

// site starts a cluster with its agent and its sensor, which gets its proof from token.
func (r *receiver) site(t *testing.T, name, person string, policy []byte, token func(*site, *testing.T, *receiver) string) *site {
	t.Helper()
	s := &site{name: name, person: person, Cluster: watched(t, r, name, cluster.Config{AuditPolicy: policy}), state: t.TempDir()}
	s.uid = clustertest.Kubectl(t, s.Cluster, "get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}")
	hub, err := r.api()
	if err != nil {
		t.Fatal(err)
	}
	access := agentAccess(t, s.Cluster)
	clustertest.Kubectl(t, s.Cluster, "apply", "-f", filepath.Join("..", "..", "deploy", "agent", "tokenreview.yaml"))
	background(t, "agent", "--kubeconfig", access, "--hub", hub, "--token-file", r.newToken(t, "agent", name))

	bin, err := sensorBinary()
	if err != nil {
		t.Fatal(err)
	}
	program(t, bin, "--hub", hub, "--hub-token-file", token(s, t, r), "--state", s.state, "--rules", "builtin", "--cluster", name, "--node", "node1",
		"--runtime", filepath.Join(s.Dir(), "containerd.sock"), "--kubeconfig", access)
	s.kubectl = kubectlOf(t, s.Cluster, person)
	return s
}

// newToken makes a token of the hub for somebody of a cluster, and returns its file.
func (r *receiver) newToken(t *testing.T, role, of string) string {
	t.Helper()
	text, err := r.lynceus("token", "create", "--role", role, "--cluster", of, role+"-of-"+of)
	if err != nil {
		t.Fatal(err)
	}
	return tokenFile(t, text)
}

func tokenFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// hubToken proves a sensor by a token of the hub.
func (s *site) hubToken(t *testing.T, r *receiver) string { return r.newToken(t, "sensor", s.name) }

// podToken proves a sensor by a token that is bound to its pod.
func (s *site) podToken(t *testing.T, _ *receiver) string {
	clustertest.Apply(t, s.Cluster, `
apiVersion: v1
kind: ServiceAccount
metadata: {name: lynceus-sensor, namespace: lynceus}
---
apiVersion: v1
kind: Pod
metadata: {name: sensor, namespace: lynceus}
spec:
  nodeName: node1
  serviceAccountName: lynceus-sensor
  automountServiceAccountToken: false
  securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
  containers: [{name: x, image: none.invalid/x, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]
`)
	return tokenFile(t, clustertest.Kubectl(t, s.Cluster, "-n", "lynceus", "create", "token", "lynceus-sensor",
		"--audience", "lynceus", "--bound-object-kind", "Pod", "--bound-object-name", "sensor"))
}

// program starts a program that ends with the test.
func program(t *testing.T, bin string, args ...string) {
	t.Helper()
	cmd := exec.Command(bin, args...)
	said, err := os.Create(filepath.Join(t.TempDir(), "said"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = said, said
	done := make(chan error, 1)
	if err := startBound(cmd, done); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		kill := time.AfterFunc(slow, func() { _ = cmd.Process.Kill() })
		defer kill.Stop()
		if err := <-done; err != nil {
			t.Errorf("%s: %v", filepath.Base(bin), err)
		}
		if t.Failed() {
			text, _ := os.ReadFile(said.Name())
			t.Logf("%s said:\n%s", filepath.Base(bin), text)
		}
		_ = said.Close()
	})
}

// connected waits until the agents and sensors of both clusters are there.
func (r *receiver) connected(t *testing.T, sites []*site) {
	t.Helper()
	eventually(t, slow, "agents and sensors are connected", func() error {
		var list struct {
			Nodes []struct {
				Kind, Node string
				ClusterUID string `json:"cluster_uid"`
				Connected  bool
			}
		}
		if err := r.get("/api/v1/nodes", &list); err != nil {
			return err
		}
		there := map[string]bool{}
		for _, n := range list.Nodes {
			there[fmt.Sprint(n.Kind, n.ClusterUID, n.Node)] = n.Connected
		}
		var lacks error
		for _, s := range sites {
			if !there["agent"+s.uid] || !there["sensor"+s.uid+"node1"] {
				lacks = errors.Join(lacks, fmt.Errorf("%s lacks one: %+v", s.name, list.Nodes))
			}
		}
		return lacks
	})
}

// unreachable sees that the API server, which this machine reaches, cannot be reached from the island.
func (s *site) unreachable(t *testing.T, island *cluster.Host) {
	t.Helper()
	server := clustertest.Kubectl(t, s.Cluster, "config", "view", "-o", "jsonpath={.clusters[0].cluster.server}")
	for _, addr := range []string{strings.TrimPrefix(server, "https://"), strings.TrimPrefix(cluster.FromCluster, "https://")} {
		if conn, err := island.Dial(t.Context(), "tcp", addr); err == nil {
			_ = conn.Close()
			t.Errorf("the hub reaches the API server of %s at %s", s.name, addr)
		}
	}
}

// populate makes what is the same in both clusters.
func (s *site) populate(t *testing.T, r *receiver) {
	t.Helper()
	shell, caller := clustertest.ShellImage(t, s.Cluster), clustertest.GoImage(t, s.Cluster, callerPackage)
	clustertest.Kubectl(t, s.Cluster, "create", "namespace", "shop")
	clustertest.Kubectl(t, s.Cluster, "-n", "shop", "create", "secret", "generic", "db", "--from-literal=password="+canary)
	clustertest.Apply(t, s.Cluster, platformTeam+"---"+shells("shop", shell, siteShell)+"---"+pod("shop", siteCaller, caller, "loop", "/api/v1/namespaces/shop/configmaps"))
	clustertest.Kubectl(t, s.Cluster, "-n", "shop", "wait", "--for=condition=Ready", "pods", "--all", "--timeout=180s")
	s.pods = map[string]string{}
	for _, name := range []string{siteShell, siteCaller} {
		s.pods[name] = clustertest.Kubectl(t, s.Cluster, "-n", "shop", "get", "pod", name, "-o", "jsonpath={.metadata.uid}")
		r.has(t, "the inventory has pod "+name, fmt.Sprintf("inventory | where k8s.cluster == %q and resource.uid == %q and isnotempty(inventory.ips)", s.name, s.pods[name]))
	}
}

// pod is the manifest of a pod that runs caller.
func pod(namespace, name, image string, args ...string) string {
	list, err := json.Marshal(args)
	if err != nil {
		panic(err) // strings
	}
	return fmt.Sprintf(`
apiVersion: v1
kind: Pod
metadata: {name: %[2]s, namespace: %[1]s}
spec:
  terminationGracePeriodSeconds: 0
  containers: [{name: caller, image: %[3]q, args: %[4]s}]
`, namespace, name, image, list)
}
