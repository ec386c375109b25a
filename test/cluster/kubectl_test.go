package cluster_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// shellPods makes a pod that sleeps, one that says back what it reads, and one that serves a page.
func shellPods(t *testing.T, c *cluster.Cluster) (namespace string) {
	t.Helper()
	clustertest.ShellImage(t, c)
	namespace = clustertest.Namespace(t, c, "kubectl")
	clustertest.Apply(t, c, fmt.Sprintf(`
apiVersion: v1
kind: Pod
metadata: {name: sleeper, namespace: %[1]s}
spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: %[2]q}]}
---
apiVersion: v1
kind: Pod
metadata: {name: echo, namespace: %[1]s}
spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: %[2]q, stdin: true, command: [cat]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: %[1]s}
spec:
  terminationGracePeriodSeconds: 0
  containers: [{name: main, image: %[2]q, command: [sh, -c, "echo page > /tmp/index.html; echo ready; httpd -f -p 8080 -h /tmp"]}]
`, namespace, cluster.ShellImage))
	clustertest.Kubectl(t, c, "-n", namespace, "wait", "--for=condition=Ready", "pod", "--all", "--timeout=5m")
	return namespace
}

// TestKubectl does to pods what people do to them.
func TestKubectl(t *testing.T) {
	c := clustertest.Get(t)
	ns := shellPods(t, c)
	kubectl := func(t *testing.T, stdin string, args ...string) string {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		cmd := c.Kubectl(ctx, append([]string{"-n", ns}, args...)...)
		cmd.Stdin = strings.NewReader(stdin)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("kubectl %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	tests := []struct {
		name  string
		stdin string
		args  []string
		want  string
	}{
		{"logs", "", []string{"logs", "web"}, "ready\n"},
		{"exec", "", []string{"exec", "sleeper", "--", "sh", "-c", "echo $((6*7))"}, "42\n"},
		{"exec with input", "read this\n", []string{"exec", "-i", "sleeper", "--", "rev"}, "siht daer\n"},
		{"token", "", []string{"exec", "sleeper", "--", "cat", "/var/run/secrets/kubernetes.io/serviceaccount/namespace"}, ns},
		{"run", "", []string{"run", "once", "--rm", "-i", "-q", "--restart=Never", "--pod-running-timeout=4m", "--image=" + cluster.ShellImage, "--", "echo", "ran"}, "ran\n"},
		{"address of the node", "", []string{"get", "nodes", "-o", "jsonpath={.items[*].status.addresses[0].address}"}, cluster.NodeAddr.String()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := kubectl(t, tt.stdin, tt.args...); !strings.Contains(got, tt.want) {
				t.Errorf("kubectl %s printed %q, want %q in it", strings.Join(tt.args, " "), got, tt.want)
			}
		})
	}
	t.Run("cp", func(t *testing.T) {
		dir := t.TempDir()
		sent, back := filepath.Join(dir, "sent"), filepath.Join(dir, "back")
		if err := os.WriteFile(sent, []byte("content"), 0o600); err != nil {
			t.Fatal(err)
		}
		kubectl(t, "", "cp", sent, "sleeper:/tmp/copy")
		kubectl(t, "", "cp", "sleeper:/tmp/copy", back)
		if got, err := os.ReadFile(back); err != nil || string(got) != "content" {
			t.Errorf("what came back is %q, %v", got, err)
		}
	})
	t.Run("debug a pod", func(t *testing.T) {
		kubectl(t, "", "debug", "sleeper", "-c", "debugger", "--image="+cluster.ShellImage, "--target=main", "--profile=general", "--", "sh", "-c", "ps; sleep 60")
		eventually(t, "the debugged container's processes in the log of the debugger", func() bool {
			out, err := c.Kubectl(t.Context(), "-n", ns, "logs", "sleeper", "-c", "debugger").CombinedOutput()
			return err == nil && strings.Contains(string(out), "/bin/sleep 2147483647")
		})
	})
	t.Run("debug the node", func(t *testing.T) {
		node := kubectl(t, "", "get", "nodes", "-o", "name")
		kubectl(t, "", "debug", strings.TrimSpace(node), "--image="+cluster.ShellImage, "--profile=general", "--", "sh", "-c", "cat /host/run/lynceus/resolv.conf; sleep 60")
		eventually(t, "a file of the node in the log of the debugger", func() bool {
			name := kubectl(t, "", "get", "pods", "-o", "jsonpath={.items[?(@.spec.hostPID==true)].metadata.name}")
			out, err := c.Kubectl(t.Context(), "-n", ns, "logs", name).CombinedOutput()
			return err == nil && strings.Contains(string(out), "nameserver")
		})
	})
	t.Run("attach", func(t *testing.T) {
		attach(t, c.Kubectl(t.Context(), "-n", ns, "attach", "-q", "-i", "--pod-running-timeout=4m", "echo"))
	})
	t.Run("port-forward", func(t *testing.T) {
		portForward(t, c.Kubectl(t.Context(), "-n", ns, "port-forward", "--pod-running-timeout=4m", "pod/web", ":8080"))
	})
}

// attach says a word to a container that repeats it.
func attach(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	lines := firstLine(t, cmd)
	if _, err := io.WriteString(stdin, "said\n"); err != nil {
		t.Fatal(err)
	}
	if line := <-lines; line != "said\n" {
		t.Errorf("kubectl attach printed %q", line)
	}
}

// firstLine starts a command, which ends with the test at the latest, and sends the first line that it prints, or what
// there is of it after two minutes.
func firstLine(t *testing.T, cmd *exec.Cmd) <-chan string {
	t.Helper()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(2*time.Minute, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() {
		late.Stop()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	out := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(stdout).ReadString('\n')
		out <- line
	}()
	return out
}

// portForward runs a kubectl port-forward and asks for the page behind it.
func portForward(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	line := <-firstLine(t, cmd)
	port := regexp.MustCompile(`127\.0\.0\.1:(\d+)`).FindStringSubmatch(line)
	if port == nil {
		t.Fatalf("kubectl port-forward said %q", line)
	}
	client := http.Client{Timeout: time.Minute}
	resp, err := client.Get("http://127.0.0.1:" + port[1] + "/index.html")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "page\n" {
		t.Errorf("the page is %q, %v", body, err)
	}
}
