package play

import (
	"fmt"
	"strings"
)

// operator is a controller that runs in the cluster with an account of its own.
type operator struct {
	namespace, name, image string
	agent                  string   // its user agent
	rules                  string   // of its cluster role, YAML in flow style
	watch                  []string // paths that it lists and watches
	poll                   []string // paths that it asks for again and again
	every                  int      // seconds between polls
	lead                   bool     // whether it elects a leader
	extra                  []string // a further command of the app
}

const leases = `, {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, list, watch, create, update, patch]}, {apiGroups: [""], resources: [events], verbs: [create, patch]}]`

// manifest is its namespace, account, role and deployment.
func (o operator) manifest() string {
	commands := map[string][]string{}
	if len(o.watch) > 0 {
		commands["controller"] = append([]string{"watch"}, o.watch...)
	}
	if len(o.poll) > 0 {
		commands["poller"] = append([]string{"poll"}, o.poll...)
	}
	if o.lead {
		commands["leader"] = []string{"lease", o.namespace + "/" + o.name}
	}
	if len(o.extra) > 0 {
		commands["worker"] = o.extra
	}
	var containers []string
	for _, c := range []string{"controller", "poller", "leader", "worker"} {
		if commands[c] == nil {
			continue
		}
		containers = append(containers, fmt.Sprintf(`{name: %s, image: %q, imagePullPolicy: IfNotPresent, args: ["%s"], env: [{name: AGENT, value: %q}, {name: EVERY, value: "%d"}]}`,
			c, o.image, strings.Join(commands[c], `", "`), o.agent, max(o.every, 1)))
	}
	rules := o.rules
	if o.lead {
		rules = strings.TrimSuffix(rules, "]") + leases
	}
	deployment := fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata: {name: %[2]s, namespace: %[1]s, labels: {app.kubernetes.io/name: %[2]s}}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: %[2]s}}
  template:
    metadata: {labels: {app.kubernetes.io/name: %[2]s}}
    spec: {serviceAccountName: %[2]s, terminationGracePeriodSeconds: 1, containers: [%[3]s]}
`, o.namespace, o.name, strings.Join(containers, ", "))
	return join(namespaceOf(o.namespace), clusterAccount(o.namespace, o.name, rules), deployment)
}

const (
	read = "[get, list, watch]"
	apps = "/apis/apps/v1/"
	core = "/api/v1/"
)

// operators are what a platform team installs. Their agents are those of the real programs.
var operators = []operator{
	{
		namespace: "argocd", name: "argocd-application-controller", image: "quay.io/argoproj/argocd:v2.13.2", agent: "argocd-application-controller/v2.13.2",
		rules: `[{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}, {nonResourceURLs: ["*"], verbs: ["*"]}]`,
		watch: []string{apps + "deployments", apps + "replicasets", core + "services", core + "configmaps", core + "secrets", core + "pods"}, lead: true,
	},
	{
		namespace: "cert-manager", name: "cert-manager", image: "quay.io/jetstack/cert-manager-controller:v1.16.2", agent: "cert-manager-certificates-issuing/v1.16.2 (linux/amd64) cert-manager/f4b1f3b",
		rules: `[{apiGroups: [""], resources: [secrets, services, pods], verbs: [get, list, watch, create, update, patch, delete]}, {apiGroups: [networking.k8s.io], resources: [ingresses], verbs: ` + read + `}]`,
		watch: []string{core + "secrets", "/apis/networking.k8s.io/v1/ingresses"}, lead: true,
	},
	{
		namespace: "monitoring", name: "prometheus", image: "quay.io/prometheus/prometheus:v3.0.1", agent: "Prometheus/3.0.1",
		rules: `[{apiGroups: ["", discovery.k8s.io], resources: [nodes, nodes/proxy, nodes/metrics, services, endpoints, endpointslices, pods], verbs: ` + read + `}, {nonResourceURLs: [/metrics], verbs: [get]}]`,
		watch: []string{core + "nodes", core + "services", core + "pods", "/apis/discovery.k8s.io/v1/endpointslices"},
		poll:  []string{"/metrics", core + "nodes/node1/proxy/metrics", core + "nodes/node1/proxy/metrics/cadvisor"}, every: 1,
	},
	{
		namespace: "monitoring", name: "kube-state-metrics", image: "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.14.0", agent: "kube-state-metrics/v2.14.0",
		rules: `[{apiGroups: ["", apps, batch, networking.k8s.io, policy, autoscaling], resources: ["*"], verbs: [list, watch]}]`,
		watch: []string{core + "pods", core + "nodes", core + "secrets", core + "configmaps", core + "namespaces", apps + "deployments", apps + "daemonsets", apps + "statefulsets", "/apis/batch/v1/jobs", "/apis/batch/v1/cronjobs"},
	},
	{
		namespace: "keda", name: "keda-operator", image: "ghcr.io/kedacore/keda:2.16.0", agent: "keda/v2.16.0",
		rules: `[{apiGroups: [apps], resources: [deployments, deployments/scale], verbs: [get, list, watch, patch, update]}, {apiGroups: [""], resources: [pods, configmaps], verbs: ` + read + `}]`,
		watch: []string{apps + "deployments"}, extra: []string{"scale", apps + "namespaces/shop/deployments/cart"}, lead: true,
	},
	{
		namespace: "velero", name: "velero", image: "docker.io/velero/velero:v1.15.0", agent: "velero-server/v1.15.0 (linux/amd64) 1d4f147",
		rules: `[{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]`,
		poll:  []string{core + "namespaces", core + "persistentvolumes", core + "pods", apps + "deployments", core + "configmaps", core + "secrets", core + "services"}, every: 5, lead: true,
	},
	{
		namespace: "databases", name: "database-operator", image: "registry.example.com/platform/database-operator:0.9.4", agent: "database-operator/v0.9.4 (linux/amd64) kubernetes/ab12cd3",
		rules: `[{apiGroups: [example.com], resources: ["*"], verbs: ["*"]}, {apiGroups: [""], resources: [secrets, configmaps], verbs: [get, list, watch, create, update, delete]}]`,
		extra: []string{"operate", "data"}, lead: true,
	},
}
