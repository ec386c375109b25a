package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// deleteLater deletes what a test left in a cluster that it shares.
func deleteLater(t *testing.T, c *cluster.Cluster, what ...string) {
	t.Helper()
	t.Cleanup(func() {
		if out, err := c.Kubectl(context.Background(), append([]string{"delete", "--wait=false"}, what...)...).CombinedOutput(); err != nil {
			t.Logf("delete %v: %v: %s", what, err, out)
		}
	})
}

// The agent runs from deploy/agent as it stands, but for where it writes to: no root, no writable file, no right but its
// role's.
func TestAgentInAPod(t *testing.T) {
	c := clustertest.Get(t)
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Import(t.Context(), cluster.Image{Name: "lynceus.test/lynceus:1", Files: []cluster.File{{Path: "/bin/lynceus", Data: data}}, Entrypoint: []string{"/bin/lynceus"}}); err != nil {
		t.Fatal(err)
	}
	agentAccess(t, c)
	deleteLater(t, c, "-n", "lynceus", "deployment/lynceus-agent")
	text, err := os.ReadFile(filepath.Join("..", "..", "deploy", "agent", "deployment.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	manifest := string(text)
	for old, now := range map[string]string{
		"image: lynceus:latest":                           "image: lynceus.test/lynceus:1",
		"- --hub=https://lynceus.example.org:7443":        "- --record=-",
		"            - --hub-ca=/etc/lynceus/ca.crt\n":    "",
		"            - --token-file=/etc/lynceus/token\n": "",
		"secretName: lynceus-agent\n":                     "secretName: lynceus-agent\n            optional: true\n",
	} {
		if !strings.Contains(manifest, old) {
			t.Fatalf("deployment.yaml has no %q", old)
		}
		manifest = strings.Replace(manifest, old, now, 1)
	}
	clustertest.Apply(t, c, manifest)
	clustertest.Kubectl(t, c, "-n", "lynceus", "wait", "--for=condition=Available", "deployment/lynceus-agent", "--timeout=180s")
	eventually(t, slow, "the agent sees itself", func() error {
		logs := clustertest.Kubectl(t, c, "-n", "lynceus", "logs", "deployment/lynceus-agent")
		for line := range strings.Lines(logs) {
			var o object
			if json.Unmarshal([]byte(line), &o) == nil && o.Resource == "pods" && o.Phase == "Running" && strings.HasPrefix(o.Name, "lynceus-agent-") && o.ServiceAccount == "lynceus-agent" && len(o.Addresses) == 1 {
				return nil
			}
		}
		return errors.New(logs[max(0, len(logs)-2000):])
	})
}

// The owner of an owner is a custom resource, which the agent may get where somebody granted it.
func TestAgentSeesOwnersOfOtherKinds(t *testing.T) {
	c := clustertest.Get(t)
	ns := clustertest.Namespace(t, c, "owners")
	clustertest.Apply(t, c, `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: apps.owners.lynceus.test}
spec:
  group: owners.lynceus.test
  scope: Namespaced
  names: {kind: App, plural: apps, singular: app}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
`)
	deleteLater(t, c, "crd/apps.owners.lynceus.test")
	clustertest.Kubectl(t, c, "wait", "--for=condition=Established", "crd/apps.owners.lynceus.test", "--timeout=60s")
	app := func(name, owner string) string {
		clustertest.Apply(t, c, fmt.Sprintf("apiVersion: owners.lynceus.test/v1\nkind: App\nmetadata: {name: %s, namespace: %s%s}\nspec: {password: %s}\n", name, ns, owner, canary))
		return fmt.Sprintf(", ownerReferences: [{apiVersion: owners.lynceus.test/v1, kind: App, name: %s, controller: true, uid: %s}]", name,
			clustertest.Kubectl(t, c, "-n", ns, "get", "apps.owners.lynceus.test", name, "-o", "jsonpath={.metadata.uid}"))
	}
	top := app("top", "")
	middle := app("middle", top)
	clustertest.Apply(t, c, fmt.Sprintf("apiVersion: v1\nkind: ReplicationController\nmetadata: {name: rc, namespace: %s%s}\nspec: {replicas: 0, selector: {a: b}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: x, image: x}]}}}\n", ns, middle))
	t.Cleanup(func() { // else the agents of later tests look for what owns it
		if out, err := c.Kubectl(context.Background(), "-n", ns, "delete", "rc/rc", "--wait").CombinedOutput(); err != nil {
			t.Logf("delete rc: %v: %s", err, out)
		}
	})

	kubeconfig := agentAccess(t, c)
	record := func() ([]object, string) {
		file := filepath.Join(t.TempDir(), "inventory.jsonl.gz")
		agent := background(t, "agent", "--kubeconfig", kubeconfig, "--record", file)
		eventually(t, slow, "everything is listed", func() error {
			if said := agent.said(t); !strings.Contains(said, "recording what changes") {
				return errors.New(said)
			}
			return nil
		})
		time.Sleep(2 * time.Second)
		agent.end(t)
		apps := find(recorded(t, file), func(o object) bool { return o.Namespace == ns && o.Resource == "apps" })
		return apps, agent.said(t)
	}
	if apps, said := record(); len(apps) != 0 || !strings.Contains(said, "not seen: apps.owners.lynceus.test: the agent's account may not get it") {
		t.Errorf("without the right: %+v\n%s", apps, said)
	}
	clustertest.Apply(t, c, `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: lynceus-agent-owners}
rules: [{apiGroups: [owners.lynceus.test], resources: [apps], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: lynceus-agent-owners}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: lynceus-agent-owners}
subjects: [{kind: ServiceAccount, name: lynceus-agent, namespace: lynceus}]
`)
	deleteLater(t, c, "clusterrole/lynceus-agent-owners", "clusterrolebinding/lynceus-agent-owners")
	apps, said := record()
	names := map[string]string{}
	for _, o := range apps {
		names[o.Name] = o.Owner.Name
		if strings.Contains(o.text, canary) {
			t.Errorf("more than metadata: %s", o.text)
		}
	}
	if len(names) != 2 || names["middle"] != "top" || names["top"] != "" {
		t.Errorf("owners %v\n%s", names, said)
	}
}
