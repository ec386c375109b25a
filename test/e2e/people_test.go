package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// As docs/access.md says: what an account needs for the server to ask whose a token is.
const delegator = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: %[1]s-tokens}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:auth-delegator}
subjects: [{kind: ServiceAccount, name: hub, namespace: %[1]s}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: %[1]s-agent}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: lynceus-agent}
subjects: [{kind: ServiceAccount, name: hub, namespace: %[1]s}]
`

const accessRules = `
rules:
  - kubernetes: {users: ["system:serviceaccount:%[1]s:web"]}
    role: analyst
    namespaces: ["%[1]s"]
  - kubernetes: {groups: ["system:serviceaccounts:%[1]s"]}
    role: viewer
`

// TestUsersOfTheCluster shows tokens of a real cluster's service accounts to the API: the cluster's API server says whose they
// are, and the rules what they may.
func TestUsersOfTheCluster(t *testing.T) {
	t.Parallel()
	c := clustertest.Get(t)
	ns, elsewhere := clustertest.Namespace(t, c, "people"), clustertest.Namespace(t, c, "strangers")
	for account, namespace := range map[string]string{"hub": ns, "web": ns, "reader": ns, "leaver": ns, "other": elsewhere} {
		clustertest.Kubectl(t, c, "-n", namespace, "create", "serviceaccount", account)
	}
	clustertest.Kubectl(t, c, "apply", "-f", filepath.Join("..", "..", "deploy", "agent", "clusterrole.yaml"))
	clustertest.Apply(t, c, fmt.Sprintf(delegator, ns))
	deleteLater(t, c, "clusterrolebinding/"+ns+"-tokens", "clusterrolebinding/"+ns+"-agent")
	token := func(namespace, account string, more ...string) string {
		return strings.TrimSpace(clustertest.Kubectl(t, c, append([]string{"-n", namespace, "create", "token", account}, more...)...))
	}
	rules := filepath.Join(t.TempDir(), "access.yaml")
	if err := os.WriteFile(rules, fmt.Appendf(nil, accessRules, ns), 0o600); err != nil {
		t.Fatal(err)
	}
	r := newReceiver(t, nil, "--kubeconfig", withToken(t, c, token(ns, "hub")), "--access", rules)
	hub, err := r.api()
	if err != nil {
		t.Fatal(err)
	}

	web := token(ns, "web", "--audience", "lynceus")
	leaver := token(ns, "leaver", "--audience", "lynceus")
	clustertest.Kubectl(t, c, "-n", ns, "delete", "serviceaccount", "leaver")
	for _, tt := range []struct {
		who, token, path string
		status           int
	}{
		{"an analyst of a namespace", web, "/api/v1/findings", http.StatusOK},
		{"an analyst of a namespace, about the whole", web, "/api/v1/status", http.StatusForbidden},
		{"a viewer", token(ns, "reader", "--audience", "lynceus"), "/api/v1/status", http.StatusOK},
		{"a viewer, about tokens", token(ns, "reader", "--audience", "lynceus"), "/api/v1/tokens", http.StatusForbidden},
		{"an account that no rule names", token(elsewhere, "other", "--audience", "lynceus"), "/api/v1/findings", http.StatusForbidden},
		{"a token for the API server", token(ns, "web"), "/api/v1/findings", http.StatusUnauthorized},
		{"a token for somebody else", token(ns, "web", "--audience", "vault"), "/api/v1/findings", http.StatusUnauthorized},
		{"an account that is gone", leaver, "/api/v1/findings", http.StatusUnauthorized},
		{"a token that was changed", web[:len(web)-8] + "AAAAAAAA", "/api/v1/findings", http.StatusUnauthorized},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, hub+tt.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+tt.token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != tt.status {
			t.Errorf("%s: GET %s: %s, want %d", tt.who, tt.path, resp.Status, tt.status)
		}
	}

	// The limit holds in questions: of the accounts of the whole cluster, those of one namespace.
	r.has(t, "the inventory has accounts elsewhere", "inventory | where k8s.namespace == '"+elsewhere+"'")
	answer, err := r.run("query", "--server", hub, "--token-file", tokenFile(t, web), "-q", "-o", "csv", "inventory | distinct k8s.namespace")
	if seen := strings.Fields(answer); err != nil || !slices.Equal(seen, []string{"k8s.namespace", ns}) {
		t.Errorf("an analyst of %s sees objects of %q: %v", ns, answer, err)
	}
	name := "kubernetes:system:serviceaccount:" + ns + ":web"
	r.has(t, "who asked is in the record", "selfaudit | where actor.user.name == '"+name+"' and action == 'query'")
	r.counts(t, "no record holds a token", "selfaudit | extend jwt = strcat('ey', 'J') | where message contains jwt or status_detail contains jwt", "0") // the question is recorded, too
}
