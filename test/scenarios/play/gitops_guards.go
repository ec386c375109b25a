package play

import (
	"fmt"
	"time"
)

var (
	// certInjector writes authorities into webhooks and custom resource definitions.
	certInjector = chart{
		namespace: "cert-manager", name: "cert-manager-cainjector", image: "quay.io/jetstack/cert-manager-cainjector:v1.16.2", agent: "cert-manager-cainjector/v1.16.2 (linux/amd64) cert-manager/f4b1f3b",
		rules: `[{apiGroups: [admissionregistration.k8s.io], resources: [validatingwebhookconfigurations, mutatingwebhookconfigurations], verbs: [get, list, watch, update, patch]}, {apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions], verbs: [get, list, watch, update, patch]}, {apiGroups: [apiregistration.k8s.io], resources: [apiservices], verbs: [get, list, watch, update, patch]}, {apiGroups: [""], resources: [secrets], verbs: [get, list, watch]}` + leases,
		every: 600 * time.Millisecond,
		round: func(do call, i int) {
			do("GET", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", "")
			do("GET", "/apis/apiregistration.k8s.io/v1/apiservices", "")
			do("GET", in("cert-manager", "secrets/cert-manager-webhook-ca"), "")
			if i%5 == 0 {
				do("PATCH", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/cert-manager-webhook", `[{"op":"add","path":"/webhooks/0/clientConfig/caBundle","value":"`+caBundle+`"}]`, jsonPatch)
			}
			elect(do, "kube-system", "cert-manager-cainjector-leader-election")
		},
	}
	// kyverno keeps its webhooks as its policies are, reports, and copies what policies say into namespaces.
	kyverno = chart{
		namespace: "kyverno", name: "kyverno", image: "ghcr.io/kyverno/kyverno:v1.13.2", agent: "kyverno/v1.13.2 (linux/amd64) kubernetes/$Format",
		rules: `[{apiGroups: [admissionregistration.k8s.io], resources: ["*"], verbs: ["*"]}, {apiGroups: [wgpolicyk8s.io], resources: ["*"], verbs: ["*"]}, {apiGroups: ["*"], resources: ["*"], verbs: [get, list, watch]}, {apiGroups: [""], resources: [secrets, configmaps], verbs: [create, update, delete]}, {apiGroups: [networking.k8s.io], resources: [networkpolicies], verbs: [create, update, delete]}, {apiGroups: [authorization.k8s.io], resources: [subjectaccessreviews], verbs: [create]}, {apiGroups: [rbac.authorization.k8s.io], resources: [roles, clusterroles, rolebindings, clusterrolebindings], verbs: [list, watch]}` + leases,
		every: 200 * time.Millisecond,
		round: func(do call, i int) {
			ns := teams[i%3]
			do("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", `{"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{"user":"system:serviceaccount:kyverno:kyverno","resourceAttributes":{"verb":"create","resource":"networkpolicies","group":"networking.k8s.io","namespace":"`+ns+`"}}}`)
			report := fmt.Sprintf("report-%d", i)
			do("POST", "/apis/wgpolicyk8s.io/v1/namespaces/"+ns+"/policyreports", object("wgpolicyk8s.io/v1", "PolicyReport", report, "kyverno", `,"summary":{"pass":4}`))
			do("GET", "/apis/apps/v1/namespaces/"+ns+"/deployments?limit=500", "")
			if i >= 9 {
				do("DELETE", "/apis/wgpolicyk8s.io/v1/namespaces/"+ns+"/policyreports/"+fmt.Sprintf("report-%d", i-9), "")
			}
			if i%12 == 0 {
				const hook = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/kyverno-resource-mutating-webhook-cfg"
				do("GET", hook, "")
				do("PATCH", hook, fmt.Sprintf(`{"metadata":{"annotations":{"kyverno.io/last-request":"%d"}}}`, i), mergePatch)
			}
			if i%20 == 0 {
				do("GET", in("kyverno", "secrets/regcred"), "")
				do("POST", in(ns, "secrets"), object("v1", "Secret", fmt.Sprintf("regcred-%d", i), "kyverno", `,"type":"kubernetes.io/dockerconfigjson","stringData":{".dockerconfigjson":"{\"auths\":{}}"}`))
			}
			elect(do, "kyverno", "kyverno-health")
		},
	}
	// capsule gives namespaces to teams, with bindings, quotas and limits.
	capsule = chart{
		namespace: "capsule-system", name: "capsule-controller-manager", image: "ghcr.io/projectcapsule/capsule:v0.7.2", agent: "capsule/v0.0.0 (linux/amd64) kubernetes/$Format",
		rules: everything, every: 900 * time.Millisecond,
		round: func(do call, i int) {
			ns := fmt.Sprintf("tenant-%d", i)
			do("POST", "/api/v1/namespaces", `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"`+ns+`","labels":{"capsule.clastix.io/tenant":"research","pod-security.kubernetes.io/enforce":"baseline"}}}`)
			bindings := "/apis/rbac.authorization.k8s.io/v1/namespaces/" + ns + "/rolebindings"
			do("POST", bindings, object("rbac.authorization.k8s.io/v1", "RoleBinding", "capsule-research-0-admin", "capsule", `,"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"admin"},"subjects":[{"kind":"Group","name":"research","apiGroup":"rbac.authorization.k8s.io"}]`))
			do("POST", bindings, object("rbac.authorization.k8s.io/v1", "RoleBinding", "capsule-research-1-deleter", "capsule", `,"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"edit"},"subjects":[{"kind":"ServiceAccount","name":"default","namespace":"`+ns+`"}]`))
			do("POST", in(ns, "resourcequotas"), object("v1", "ResourceQuota", "capsule-0", "capsule", `,"spec":{"hard":{"pods":"20"}}`))
			do("POST", in(ns, "limitranges"), object("v1", "LimitRange", "capsule-0", "capsule", `,"spec":{"limits":[{"type":"Container","defaultRequest":{"cpu":"5m"}}]}`))
			do("POST", "/apis/networking.k8s.io/v1/namespaces/"+ns+"/networkpolicies", object("networking.k8s.io/v1", "NetworkPolicy", "capsule-0", "capsule", `,"spec":{"podSelector":{},"policyTypes":["Ingress"]}`))
			if i >= 5 {
				do("DELETE", fmt.Sprintf("/api/v1/namespaces/tenant-%d", i-5), "")
			}
			elect(do, "capsule-system", "42c733ea.clastix.capsule.io")
		},
	}
	// reloader restarts applications whose configuration has changed.
	reloader = chart{
		namespace: "reloader", name: "reloader", image: "ghcr.io/stakater/reloader:v1.2.0", agent: "Reloader/v1.2.0 (linux/amd64) kubernetes/$Format",
		rules: `[{apiGroups: [""], resources: [secrets, configmaps], verbs: [list, get, watch]}, {apiGroups: [apps], resources: [deployments, daemonsets, statefulsets], verbs: [list, get, update, patch]}` + leases,
		every: 2 * time.Second,
		round: func(do call, i int) {
			do("GET", "/api/v1/configmaps?limit=500", "")
			do("GET", "/api/v1/secrets?limit=500", "")
			do("GET", "/apis/apps/v1/namespaces/shop/deployments", "")
			if i%5 == 4 {
				do("PATCH", "/apis/apps/v1/namespaces/shop/deployments/web", fmt.Sprintf(`{"spec":{"template":{"metadata":{"annotations":{"reloader.stakater.com/last-reloaded-from":"web-config-%d"}}}}}`, i), strategicPatch)
			}
		},
	}
)
