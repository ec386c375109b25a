package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// minerImage is busybox under a name that is none of its own: where it runs, it says that it does not know the name.
const minerImage = "lynceus.test/miner:1"

// stopPolicies are what TestSensorStops has stopped in the Deployment web and in pods beside it, in a namespace.
const stopPolicies = `
policies:
  - name: no-miners
    mode: %[1]s
    action: kill-process
    pods: [{namespace: %[2]s}]
    match: {names: [miner]}
  - name: no-tools
    mode: %[1]s
    action: deny-exec
    pods: [{namespace: %[2]s, kind: Deployment, workload: web}]
    match: {paths: [/tmp/tool]}
  - name: no-api
    mode: %[1]s
    action: deny-connect
    pods: [{namespace: %[2]s, kind: Deployment, workload: web}]
    match: {connect: [{cidr: 0.0.0.0/0, ports: [6443]}]}
  - name: no-container-with-miners
    mode: %[1]s
    action: kill-container
    pods: [{namespace: %[2]s}]
    match: {names: [xmrig]}
`

// TestSensorStops has the sensor stop what a policy forbids in pods of a real cluster.
func TestSensorStops(t *testing.T) {
	c := clustertest.Start(t, cluster.Config{})
	image := clustertest.ShellImage(t, c)
	importMiner(t, c)
	shop, bank := clustertest.Namespace(t, c, "shop"), clustertest.Namespace(t, c, "bank")
	file := filepath.Join(t.TempDir(), "policies.yaml")
	write := func(mode string) {
		t.Helper()
		if err := os.WriteFile(file, fmt.Appendf(nil, stopPolicies, mode, shop), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("enforce")
	s := senseNode(t, c, "--policy", file)
	clustertest.Apply(t, c, minerPod(shop)+"---"+minerPod(bank)+"---"+stopWeb(shop, image))
	available(t, c, shop, "web")
	pod := podOf(t, c, shop, "web")
	sh := func(script string) (string, int) {
		t.Helper()
		cmd := c.Kubectl(t.Context(), "-n", shop, "exec", pod, "--", "sh", "-c", script)
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return string(out), cmd.ProcessState.ExitCode()
	}

	t.Run("an image's own program is killed before it runs", func(t *testing.T) {
		if code := exitCodeOf(t, c, shop); code != "137" {
			t.Errorf("exit code %s", code)
		}
		if logs := clustertest.Kubectl(t, c, "-n", shop, "logs", "miner"); strings.Contains(logs, "applet") {
			t.Errorf("it ran: %q", logs)
		}
		if exitCodeOf(t, c, bank); !strings.Contains(clustertest.Kubectl(t, c, "-n", bank, "logs", "miner"), "applet not found") {
			t.Error("it did not run in the other namespace")
		}
	})
	t.Run("a denied program does not start", func(t *testing.T) {
		eventually(t, slow, "the program is denied", func() error {
			if out, code := sh("cp /bin/busybox /tmp/tool; /tmp/tool true"); code != 126 || !strings.Contains(out, "Operation not permitted") {
				return fmt.Errorf("exit code %d, %q", code, out)
			}
			return nil
		})
		if out, code := sh("cp /tmp/tool /tmp/other; /tmp/other true; /bin/true && echo works"); code != 0 || !strings.Contains(out, "works") {
			t.Errorf("another program: exit code %d, %q", code, out)
		}
	})
	t.Run("a denied connection fails", func(t *testing.T) {
		if out, code := sh("nc -w 2 127.0.0.1 6443 </dev/null"); code == 0 || !strings.Contains(out, "Operation not permitted") {
			t.Errorf("exit code %d, %q", code, out)
		}
		if out, _ := sh("nc -w 2 127.0.0.1 6444 </dev/null"); !strings.Contains(out, "refused") {
			t.Errorf("another port: %q", out)
		}
	})
	t.Run("a container ends", func(t *testing.T) {
		if out, _ := sh("cp /bin/busybox /tmp/xmrig; /tmp/xmrig true; sleep 5; echo survived"); strings.Contains(out, "survived") {
			t.Errorf("%q", out)
		}
		eventually(t, slow, "the kubelet starts the container again", func() error {
			if n := clustertest.Kubectl(t, c, "-n", shop, "get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].restartCount}"); n != "1" {
				return fmt.Errorf("%s restarts", n)
			}
			return nil
		})
		available(t, c, shop, "web")
	})
	t.Run("each act has its row", func(t *testing.T) {
		for _, want := range []sensorEvent{
			{Policy: "no-miners", Action: "kill-process", Pod: "miner"}, {Policy: "no-tools", Action: "deny-exec", Pod: pod},
			{Policy: "no-api", Action: "deny-connect", Pod: pod}, {Policy: "no-container-with-miners", Action: "kill-container", Pod: pod},
		} {
			eventually(t, slow, want.Policy, func() error {
				for _, e := range s.events(t) {
					if e.Activity == "Enforce" && e.Policy == want.Policy && e.Action == want.Action && e.Pod == want.Pod && e.Namespace == shop && e.Disposition == "Blocked" {
						return nil
					}
				}
				return fmt.Errorf("no row says that it blocked %s in %s", want.Policy, want.Pod)
			})
		}
		for _, e := range s.events(t) {
			if e.Activity == "Enforce" && e.Namespace != shop {
				t.Errorf("%s in %s/%s: %s", e.Policy, e.Namespace, e.Pod, e.Result)
			}
		}
	})
	t.Run("switched off without a restart", func(t *testing.T) {
		write("off")
		if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		eventually(t, slow, "all runs", func() error {
			out, code := sh("cp /bin/busybox /tmp/tool; cp /bin/busybox /tmp/xmrig; /tmp/tool; /tmp/xmrig; echo works")
			if strings.Count(out, "applet not found") != 2 || !strings.Contains(out, "works") {
				return fmt.Errorf("exit code %d, %q", code, out)
			}
			return nil
		})
	})
}

func importMiner(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	path, err := exec.LookPath("busybox")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	spec := cluster.Image{Name: minerImage, Files: []cluster.File{{Path: "/bin/miner", Data: data}}, Entrypoint: []string{"/bin/miner"}}
	if err := c.Import(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
}

func minerPod(namespace string) string {
	return fmt.Sprintf(`
apiVersion: v1
kind: Pod
metadata: {name: miner, namespace: %s}
spec:
  restartPolicy: Never
  containers: [{name: miner, image: %q}]
`, namespace, minerImage)
}

func stopWeb(namespace, image string) string {
	return fmt.Sprintf(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: %s}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: web, image: %q}]
`, namespace, image)
}

// exitCodeOf waits until the miner's container has ended, and returns with which code.
func exitCodeOf(t *testing.T, c *cluster.Cluster, namespace string) (code string) {
	t.Helper()
	eventually(t, slow, "the miner's end in "+namespace, func() error {
		code = clustertest.Kubectl(t, c, "-n", namespace, "get", "pod", "miner", "-o", "jsonpath={.status.containerStatuses[0].state.terminated.exitCode}")
		if code == "" {
			return errors.New("it has not ended")
		}
		return nil
	})
	return code
}
