package cluster_test

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// TestStartAndStop starts and ends three clusters in a row, each with pods in it and each ended in another way, and
// compares the machine before and after. The second has an audit policy and a webhook of its own.
func TestStartAndStop(t *testing.T) {
	var audited atomic.Int64
	receiver := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var list struct{ Items []json.RawMessage }
		if r.Header.Get("Authorization") != "Bearer "+webhookToken {
			return
		}
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
			defer func() {
				if t.Failed() {
					t.Log(grepLog(c.Log("kube-apiserver"), "webhook"), grepLog(c.Log("node"), "forward"))
				}
			}()
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
		t.Run(tt.name, func(t *testing.T) {
			before := look(t)
			c := clustertest.Start(t, tt.config)
			pods(t, c)
			own := traces(t, c)
			own.checkThere(t)
			tt.end(t, c)
			own.checkGone(t)
			before.checkSame(t)
		})
	}
}

// TestSoakStartAndStop starts and stops ten clusters in a row.
func TestSoakStartAndStop(t *testing.T) {
	clustertest.Soak(t)
	before := look(t)
	for range 10 {
		began := time.Now()
		c := clustertest.Start(t, cluster.Config{})
		ready := time.Since(began)
		pods(t, c)
		own := traces(t, c)
		own.checkThere(t)
		began = time.Now()
		if err := c.Down(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Logf("ready after %.1f s, down after %.1f s", ready.Seconds(), time.Since(began).Seconds())
		own.checkGone(t)
		before.checkSame(t)
	}
}

// TestStartFails asks for what the API server refuses: the error says whose log to read and shows it, and nothing is
// left.
func TestStartFails(t *testing.T) {
	before := look(t)
	dir := filepath.Join(t.TempDir(), "refused")
	_, err := cluster.Up(t.Context(), cluster.Config{
		Dir: dir, Self: clustertest.Program(t),
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
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("it left %s", dir)
	}
	if pids := processesOf(t, dir); len(pids) > 0 {
		t.Errorf("it left the processes %v", pids)
	}
	before.checkSame(t)
}

// grepLog are the lines of a log that contain a word.
func grepLog(file, word string) string {
	data, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for line := range strings.Lines(string(data)) {
		if strings.Contains(line, word) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// webhookToken is what the API server shows to a server of this test.
const webhookToken = "of-this-test"

// webhookKubeconfig is the configuration by which the API server sends audit events to a server of this test.
func webhookKubeconfig(t *testing.T, s *httptest.Server) []byte {
	t.Helper()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	type m = map[string]any
	data, err := json.Marshal(m{
		"apiVersion": "v1", "kind": "Config", "current-context": "c",
		"clusters": []m{{"name": "c", "cluster": m{"server": s.URL, "certificate-authority-data": ca}}},
		"users":    []m{{"name": "u", "user": m{"token": webhookToken}}},
		"contexts": []m{{"name": "c", "context": m{"cluster": "c", "user": "u"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}
