package e2e

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// A finding is what the API says of one, as far as these tests read it.
type finding struct {
	Severity, User, Cluster, Namespace, Workload string
	Document                                     json.RawMessage
}

// rule is the name of the rule that found it.
func (f finding) rule() string {
	var d struct {
		RuleName string `json:"rule_name"`
	}
	if err := json.Unmarshal(f.Document, &d); err != nil {
		return err.Error()
	}
	return d.RuleName
}

// findings reads those about a user.
func (r *receiver) findings(user string) ([]finding, error) { return r.findingsWhere("user=" + user) }

// findingsWhere reads those that a filter of the HTTP API lets through.
func (r *receiver) findingsWhere(filter string) ([]finding, error) {
	var page struct{ Findings []struct{ ID string } }
	if err := r.get("/api/v1/findings?limit=200&excluded=any&"+filter, &page); err != nil {
		return nil, err
	}
	var out []finding
	for _, f := range page.Findings {
		var whole finding
		if err := r.get("/api/v1/findings/"+f.ID, &whole); err != nil {
			return nil, err
		}
		out = append(out, whole)
	}
	return out, nil
}

const (
	person     = "mira@example.com"
	personAddr = "203.0.113.66"
)

// platformTeam may do what the person does here, and no more.
const platformTeam = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: platform-team}
rules:
- {apiGroups: [apps], resources: [deployments], verbs: ["*"]}
- {apiGroups: [""], resources: [pods, pods/log], verbs: [get, list, watch]}
- {apiGroups: [""], resources: [pods/exec], verbs: [create, get]}
- {apiGroups: [""], resources: [secrets], verbs: [get, list]}
- {apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: [create, get]}
- {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind], resourceNames: [cluster-admin]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: platform-team}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: platform-team}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: platform}]
`

// TestPerson is a person with kubectl at an address outside of the cluster, who deploys, executes a command in a pod,
// reads secrets and binds cluster-admin: the findings say who did what to what, from where.
func TestPerson(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, []string{"prod"})
	policy, err := r.run("audit-policy", "generate")
	if err != nil {
		t.Fatal(err)
	}
	c := watched(t, r, "prod", cluster.Config{AuditPolicy: []byte(policy)})
	r.watches(t, c, "prod")
	image := clustertest.GoImage(t, c, callerPackage)
	clustertest.Kubectl(t, c, "create", "namespace", "shop")
	clustertest.Kubectl(t, c, "-n", "shop", "create", "secret", "generic", "db", "--from-literal=password=hunter2-canary")
	clustertest.Apply(t, c, platformTeam)
	kubectl := personWithKubectl(t, c)

	kubectl(deployment("shop", "web", image, 1, "wait"), "apply", "-f", "-")
	available(t, c, "shop", "web")
	pod := podOf(t, c, "shop", "web")
	r.knowsPod(t, pod)
	kubectl("", "-n", "shop", "exec", pod, "--", "/bin/caller", "token")
	kubectl("", "-n", "shop", "get", "secret", "db", "-o", "yaml")
	kubectl("", "get", "secrets", "--all-namespaces")
	kubectl("", "create", "clusterrolebinding", "mira-admin", "--clusterrole=cluster-admin", "--user="+person)

	wants := []struct {
		rule string
		says []string // in the finding's document
	}{
		{"command_in_container", []string{`"` + pod + `"`, `"shop"`, `"workload":"Deployment/web"`, `"writer":"` + person + `"`}},
		{"secret_read", []string{`"db"`, `"shop"`}},
		{"secrets_listed_everywhere", nil},
		{"cluster_admin_granted", []string{`"mira-admin"`}},
	}
	eventually(t, slow, "the findings about the person", func() error {
		all, err := r.findings(person)
		if err != nil {
			return err
		}
		for _, want := range wants {
			if err := oneSays(all, want.rule, append(want.says, person, personAddr)); err != nil {
				return err
			}
		}
		return nil
	})
	r.tells(t, person, personAddr, pod, "Deployment/web", "secret shop/db", "all secrets", "cluster-admin", "mira-admin")
	if rows, err := r.rows(`audit | where raw_data has "hunter2-canary" | count`); err != nil || rows[0]["Count"] != "0" {
		t.Errorf("the value of a secret is in the store: %v %v", rows, err)
	}
	r.equalsLog(t, c, "prod", slow)
}

// knowsPod waits until the inventory has a pod with its address.
func (r *receiver) knowsPod(t *testing.T, pod string) {
	t.Helper()
	r.has(t, "the inventory has pod "+pod, fmt.Sprintf(`inventory | where resource.type == "pods" and resource.name == %q and isnotempty(inventory.ips)`, pod))
}

// has waits until a question has an answer.
func (r *receiver) has(t *testing.T, what, kql string) {
	t.Helper()
	eventually(t, slow, what, func() error {
		rows, err := r.rows(kql + " | take 1")
		if err == nil && len(rows) == 0 {
			err = fmt.Errorf("nothing is: %s", kql)
		}
		return err
	})
}

// tells waits until one incident, as people read it, has all texts.
func (r *receiver) tells(t *testing.T, texts ...string) {
	t.Helper()
	story := ""
	eventually(t, slow, "the incident that tells all", func() error {
		out, err := r.lynceus("incident", "list", "-o", "json")
		if err != nil {
			return err
		}
		var list struct{ Incidents []struct{ ID string } }
		if err := json.Unmarshal([]byte(out), &list); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		lack := fmt.Errorf("%d incidents", len(list.Incidents))
		for _, i := range list.Incidents {
			if story, err = r.lynceus("incident", "show", i.ID); err != nil {
				return err
			}
			// The story is broken into lines between words.
			flat, lacks := strings.Join(strings.Fields(story), " "), []string(nil)
			for _, text := range texts {
				if !strings.Contains(flat, text) {
					lacks = append(lacks, text)
				}
			}
			if len(lacks) == 0 {
				return nil
			}
			lack = fmt.Errorf("%w; this lacks %q:\n%s", lack, lacks, story)
		}
		return lack
	})
	t.Logf("the incident:\n%s", story)
}

// oneSays sees that a finding of a rule has all texts in its document.
func oneSays(all []finding, rule string, texts []string) error {
	var seen []string
	for _, f := range all {
		seen = append(seen, f.rule())
		if f.rule() != rule {
			continue
		}
		lacks := ""
		for _, text := range texts {
			if !strings.Contains(string(f.Document), text) {
				lacks = text
			}
		}
		if lacks == "" {
			return nil
		}
		seen = append(seen, "(lacking "+lacks+")")
	}
	return fmt.Errorf("no finding of %s with %q among %v", rule, texts, seen)
}

// personWithKubectl gives the person a laptop outside of the cluster.
func personWithKubectl(t *testing.T, c *cluster.Cluster) func(stdin string, args ...string) string {
	t.Helper()
	return kubectlOf(t, c, person)
}

// kubectlOf gives a member of the platform team a laptop outside of the cluster.
func kubectlOf(t *testing.T, c *cluster.Cluster, person string) func(stdin string, args ...string) string {
	t.Helper()
	laptop, err := c.Outside("laptop", []netip.Addr{netip.MustParseAddr(personAddr)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = laptop.Close() })
	kubeconfig, err := c.User(cluster.FromCluster, person, "platform")
	if err != nil {
		t.Fatal(err)
	}
	return func(stdin string, args ...string) string {
		t.Helper()
		cmd := c.Kubectl(t.Context(), args...)
		cmd.Env = append(cmd.Env, "KUBECONFIG="+kubeconfig)
		cmd.Stdin = strings.NewReader(stdin)
		out, err := laptop.Output(cmd)
		if err != nil {
			t.Fatalf("the person's kubectl %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
}
