package play

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// podNames are the names of a namespace's pods, as a controller learns them.
func podNames(do call, namespace, selector string) (names []string) {
	_, body := do("GET", in(namespace, "pods?labelSelector="+selector), "")
	var list struct {
		Items []struct{ Metadata struct{ Name string } }
	}
	_ = json.Unmarshal([]byte(body), &list) // what is no list has no pods
	for _, p := range list.Items {
		names = append(names, p.Metadata.Name)
	}
	return names
}

// evict asks for a pod to be evicted.
func evict(do call, namespace, name string) {
	do("POST", in(namespace, "pods/"+name+"/eviction"), `{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"`+name+`","namespace":"`+namespace+`"}}`)
}

var (
	// istiod is a mesh's control plane: it checks its proxies' tokens, hands out its authority and keeps its injector's.
	istiod = chart{
		namespace: "istio-system", name: "istiod", image: "docker.io/istio/pilot:1.24.1", agent: "pilot-discovery/1.24.1",
		rules: `[{apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations, validatingwebhookconfigurations], verbs: [get, list, watch, update, patch]}, {apiGroups: [authentication.k8s.io], resources: [tokenreviews], verbs: [create]}, {apiGroups: [authorization.k8s.io], resources: [subjectaccessreviews], verbs: [create]}, {apiGroups: ["", discovery.k8s.io], resources: [pods, nodes, services, namespaces, endpoints, endpointslices], verbs: ` + read + `}, {apiGroups: [""], resources: [configmaps], verbs: [create, get, list, watch, update]}, {apiGroups: [""], resources: [secrets], verbs: [create, get, list, watch, update, delete]}` + leases,
		every: 200 * time.Millisecond,
		round: func(do call, i int) {
			ns := teams[i%3]
			do("POST", "/apis/authentication.k8s.io/v1/tokenreviews", `{"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","spec":{"token":"example.of.aproxy","audiences":["istio-ca"]}}`)
			if i%4 == 0 {
				do("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", `{"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{"user":"system:serviceaccount:`+ns+`:default","resourceAttributes":{"verb":"list","resource":"secrets","namespace":"`+ns+`"}}}`)
			}
			if status, _ := do("GET", in(ns, "configmaps/istio-ca-root-cert"), ""); status == 404 {
				do("POST", in(ns, "configmaps"), object("v1", "ConfigMap", "istio-ca-root-cert", "istiod", `,"data":{"root-cert.pem":""}`))
			}
			if i%10 == 0 {
				const hook = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/istio-sidecar-injector"
				do("GET", hook, "")
				do("PATCH", hook, `[{"op":"add","path":"/webhooks/0/clientConfig/caBundle","value":"`+caBundle+`"}]`, jsonPatch)
			}
			if status, _ := do("GET", in("istio-system", "secrets/istio-ca-secret"), ""); status == 404 {
				do("POST", in("istio-system", "secrets"), object("v1", "Secret", "istio-ca-secret", "istiod", `,"type":"istio.io/ca-root","stringData":{"ca-key.pem":"example"}`))
			}
			elect(do, "istio-system", "istio-leader")
		},
	}
	// prometheusOperator keeps its servers' workloads and configuration, which is in secrets.
	prometheusOperator = chart{
		namespace: "monitoring", name: "prometheus-operator", image: "quay.io/prometheus-operator/prometheus-operator:v0.78.2", agent: "PrometheusOperator/0.78.2",
		rules: `[{apiGroups: [monitoring.coreos.com], resources: ["*"], verbs: ["*"]}, {apiGroups: [apps], resources: [statefulsets], verbs: ["*"]}, {apiGroups: [""], resources: [configmaps, secrets], verbs: ["*"]}, {apiGroups: [""], resources: [pods], verbs: [list, delete]}, {apiGroups: [""], resources: [services, namespaces, endpoints], verbs: [get, list, watch, create, update]}` + leases,
		every: 500 * time.Millisecond,
		round: func(do call, i int) {
			do("GET", "/apis/monitoring.coreos.com/v1/prometheuses?limit=500", "")
			do("GET", "/api/v1/secrets?fieldSelector=type%21%3Dhelm.sh%2Frelease.v1&limit=500", "")
			if status, _ := do("GET", in("monitoring", "secrets/prometheus-k8s"), ""); status == 404 {
				do("POST", in("monitoring", "secrets"), object("v1", "Secret", "prometheus-k8s", "prometheus-operator", ""))
			}
			do("PUT", in("monitoring", "secrets/prometheus-k8s"), object("v1", "Secret", "prometheus-k8s", "prometheus-operator", fmt.Sprintf(`,"stringData":{"generation":"%d"}`, i)))
			do("PATCH", "/apis/apps/v1/namespaces/monitoring/statefulsets/prometheus-k8s?fieldManager=PrometheusOperator&force=true", object("apps/v1", "StatefulSet", "prometheus-k8s", "prometheus-operator",
				`,"spec":{"serviceName":"p","replicas":0,"selector":{"matchLabels":{"p":"k8s"}},"template":{"metadata":{"labels":{"p":"k8s"}},"spec":{"containers":[{"name":"prometheus","image":"quay.io/prometheus/prometheus:v3.0.1"}]}}}`), applyPatch)
			elect(do, "monitoring", "prometheus-operator")
		},
	}
	// alloy ships the logs of all pods through the API.
	alloy = chart{
		namespace: "logging", name: "alloy", image: "docker.io/grafana/alloy:v1.5.1", agent: "Alloy/v1.5.1 (linux; docker)",
		rules: `[{apiGroups: [""], resources: [pods, pods/log, namespaces, nodes, events], verbs: ` + read + `}]`,
		every: 400 * time.Millisecond,
		round: func(do call, i int) {
			for _, ns := range teams {
				for _, name := range podNames(do, ns, "app") {
					container, _, _ := strings.Cut(name, "-")
					do("GET", in(ns, "pods/"+name+"/log?container="+container+"&limitBytes=4096&sinceSeconds=2&timestamps=true"), "")
				}
			}
			do("GET", "/api/v1/events?limit=100", "")
		},
	}
	// verticalAutoscaler recommends, and evicts what has too little.
	verticalAutoscaler = chart{
		namespace: "vpa", name: "vpa-updater", image: "registry.k8s.io/autoscaling/vpa-updater:1.2.1", agent: "vpa-updater/v1.2.1 (linux/amd64) kubernetes/$Format",
		rules: `[{apiGroups: [autoscaling.k8s.io], resources: ["*"], verbs: ["*"]}, {apiGroups: ["", apps], resources: [pods, nodes, limitranges, replicasets, deployments], verbs: ` + read + `}, {apiGroups: [""], resources: [pods/eviction], verbs: [create]}, {apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], verbs: [get, list, create, delete]}` + leases,
		every: 600 * time.Millisecond,
		round: func(do call, i int) {
			const vpas = "/apis/autoscaling.k8s.io/v1/namespaces/shop/verticalpodautoscalers"
			if i == 0 { // its admission part registers itself as it starts
				const hooks = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
				do("DELETE", hooks+"/vpa-webhook-config", "")
				do("POST", hooks, `{"apiVersion":"admissionregistration.k8s.io/v1","kind":"MutatingWebhookConfiguration","metadata":{"name":"vpa-webhook-config"},"webhooks":[{"name":"vpa.k8s.io","clientConfig":{"service":{"name":"vpa-webhook","namespace":"vpa"},"caBundle":"`+caBundle+`"},"rules":[{"apiGroups":["autoscaling.k8s.io"],"apiVersions":["*"],"operations":["CREATE","UPDATE"],"resources":["verticalpodautoscalers"]}],"failurePolicy":"Ignore","timeoutSeconds":2,"sideEffects":"None","admissionReviewVersions":["v1"]}]}`)
				do("POST", vpas, object("autoscaling.k8s.io/v1", "VerticalPodAutoscaler", "web", "vpa", `,"spec":{}`))
			}
			do("GET", vpas, "")
			do("GET", "/api/v1/pods?fieldSelector=status.phase%3DRunning&limit=500", "")
			do("PATCH", vpas+"/web/status", fmt.Sprintf(`{"status":{"round":"%d"}}`, i), mergePatch)
			if names := podNames(do, "shop", "app=web"); i%15 == 10 && len(names) > 1 {
				evict(do, "shop", names[0])
			}
			elect(do, "vpa", "vpa-updater")
		},
	}
	// descheduler moves pods by evicting them.
	descheduler = chart{
		namespace: "descheduler", name: "descheduler", image: "registry.k8s.io/descheduler/descheduler:v0.31.0", agent: "descheduler/v0.31.0 (linux/amd64) kubernetes/$Format",
		rules: `[{apiGroups: [""], resources: [nodes, namespaces, pods], verbs: [get, watch, list, delete]}, {apiGroups: [""], resources: [pods/eviction], verbs: [create]}, {apiGroups: [scheduling.k8s.io], resources: [priorityclasses], verbs: ` + read + `}, {apiGroups: [policy], resources: [poddisruptionbudgets], verbs: ` + read + `}` + leases,
		every: 2 * time.Second,
		round: func(do call, i int) {
			for _, path := range []string{"/api/v1/nodes", "/api/v1/namespaces", "/api/v1/pods?limit=500", "/apis/scheduling.k8s.io/v1/priorityclasses", "/apis/policy/v1/poddisruptionbudgets"} {
				do("GET", path, "")
			}
			if i%5 == 3 {
				for _, app := range []string{"api", "ledger"} {
					for _, name := range podNames(do, "payments", "app="+app) {
						evict(do, "payments", name)
					}
				}
			}
			elect(do, "descheduler", "descheduler")
		},
	}
)
