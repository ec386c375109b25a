package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
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
)

// sensorBinary builds the node sensor once for each test process.
var sensorBinary = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("make", "--no-print-directory", "-C", "../..", "sensor").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("make sensor: %w\n%s", err, out)
	}
	return filepath.Abs("../../bin/lynceus-sensor")
})

// A nodeSensor is lynceus-sensor on the node of a cluster. Its control groups and processes are seen from this machine.
type nodeSensor struct {
	cmd    *exec.Cmd
	out    string // file of its events
	stderr bytes.Buffer
}

// senseNode starts the sensor, with more flags if wanted, and waits until it has told what runs.
func senseNode(t *testing.T, c *cluster.Cluster, flags ...string) *nodeSensor {
	t.Helper()
	bin, err := sensorBinary()
	if err != nil {
		t.Fatal(err)
	}
	s := &nodeSensor{out: filepath.Join(t.TempDir(), "events.jsonl")}
	out, err := os.Create(s.out)
	if err != nil {
		t.Fatal(err)
	}
	flags = append([]string{"--runtime", filepath.Join(c.Dir(), "containerd.sock"), "--kubeconfig", c.Kubeconfig(), "--node", "node1", "--cluster", "prod"}, flags...)
	s.cmd = exec.Command(bin, flags...)
	s.cmd.Stdout, s.cmd.Stderr = out, &s.stderr
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stop(t); _ = out.Close() })
	eventually(t, slow, "the sensor's first events", func() error {
		if info, err := os.Stat(s.out); err != nil || info.Size() == 0 {
			return fmt.Errorf("none yet: %w", err)
		}
		return nil
	})
	return s
}

// stop ends the sensor. It may be called twice.
func (s *nodeSensor) stop(t *testing.T) {
	t.Helper()
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	ended := time.AfterFunc(slow, func() { _ = s.cmd.Process.Kill() })
	err := s.cmd.Wait()
	ended.Stop()
	s.cmd = nil
	if err != nil {
		t.Errorf("lynceus-sensor: %v", err)
	}
	t.Logf("%s", bytes.TrimSpace(s.stderr.Bytes()))
}

// sensorEvent is what these tests read of an event.
type sensorEvent struct {
	UID       string    `json:"metadata.uid"`
	Revision  int       `json:"metadata.revision"`
	Time      time.Time `json:"time"`
	Activity  string    `json:"activity"`
	Container string    `json:"container.uid"`
	Name      string    `json:"container.name"`
	Image     string    `json:"container.image.name"`
	Namespace string    `json:"k8s.namespace"`
	Pod       string    `json:"k8s.pod"`
	PodUID    string    `json:"k8s.pod_uid"`
	Workload  string    `json:"k8s.workload"`
	Kind      string    `json:"k8s.workload_kind"`
	Method    string    `json:"k8s.workload_method"`
	Account   string    `json:"k8s.service_account"`
	Process   string    `json:"process.uid"`
	Command   string    `json:"process.cmd_line"`
	Path      string    `json:"process.file.path"`
	Root      string    `json:"process.session_root.uid"`
	Entered   *bool     `json:"process.entered"`
	Starts    bool      `json:"container.started"`
	Origin    string    `json:"process.file.origin"`
	SHA256    string    `json:"process.file.hash.sha256"`

	Privileged *bool `json:"container.privileged"`

	Policy      string `json:"policy.name"`
	Action      string `json:"policy.action"`
	Disposition string `json:"disposition"`
	Result      string `json:"policy.result"`
}

// events reads what the sensor has written, in its order.
func (s *nodeSensor) events(t *testing.T) []sensorEvent {
	t.Helper()
	f, err := os.Open(s.out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []sensorEvent
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var e sensorEvent
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			continue // the last line, which is being written
		}
		out = append(out, e)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// latest returns each event in its latest revision.
func latest(all []sensorEvent) map[string]sensorEvent {
	out := map[string]sensorEvent{}
	for _, e := range all {
		if was, ok := out[e.UID]; !ok || was.Revision < e.Revision {
			out[e.UID] = e
		}
	}
	return out
}

// shells is a manifest of pods whose containers sleep.
func shells(namespace, image string, names ...string) string {
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, `
apiVersion: v1
kind: Pod
metadata: {name: %s, namespace: %s}
spec:
  terminationGracePeriodSeconds: 0
  containers: [{name: app, image: %q}]
---
`, name, namespace, image)
	}
	return b.String()
}
