package cluster_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

const podtool = "github.com/lynceus-io/lynceus/test/cluster/cmd/podtool"

// pods makes a server behind a service and a client, and waits for both.
func pods(t *testing.T, c *cluster.Cluster) (namespace string) {
	t.Helper()
	image := clustertest.GoImage(t, c, podtool)
	namespace = clustertest.Namespace(t, c, "pods")
	clustertest.Apply(t, c, fmt.Sprintf(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: server, namespace: %[1]s}
spec:
  selector: {matchLabels: {app: server}}
  template:
    metadata: {labels: {app: server}}
    spec:
      containers:
      - {name: server, image: %[2]q, args: [serve, ":8080"], readinessProbe: {httpGet: {port: 8080}, periodSeconds: 1}}
---
apiVersion: v1
kind: Service
metadata: {name: server, namespace: %[1]s}
spec: {selector: {app: server}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: %[1]s}
spec: {containers: [{name: client, image: %[2]q, args: [serve, ":8080"]}]}
`, namespace, image))
	clustertest.Kubectl(t, c, "-n", namespace, "wait", "--for=condition=Ready", "pod/client", "--timeout=5m")
	clustertest.Kubectl(t, c, "-n", namespace, "wait", "--for=condition=Available", "deployment/server", "--timeout=5m")
	return namespace
}

// inPod runs podtool in the client pod.
func inPod(ctx context.Context, c *cluster.Cluster, namespace string, args ...string) (string, error) {
	out, err := c.Kubectl(ctx, append([]string{"-n", namespace, "exec", "client", "--", "/bin/podtool"}, args...)...).CombinedOutput()
	return string(out), err
}

// eventually tries until ok is true: what kube-proxy and the name service know arrives a moment after the API.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); !ok(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

func TestPods(t *testing.T) {
	c := clustertest.Get(t)
	ns := pods(t, c)
	outside, err := c.Outside("partner", []netip.Addr{netip.MustParseAddr("198.51.100.7")}, "partner.example.com")
	if err != nil {
		t.Fatal(err)
	}
	defer outside.Close()
	callers := serveOutside(t, outside, "198.51.100.7:8080")

	tests := []struct {
		name string
		args []string
		want string // in what podtool prints
	}{
		{"service by name", []string{"fetch", "http://server/"}, "hello 10.244.0."},
		{"service by full name", []string{"fetch", "http://server." + ns + ".svc.cluster.local/"}, "hello"},
		{"API server's service", []string{"dial", "10.96.0.1:443"}, ""},
		{"API server's name", []string{"lookup", "kubernetes.default.svc"}, "[10.96.0.1]"},
		{"outside name", []string{"lookup", "partner.example.com"}, "[198.51.100.7]"},
		{"outside host", []string{"fetch", "http://partner.example.com:8080/"}, "outside"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out string
			eventually(t, tt.name, func() bool {
				var err error
				out, err = inPod(t.Context(), c, ns, tt.args...)
				return err == nil && strings.Contains(out, tt.want)
			})
		})
	}
	if caller := <-callers; caller != cluster.NodeAddr.String() {
		t.Errorf("the outside host saw %s, want the node's address %s", caller, cluster.NodeAddr)
	}
	for _, args := range [][]string{{"lookup", "absent.example.com"}, {"dial", "203.0.113.99:443"}} {
		if out, err := inPod(t.Context(), c, ns, args...); err == nil {
			t.Errorf("podtool %s succeeded: %s", strings.Join(args, " "), out)
		}
	}
	inCluster(t, c, ns)
}

// inCluster lets a pod call the API server: the audit log shows the pod's own address, and the pod as its token says it.
func inCluster(t *testing.T, c *cluster.Cluster, namespace string) {
	t.Helper()
	if out, err := inPod(t.Context(), c, namespace, "call", "/api/v1/namespaces/"+namespace+"/secrets"); err != nil || !strings.Contains(out, "Forbidden") {
		t.Errorf("a pod without rights asks for secrets: %v: %s", err, out)
	}
	addr := clustertest.Kubectl(t, c, "-n", namespace, "get", "pod", "client", "-o", "jsonpath={.status.podIP}")
	eventually(t, "the pod's request in the audit log", func() bool {
		return audited(t, c.AuditLog(), func(e auditEvent) bool {
			return e.User.Username == "system:serviceaccount:"+namespace+":default" && e.Verb == "list" &&
				slices.Equal(e.SourceIPs, []string{addr}) &&
				slices.Equal(e.User.Extra["authentication.kubernetes.io/pod-name"], []string{"client"})
		})
	})
}

// serveOutside answers "outside" at an address of an outside host and sends the first caller's address.
func serveOutside(t *testing.T, h *cluster.Host, addr string) <-chan string {
	t.Helper()
	l, err := h.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	callers := make(chan string, 1)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		select {
		case callers <- host:
		default:
		}
		_, _ = io.WriteString(w, "outside")
	})}
	go server.Serve(l)
	t.Cleanup(func() { _ = server.Close() })
	return callers
}

// TestPerson is a person at an outside address: the API server's audit log shows who, from where.
func TestPerson(t *testing.T) {
	c := clustertest.Get(t)
	laptop, err := c.Outside("laptop", []netip.Addr{netip.MustParseAddr("203.0.113.20")})
	if err != nil {
		t.Fatal(err)
	}
	defer laptop.Close()
	ns := clustertest.Namespace(t, c, "person")
	user := ns + "@example.com"
	kubeconfig, err := c.User(cluster.FromCluster, user, "developers")
	if err != nil {
		t.Fatal(err)
	}
	clustertest.Kubectl(t, c, "-n", ns, "create", "rolebinding", "view", "--clusterrole=view", "--user="+user)
	cmd := c.Kubectl(t.Context(), "-n", ns, "get", "configmaps")
	cmd.Env = append(cmd.Env, "KUBECONFIG="+kubeconfig)
	if out, err := laptop.Output(cmd); err != nil {
		t.Fatalf("kubectl from outside: %v\n%s", err, out)
	}
	eventually(t, "the request in the audit log", func() bool {
		return audited(t, c.AuditLog(), func(e auditEvent) bool {
			return e.User.Username == user && e.Verb == "list" && len(e.SourceIPs) == 1 && e.SourceIPs[0] == "203.0.113.20"
		})
	})
}

// auditEvent is what these tests read of audit.k8s.io/v1.
type auditEvent struct {
	Verb string
	User struct {
		Username string
		Extra    map[string][]string
	}
	SourceIPs []string
}

func audited(t *testing.T, file string, match func(auditEvent) bool) bool {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e auditEvent
		if json.Unmarshal(lines.Bytes(), &e) == nil && match(e) {
			return true
		}
	}
	return false
}

// TestNothingLeaves looks at every interface that the cluster has: each has its other end in the cluster, and this
// machine has none of them, so there is no way out, whatever a pod sends.
func TestNothingLeaves(t *testing.T) {
	before, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	c := clustertest.Get(t)
	node, err := c.Node()
	if err != nil {
		t.Fatal(err)
	}
	defer node.Close()
	for _, i := range before {
		if strings.HasPrefix(i.Name, "veth") || strings.HasPrefix(i.Name, "cni") {
			t.Errorf("the machine has interface %s", i.Name)
		}
	}
	out, err := node.Output(exec.Command("ip", "-o", "link"))
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		_, rest, _ := strings.Cut(line, ": ")
		name, _, _ := strings.Cut(rest, ":")
		switch name, _, _ = strings.Cut(name, "@"); {
		case name == "lo", name == "cni0", name == "eth0", strings.HasPrefix(name, "veth"):
		default:
			t.Errorf("the node has interface %s, which may lead out", name)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if conn, err := node.Dial(ctx, "tcp", "203.0.113.99:443"); err == nil {
		_ = conn.Close()
		t.Error("the node reached an address that nobody has")
	} else if !errors.Is(err, syscall.EHOSTUNREACH) {
		t.Errorf("an address that nobody has is not refused at once: %v", err)
	}
}

func TestShared(t *testing.T) {
	first, second := clustertest.Get(t), clustertest.Get(t)
	if first != second {
		t.Error("two tests got two clusters")
	}
}
