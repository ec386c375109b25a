package e2e

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// enroll asks a hub for a certificate as a sensor does, and returns the name in it.
func enroll(t *testing.T, hub string, ask map[string]string) (name string, err error) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		t.Fatal(err)
	}
	ask["request"] = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
	body, err := json.Marshal(ask)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(hub+"/api/v1/enroll", "application/json", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var answer struct{ Certificate, Message string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return "", err
	}
	block, _ := pem.Decode([]byte(answer.Certificate))
	if block == nil {
		return "", fmt.Errorf("%s: %s", resp.Status, answer.Message)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "", err
	}
	return c.URIs[0].String(), nil
}

// A sensor proves its node by the token of its pod, which the cluster's agent reviews: it gets the certificate of the node
// that its pod is on, and of no other.
func TestSensorsEnrollByTheirPods(t *testing.T) {
	c := clustertest.Get(t)
	r := newReceiver(t, []string{"api"}, "--gate", "127.0.0.1:0")
	hub, err := r.api()
	if err != nil {
		t.Fatal(err)
	}
	kubeconfig := agentAccess(t, c)
	clustertest.Kubectl(t, c, "apply", "-f", filepath.Join("..", "..", "deploy", "agent", "tokenreview.yaml"))
	background(t, "agent", "--kubeconfig", kubeconfig, "--hub", hub, "--token-file", r.newToken(t, "agent", "prod"))

	ns := clustertest.Namespace(t, c, "others")
	clustertest.Apply(t, c, `
apiVersion: v1
kind: Node
metadata: {name: node-2.gate.test}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: lynceus-sensor, namespace: lynceus}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: lynceus-sensor, namespace: `+ns+`}
`)
	deleteLater(t, c, "node/node-2.gate.test")
	pod := func(namespace, name, node string) {
		clustertest.Apply(t, c, fmt.Sprintf(`
apiVersion: v1
kind: Pod
metadata: {name: %s, namespace: %s}
spec:
  nodeName: %s
  serviceAccountName: lynceus-sensor
  automountServiceAccountToken: false
  securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
  containers: [{name: x, image: none.invalid/x, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]
`, name, namespace, node))
		deleteLater(t, c, "-n", namespace, "pod/"+name)
	}
	token := func(namespace string, more ...string) string {
		return strings.TrimSpace(clustertest.Kubectl(t, c, append([]string{"-n", namespace, "create", "token", "lynceus-sensor"}, more...)...))
	}
	bound := func(namespace, name string) string {
		return token(namespace, "--audience", "lynceus", "--bound-object-kind", "Pod", "--bound-object-name", name)
	}
	pod("lynceus", "sensor-1", "node1")
	pod("lynceus", "sensor-2", "node-2.gate.test")
	pod(ns, "sensor-3", "node1")
	uid := clustertest.Kubectl(t, c, "get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}")
	first := bound("lynceus", "sensor-1")
	eventually(t, slow, "the sensor of node1 enrolls", func() error {
		name, err := enroll(t, hub, map[string]string{"cluster": "prod", "kubernetes_token": first})
		if want := "lynceus://" + uid + "/sensor/node1?by=kubernetes"; err == nil && name != want {
			t.Fatalf("a certificate of %s, not of %s", name, want)
		}
		return err
	})
	if name, err := enroll(t, hub, map[string]string{"cluster": "prod", "kubernetes_token": bound("lynceus", "sensor-2")}); err != nil || name != "lynceus://"+uid+"/sensor/node-2.gate.test?by=kubernetes" {
		t.Errorf("the sensor of the other node: %s %v", name, err)
	}
	changed := first[:len(first)-8] + "AAAAAAAA"
	for what, ask := range map[string]map[string]string{
		`on node "node1", not "node-2.gate.test"`:              {"kubernetes_token": first, "node": "node-2.gate.test"},
		"no account of node sensors":                           {"kubernetes_token": bound(ns, "sensor-3")},
		"bound to no pod":                                      {"kubernetes_token": token("lynceus", "--audience", "lynceus")},
		"not for the audience":                                 {"kubernetes_token": token("lynceus", "--bound-object-kind", "Pod", "--bound-object-name", "sensor-1")},
		"not valid for the audience lynceus, or its pod is go": {"kubernetes_token": changed},
		`no cluster "dev" has an agent`:                        {"kubernetes_token": first, "cluster": "dev"},
	} {
		if ask["cluster"] == "" {
			ask["cluster"] = "prod"
		}
		if name, err := enroll(t, hub, ask); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %s %v", what, name, err)
		}
	}
	// The agent lists everything again when the hub tells it to, by the same way.
	const present = "inventory | where resource.type == 'nodes' and resource.name == 'node1' and inventory.change == 'present'"
	before, err := r.count(present)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := r.lynceus("nodes", "inventory", "--cluster", "prod"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	eventually(t, slow, "all is reported as present again", func() error {
		now, err := r.count(present)
		if err == nil && now == before {
			err = fmt.Errorf("still %s", now)
		}
		return err
	})

	// The token of a pod that is gone is of no use.
	clustertest.Kubectl(t, c, "-n", "lynceus", "delete", "pod/sensor-1", "--wait", "--grace-period=0", "--force")
	eventually(t, slow, "the token of a pod that is gone is refused", func() error {
		name, err := enroll(t, hub, map[string]string{"cluster": "prod", "kubernetes_token": first})
		if err == nil {
			return fmt.Errorf("a certificate of %s", name)
		}
		if !strings.Contains(err.Error(), "not valid") {
			return err
		}
		return nil
	})
	r.counts(t, "the enrolments are in the record", "selfaudit | where action == 'enroll' and status == 'Success' and message contains 'node-2.gate.test'", "1")
	r.counts(t, "no record holds a token", "selfaudit | extend jwt = strcat('ey', 'J') | where message contains jwt or status_detail contains jwt", "0") // the question is recorded, too
}
