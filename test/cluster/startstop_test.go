package cluster_test

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// footprint is what a cluster could leave on the machine.
type footprint struct {
	namespaces, settings, mounts, interfaces, cgroups, files []string
}

func look(t *testing.T) footprint {
	t.Helper()
	var f footprint
	f.namespaces = pidNamespaces(t)
	for _, name := range []string{"vm/overcommit_memory", "kernel/panic", "kernel/panic_on_oops", "net/ipv4/ip_forward", "net/netfilter/nf_conntrack_max"} {
		value, err := os.ReadFile(filepath.Join("/proc/sys", name))
		if err != nil {
			continue // not on this kernel
		}
		f.settings = append(f.settings, name+"="+strings.TrimSpace(string(value)))
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mounts)) {
		f.mounts = append(f.mounts, strings.Fields(line)[4])
	}
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range interfaces {
		f.interfaces = append(f.interfaces, i.Name)
	}
	_ = filepath.WalkDir("/sys/fs/cgroup", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasPrefix(d.Name(), "lynceus-") {
			f.cgroups = append(f.cgroups, name)
		}
		return nil // groups of others come and go
	})
	for _, pattern := range []string{filepath.Join(os.TempDir(), "lynceus-cluster-*"), "/run/netns/*", "/var/lib/kubelet", "/var/lib/cni"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		f.files = append(f.files, found...)
	}
	return f
}

// left names what is in after but not in before.
func left(before, after footprint) []string {
	var out []string
	for _, kind := range []struct {
		name          string
		before, after []string
	}{
		{"PID namespace", before.namespaces, after.namespaces},
		{"setting", before.settings, after.settings},
		{"mount", before.mounts, after.mounts},
		{"interface", before.interfaces, after.interfaces},
		{"control group", before.cgroups, after.cgroups},
		{"file", before.files, after.files},
	} {
		for _, x := range kind.after {
			if !slices.Contains(kind.before, x) {
				out = append(out, kind.name+" "+x)
			}
		}
	}
	return out
}

// TestStartAndStop starts and ends three clusters in a row, each with pods in it and each ended in another way, and
// compares the machine before and after. The second has an audit policy and a webhook of its own.
func TestStartAndStop(t *testing.T) {
	var audited atomic.Int64
	receiver := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var list struct{ Items []json.RawMessage }
		if err := json.NewDecoder(io.LimitReader(r.Body, 64<<20)).Decode(&list); err == nil {
			audited.Add(int64(len(list.Items)))
		}
	}))
	defer receiver.Close()
	tests := []struct {
		name   string
		config cluster.Config
		end    func(t *testing.T, c *cluster.Cluster)
	}{
		{"down", cluster.Config{}, func(t *testing.T, c *cluster.Cluster) {
			if err := c.Down(t.Context()); err != nil {
				t.Error(err)
			}
		}},
		{"killed", cluster.Config{
			AuditPolicy:  []byte("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n"),
			AuditWebhook: webhookKubeconfig(t, receiver),
			Forward:      []int{receiver.Listener.Addr().(*net.TCPAddr).Port},
		}, func(t *testing.T, c *cluster.Cluster) {
			eventually(t, "audit events at the webhook", func() bool { return audited.Load() > 0 })
			pid, err := c.Process()
			if err != nil {
				t.Fatal(err)
			}
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			if err := c.Down(t.Context()); err != nil {
				t.Error(err)
			}
		}},
		{"abandoned", cluster.Config{Linger: time.Second}, func(t *testing.T, c *cluster.Cluster) {
			pid, err := c.Process()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
			eventually(t, "the end of a cluster that nobody holds", func() bool { return syscall.Kill(pid, 0) != nil })
		}},
	}
	for _, tt := range tests {
		before := look(t)
		t.Run(tt.name, func(t *testing.T) {
			c := clustertest.Start(t, tt.config)
			pods(t, c)
			if during := look(t); len(during.namespaces) <= len(before.namespaces) || len(during.cgroups) <= len(before.cgroups) {
				t.Errorf("a running cluster shows no PID namespace or no control group: %+v", during)
			}
			tt.end(t, c)
			if l := left(before, look(t)); len(l) > 0 {
				t.Errorf("it left %s", strings.Join(l, ", "))
			}
		})
	}
}

// TestSoakStartAndStop starts and stops ten clusters in a row.
func TestSoakStartAndStop(t *testing.T) {
	clustertest.Soak(t)
	before := look(t)
	for range 10 {
		c := clustertest.Start(t, cluster.Config{})
		pods(t, c)
		if err := c.Down(t.Context()); err != nil {
			t.Fatal(err)
		}
		if l := left(before, look(t)); len(l) > 0 {
			t.Fatalf("it left %s", strings.Join(l, ", "))
		}
	}
}

// TestStartFails asks for what the API server refuses: the error says whose log to read and shows it, and nothing is
// left.
func TestStartFails(t *testing.T) {
	before := look(t)
	_, err := cluster.Up(t.Context(), cluster.Config{
		Dir: filepath.Join(os.TempDir(), "lynceus-cluster-refused"), Self: clustertest.Program(t),
		Binaries: os.Getenv(cluster.BinariesEnv), APIServer: []string{"--no-such-flag"},
	})
	if err == nil {
		t.Fatal("the cluster started")
	}
	for _, want := range []string{"kube-apiserver ended", "unknown flag: --no-such-flag"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
	if l := left(before, look(t)); len(l) > 0 {
		t.Errorf("it left %s", strings.Join(l, ", "))
	}
}

// webhookKubeconfig is the configuration by which the API server sends audit events to a server of this test.
func webhookKubeconfig(t *testing.T, s *httptest.Server) []byte {
	t.Helper()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	type m = map[string]any
	data, err := json.Marshal(m{
		"apiVersion": "v1", "kind": "Config", "current-context": "c",
		"clusters": []m{{"name": "c", "cluster": m{"server": s.URL, "certificate-authority-data": ca}}},
		"users":    []m{{"name": "u", "user": m{"token": "of-this-test"}}},
		"contexts": []m{{"name": "c", "context": m{"cluster": "c", "user": "u"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}
