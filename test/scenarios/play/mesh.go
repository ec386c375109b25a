package play

import (
	"fmt"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

// Mesh is a day of a platform with a service mesh, log shippers, autoscalers that evict, builds in pods, a backup at
// night, and an emergency in which a person uses the account that is kept for it.
func Mesh(s *stage.Stage) {
	c := Found(s)
	s.Images(imageNetshoot, "docker.io/istio/proxyv2:1.24.1", "docker.io/rancher/kubectl:v1.36.3", "registry.k8s.io/metrics-server/metrics-server:v0.7.2", imageAgent)
	c.Mira.MustApply(join(custom("monitoring.coreos.com", "prometheuses", "Prometheus"), custom("autoscaling.k8s.io", "verticalpodautoscalers", "VerticalPodAutoscaler"), custom("velero.io", "backups", "Backup")), "apply", "-f", "-")
	charts := []chart{istiod, prometheusOperator, alloy, verticalAutoscaler, descheduler, clusterAutoscaler, localPath, jenkins, headlamp, veleroServer, upgradeController}
	installCharts(s, c.Mira, charts)
	c.Mira.MustApply(Deployment("kube-system", "metrics-server", "registry.k8s.io/metrics-server/metrics-server:v0.7.2", 1, ""), "apply", "-f", "-")
	s.Notable("T1546", "an administrator installs the mesh's injector").
		As(c.Mira).Do(func(a *stage.Act) { a.MustApply(injector, "apply", "-f", "-") })
	c.CI.MustApply(autoscaled, "apply", "-f", "-")
	together(s, append(runCharts(s, charts), meshed(s, c), emergency(s, c), horizontal(s, c), developer(s, c.Anna, "payments", "api"))...)
}

const (
	imageAgent = "docker.io/jenkins/inbound-agent:3283.v92c105e0f819-4"

	injector = `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: istio-sidecar-injector, labels: {app: sidecar-injector}}
webhooks:
- name: namespace.sidecar-injector.istio.io
  clientConfig: {service: {name: istiod, namespace: istio-system, path: /inject}}
  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  namespaceSelector: {matchLabels: {istio-injection: enabled}}
  failurePolicy: Ignore
  timeoutSeconds: 2
  sideEffects: None
  admissionReviewVersions: [v1]
`
	autoscaled = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 1
  maxReplicas: 3
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]
`
)

// meshed is a pipeline that deploys with sidecars: an init container that may change the pod's network.
func meshed(s *stage.Stage, c *Company) func(func() bool) {
	sidecar := `
      initContainers: [{name: istio-init, image: "docker.io/istio/proxyv2:1.24.1", imagePullPolicy: IfNotPresent, command: [hostname], securityContext: {runAsUser: 0, runAsNonRoot: false, capabilities: {add: [NET_ADMIN, NET_RAW], drop: [ALL]}}}]
      containers:
      - {name: istio-proxy, image: "docker.io/istio/proxyv2:1.24.1", imagePullPolicy: IfNotPresent, command: [sleep, "3600"], securityContext: {runAsUser: 1337}}`
	return func(working func() bool) {
		for i := 0; working(); i++ {
			m := strings.Replace(Deployment("shop", "checkout", imageCart, 1, ""), "\n      containers:", sidecar, 1)
			m = strings.Replace(m, "labels: {app: checkout, version:", fmt.Sprintf("annotations: {build: %q}, labels: {app: checkout, version:", fmt.Sprint(i)), 1)
			_, _ = c.CI.KubectlIn(m, "apply", "-f", "-")
			c.CI.Look("-n", "shop", "rollout", "status", "deploy/checkout", "--timeout=15s")
			s.Sleep(3 * time.Second)
		}
	}
}

// horizontal is a person who tunes an autoscaler and looks at its work.
func horizontal(s *stage.Stage, c *Company) func(func() bool) {
	return func(working func() bool) {
		for i := 0; working(); i++ {
			c.Jonas.Look("-n", "shop", "get", "hpa", "web", "-o", "yaml")
			c.Jonas.Look("-n", "shop", "patch", "hpa", "web", "--type=merge", "-p", fmt.Sprintf(`{"spec":{"maxReplicas":%d}}`, 2+i%3))
			c.Jonas.Look("-n", "shop", "describe", "hpa", "web")
			c.Jonas.Look("-n", "shop", "top", "pods")
			c.Jonas.Look("-n", "shop", "get", "events", "--watch-only=false")
			s.Sleep(3 * time.Second)
		}
	}
}

// emergency is the account kept for when all else fails: looked into, the node emptied, a stuck pod removed by force.
func emergency(s *stage.Stage, c *Company) func(func() bool) {
	const account = "breakglass"
	oncall := s.Member(s.Outside("oncall", "10.20.0.15"), account, "platform-admins")
	return func(func() bool) {
		s.Sleep(8 * time.Second)
		oncall.Look("get", "nodes", "-o", "wide")
		oncall.Look("get", "pods", "-A", "-o", "wide")
		oncall.Look("-n", "kube-system", "logs", "deploy/metrics-server", "--tail=50")
		s.Notable("T1609", "the emergency account looks into a pod of kube-system").
			As(oncall).Do(func(a *stage.Act) {
			a.Kubectl("-n", "kube-system", "exec", "deploy/metrics-server", "--", "sh", "-c", "ps; env")
		})
		s.Notable("T1552.007", "the emergency account reads the mesh's secrets").
			As(oncall).Do(func(a *stage.Act) { a.Kubectl("-n", "istio-system", "get", "secrets", "-o", "yaml") })
		s.Notable("T1611", "the emergency account debugs the node").
			As(oncall).Do(func(a *stage.Act) {
			a.Brief(4*time.Second, "debug", "node/node1", "--image="+imageNetshoot, "--", "sleep", "1")
		})
		s.Notable("T1499", "the emergency account empties the node of shop and takes it back").
			As(oncall).Do(func(a *stage.Act) {
			a.Kubectl("drain", "node1", "--ignore-daemonsets", "--delete-emptydir-data", "--force", "--pod-selector=app in (web,checkout)", "--timeout=15s")
			a.Must("uncordon", "node1")
		})
		s.Notable("T1485", "the emergency account removes a stuck pod by force").
			As(oncall).Do(func(a *stage.Act) {
			a.Kubectl("-n", "payments", "delete", "pod", "-l", "app=ledger", "--force", "--grace-period=0")
		})
		c.Mira.Look("get", "events", "-A")
		c.Mira.Look("get", "pods", "-A", "--field-selector", "status.phase!=Running")
	}
}
