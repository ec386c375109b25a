package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

const callerPackage = "github.com/lynceus-io/lynceus/test/e2e/cmd/caller"

// A report is what command caller says of a call.
type report struct {
	AuditID   string `json:"audit_id"`
	Status    int    `json:"status"`
	Pod       string `json:"pod"`
	PodUID    string `json:"pod_uid"`
	Namespace string `json:"namespace"`
	Node      string `json:"node"`
}

func reports(t *testing.T, text string) []report {
	t.Helper()
	var out []report
	for line := range strings.Lines(text) {
		var r report
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		out = append(out, r)
	}
	return out
}

// deployment is the manifest of a workload whose pods run caller. It knows its pod by the downward API.
func deployment(namespace, name, image string, replicas int, args ...string) string {
	list, err := json.Marshal(args)
	if err != nil {
		panic(err) // strings
	}
	return fmt.Sprintf(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: %[2]s, namespace: %[1]s}
spec:
  replicas: %[4]d
  selector: {matchLabels: {app: %[2]s}}
  template:
    metadata: {labels: {app: %[2]s}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: caller
        image: %[3]q
        args: %[5]s
        env:
        - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: POD_UID, valueFrom: {fieldRef: {fieldPath: metadata.uid}}}
        - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
        - {name: NODE_NAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
`, namespace, name, image, replicas, list)
}

// available waits for a deployment.
func available(t *testing.T, c *cluster.Cluster, namespace, name string) {
	t.Helper()
	clustertest.Kubectl(t, c, "-n", namespace, "wait", "--for=condition=Available", "deployment/"+name, "--timeout=180s")
}

// podOf is the name of a deployment's only pod.
func podOf(t *testing.T, c *cluster.Cluster, namespace, name string) string {
	t.Helper()
	return clustertest.Kubectl(t, c, "-n", namespace, "get", "pods", "-l", "app="+name, "-o", "jsonpath={.items[0].metadata.name}")
}

// inPod runs caller in a pod with text on its standard input and returns what it printed.
func inPod(t *testing.T, c *cluster.Cluster, namespace, pod, stdin string, args ...string) string {
	t.Helper()
	cmd := c.Kubectl(t.Context(), append([]string{"-n", namespace, "exec", "-i", pod, "--", "/bin/caller"}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("caller %v in pod %s: %v\n%s%s", args, pod, err, stdout.Bytes(), stderr.Bytes())
	}
	return stdout.String()
}
