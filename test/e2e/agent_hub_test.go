package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// count is what a question that asks for one number answers.
func (r *receiver) count(kql string) (string, error) {
	rows, err := r.rows(kql + " | count")
	if err != nil || len(rows) != 1 {
		return "", fmt.Errorf("%s: %v %w", kql, rows, err)
	}
	return rows[0]["Count"], nil
}

// counts waits until a question counts so many rows.
func (r *receiver) counts(t *testing.T, what, kql, want string) {
	t.Helper()
	eventually(t, slow, what, func() error {
		got, err := r.count(kql)
		if err == nil && got != want {
			err = fmt.Errorf("%s, not %s: %s", got, want, kql)
		}
		return err
	})
}

// The server watches its own cluster, whose name and UID its audit events get; it is killed, and what vanished meanwhile
// is known to be gone.
func TestUpWatchesItsCluster(t *testing.T) {
	c := clustertest.Get(t)
	ns := clustertest.Namespace(t, c, "upwatch")
	r := newReceiver(t, []string{"api"}, "--kubeconfig", c.Kubeconfig(), "--follow", c.AuditLog())
	image := clustertest.GoImage(t, c, podtool)
	clustertest.Apply(t, c, withSecrets(ns, image))
	clustertest.Kubectl(t, c, "-n", ns, "wait", "--for=condition=Available", "deployment/shop", "--timeout=180s")
	running := "inventory | where k8s.namespace == '" + ns + "' and resource.type == 'pods' and inventory.phase == 'Running' and isnotempty(inventory.ips) and k8s.node == 'node1' | distinct resource.uid"
	r.counts(t, "two pods run with their addresses", running, "2")
	uid := clustertest.Kubectl(t, c, "get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}")
	of := "k8s.cluster == 'cluster-" + uid[:8] + "' and k8s.cluster_uid == '" + uid + "'"
	for _, table := range []string{"inventory", "audit"} {
		eventually(t, slow, "every row of "+table+" has its cluster", func() error {
			all, err := r.count(table + " | where time < ago(2s)")
			if err != nil || all == "0" {
				return fmt.Errorf("no rows: %w", err)
			}
			others, err := r.count(table + " | where time < ago(2s) and not(" + of + ")")
			if err == nil && others != "0" {
				err = fmt.Errorf("%s of %s are not %s", others, all, of)
			}
			return err
		})
	}
	r.end(t, syscall.SIGKILL)
	clustertest.Kubectl(t, c, "-n", ns, "delete", "deployment/shop", "--wait")
	clustertest.Kubectl(t, c, "-n", ns, "wait", "--for=delete", "pod", "--all", "--timeout=180s")
	r.start(t)
	r.counts(t, "the pods are gone", "inventory | where k8s.namespace == '"+ns+"' and resource.type == 'pods' and inventory.change == 'gone' | distinct resource.uid", "2")
	r.counts(t, "no row holds a secret", "inventory | where raw_data contains '"+canary+"'", "0")
}

// An agent reports to a server elsewhere, which is killed and comes again; nobody else may speak for the cluster.
func TestAgentReports(t *testing.T) {
	t.Parallel()
	c := clustertest.Get(t)
	ns := clustertest.Namespace(t, c, "reports")
	r := newReceiver(t, []string{"api"}, "--listen", freeAddr(t)) // the same after a restart
	text, err := r.lynceus("token", "create", "--role", "agent", "--cluster", "prod", "agent-of-prod")
	if err != nil {
		t.Fatal(err)
	}
	file := tokenFile(t, text)
	hub, err := r.api()
	if err != nil {
		t.Fatal(err)
	}
	kubeconfig := agentAccess(t, c)
	start := func() *running {
		return background(t, "agent", "--kubeconfig", kubeconfig, "--hub", hub, "--token-file", file)
	}
	agent := start()
	settings := func(name string) string {
		return "inventory | where k8s.cluster == 'prod' and k8s.namespace == '" + ns + "' and resource.name == '" + name + "'"
	}
	configMap := func(name string) { clustertest.Kubectl(t, c, "-n", ns, "create", "configmap", name) }
	configMap("first")
	r.counts(t, "the first object is there", settings("first"), "1")

	r.end(t, syscall.SIGKILL)
	configMap("second")
	configMap("fleeting")
	clustertest.Kubectl(t, c, "-n", ns, "delete", "configmap", "fleeting")
	time.Sleep(2 * time.Second)
	r.start(t)
	r.counts(t, "what came about while the server was away", settings("second")+" and inventory.change == 'added'", "1")
	r.counts(t, "what came and went while the server was away", settings("fleeting")+" and inventory.change in ('added', 'deleted')", "2")
	var status struct{ Problems []string }
	if err := r.get("/api/v1/status", &status); err != nil || len(status.Problems) > 0 {
		t.Errorf("problems: %v %v", status.Problems, err)
	}

	agent.end(t)
	clustertest.Kubectl(t, c, "-n", ns, "delete", "configmap", "first")
	agent = start()
	r.counts(t, "what went while the agent was away", settings("first")+" and inventory.change == 'gone'", "1")
	refusals(t, r, hub, strings.TrimSpace(text))
	agent.end(t)
	eventually(t, slow, "silence is a problem", func() error {
		if err := r.get("/api/v1/status", &status); err != nil {
			return err
		}
		if !strings.Contains(strings.Join(status.Problems, "\n"), "the agent of cluster prod is silent") {
			return fmt.Errorf("problems: %q", status.Problems)
		}
		return nil
	})
}

// refusals asks as agents may not.
func refusals(t *testing.T, r *receiver, hub, token string) {
	t.Helper()
	var known struct {
		Clusters []struct{ UID, Name string }
	}
	if err := r.get("/api/v1/clusters", &known); err != nil || len(known.Clusters) != 1 || known.Clusters[0].Name != "prod" {
		t.Fatalf("clusters: %+v %v", known, err)
	}
	admin, err := os.ReadFile(filepath.Join(r.data(), "up.token"))
	if err != nil {
		t.Fatal(err)
	}
	uid := known.Clusters[0].UID
	const hello = `{"uid":"other","waiting":0,"waiting_bytes":0,"coalesced":0,"unseen":[]}`
	tests := []struct {
		method, path, token, media, body string
		status                           int
	}{
		{"PUT", "/api/v1/clusters/other/agent", token, "application/json", hello, http.StatusConflict},
		{"PUT", "/api/v1/clusters/other/agent", token, "application/json", strings.Replace(hello, `{`, `{"name":"dev",`, 1), http.StatusForbidden},
		{"PUT", "/api/v1/clusters/" + uid + "/agent", "", "application/json", hello, http.StatusUnauthorized},
		{"PUT", "/api/v1/clusters/" + uid + "/agent", string(admin), "application/json", hello, http.StatusForbidden},
		{"GET", "/api/v1/clusters", token, "", "", http.StatusForbidden},
		{"GET", "/api/v1/clusters/other/objects", token, "", "", http.StatusNotFound},
		{"POST", "/api/v1/clusters/" + uid + "/intake", token, "application/vnd.lynceus.batch", "no batch", http.StatusBadRequest},
		{"POST", "/api/v1/clusters/" + uid + "/intake", token, "application/json", "{}", http.StatusBadRequest},
		{"POST", "/api/v1/clusters/" + uid + "/intake", token, "application/vnd.lynceus.batch", strings.Repeat("x", 2<<20), http.StatusRequestEntityTooLarge},
	}
	for _, tt := range tests {
		req, err := http.NewRequest(tt.method, hub+tt.path, strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		if tt.token != "" {
			req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(tt.token))
		}
		if tt.media != "" {
			req.Header.Set("Content-Type", tt.media)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Errorf("%s %s: %v", tt.method, tt.path, err)
			continue
		}
		resp.Body.Close()
		if resp.StatusCode != tt.status || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s %s: %s, want %d", tt.method, tt.path, resp.Status, tt.status)
		}
	}
}
