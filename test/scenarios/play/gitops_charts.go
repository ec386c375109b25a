package play

import (
	"fmt"
	"time"
)

// everything is a cluster role that may do everything, as some charts ask for.
const everything = `[{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}, {nonResourceURLs: ["*"], verbs: ["*"]}]`

var (
	// kustomize applies the repository, for each team as that team's own account, and prunes what is no longer in it.
	kustomize = chart{
		namespace: "flux-system", name: "kustomize-controller", image: "ghcr.io/fluxcd/kustomize-controller:v1.4.0", agent: "kustomize-controller/v1.4.0 (linux/amd64) kubernetes/$Format",
		rules: everything, every: 200 * time.Millisecond,
		round: func(do call, i int) {
			ns := teams[i%3]
			as := []string{"Impersonate-User: system:serviceaccount:" + ns + ":reconciler", "Impersonate-Group: system:serviceaccounts", "Impersonate-Group: system:authenticated"}
			const how = "?fieldManager=kustomize-controller&force=true"
			for _, dry := range []string{"&dryRun=All", ""} {
				do("PATCH", in(ns, "configmaps/app-settings"+how+dry), object("v1", "ConfigMap", "app-settings", "flux", fmt.Sprintf(`,"data":{"revision":"%d"}`, i)), append(as, applyPatch)...)
				do("PATCH", in(ns, "services/internal"+how+dry), object("v1", "Service", "internal", "flux", `,"spec":{"selector":{"app":"api"},"ports":[{"port":80,"targetPort":8080}]}`), append(as, applyPatch)...)
				do("PATCH", "/apis/networking.k8s.io/v1/namespaces/"+ns+"/networkpolicies/internal"+how+dry, object("networking.k8s.io/v1", "NetworkPolicy", "internal", "flux", `,"spec":{"podSelector":{},"policyTypes":["Ingress"],"ingress":[{}]}`), applyPatch)
				do("PATCH", "/apis/policy/v1/namespaces/"+ns+"/poddisruptionbudgets/internal"+how+dry, object("policy/v1", "PodDisruptionBudget", "internal", "flux", `,"spec":{"maxUnavailable":1,"selector":{"matchLabels":{"app":"none"}}}`), applyPatch)
			}
			name := fmt.Sprintf("feature-%d", i)
			do("PATCH", in(ns, "configmaps/"+name+how), object("v1", "ConfigMap", name, "flux", ""), append(as, applyPatch)...)
			if i >= 6 {
				do("DELETE", in(ns, fmt.Sprintf("configmaps/feature-%d", i-6)), `{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"}`)
			}
			if i%10 == 9 {
				do("PATCH", "/apis/rbac.authorization.k8s.io/v1/namespaces/"+ns+"/rolebindings/support"+how, object("rbac.authorization.k8s.io/v1", "RoleBinding", "support", "flux", `,"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"view"},"subjects":[{"kind":"Group","name":"support","apiGroup":"rbac.authorization.k8s.io"}]`), applyPatch)
			}
			elect(do, "flux-system", "kustomize-controller-leader")
		},
	}
	// helmController keeps releases, each revision in a secret.
	helmController = chart{
		namespace: "flux-system", name: "helm-controller", image: "ghcr.io/fluxcd/helm-controller:v1.1.0", agent: "helm-controller/v1.1.0 (linux/amd64) kubernetes/$Format",
		rules: everything, every: 400 * time.Millisecond,
		round: func(do call, i int) {
			ns := teams[i%3]
			do("GET", in(ns, "secrets?labelSelector=name%3Dredis%2Cowner%3Dhelm"), "")
			do("POST", in(ns, "secrets"), fmt.Sprintf(`{"apiVersion":"v1","kind":"Secret","type":"helm.sh/release.v1","metadata":{"name":"sh.helm.release.v1.redis.v%d","labels":{"owner":"helm","name":"redis"}},"data":{"release":"SDRzSUFBQUFBQUFB"}}`, i))
			do("PATCH", in(ns, "serviceaccounts/redis?fieldManager=helm&force=true"), object("v1", "ServiceAccount", "redis", "Helm", ""), applyPatch)
			do("GET", in(ns, fmt.Sprintf("secrets/sh.helm.release.v1.redis.v%d", i)), "")
			if i >= 9 {
				do("DELETE", in(ns, fmt.Sprintf("secrets/sh.helm.release.v1.redis.v%d", i-9)), "")
			}
			elect(do, "flux-system", "helm-controller-leader")
		},
	}
	// externalSecrets copies secrets from a vault, to which it shows tokens of the teams' accounts.
	externalSecrets = chart{
		namespace: "external-secrets", name: "external-secrets", image: "ghcr.io/external-secrets/external-secrets:v0.10.7", agent: "external-secrets/v0.10.7 (linux/amd64) kubernetes/$Format",
		rules: `[{apiGroups: [external-secrets.io], resources: ["*"], verbs: ["*"]}, {apiGroups: [""], resources: [secrets], verbs: [get, list, watch, create, update, patch, delete]}, {apiGroups: [""], resources: [serviceaccounts, namespaces, configmaps], verbs: [get, list, watch]}, {apiGroups: [""], resources: [serviceaccounts/token], verbs: [create]}` + leases,
		every: 200 * time.Millisecond,
		round: func(do call, i int) {
			ns, name := teams[i%3], fmt.Sprintf("vault-%d", i%9)
			do("GET", "/apis/external-secrets.io/v1/externalsecrets?limit=500", "")
			if i < 9 {
				do("POST", "/apis/external-secrets.io/v1/namespaces/"+ns+"/externalsecrets", object("external-secrets.io/v1", "ExternalSecret", name, "Helm", `,"spec":{}`))
			}
			if i%15 == 0 {
				do("POST", in(ns, "serviceaccounts/reconciler/token"), `{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"audiences":["vault"],"expirationSeconds":600}}`)
			}
			if status, _ := do("GET", in(ns, "secrets/"+name), ""); status == 404 {
				do("POST", in(ns, "secrets"), object("v1", "Secret", name, "external-secrets", `,"stringData":{"value":"example"}`))
			} else {
				do("PUT", in(ns, "secrets/"+name), object("v1", "Secret", name, "external-secrets", fmt.Sprintf(`,"stringData":{"value":"example-%d"}`, i)))
			}
			do("PATCH", "/apis/external-secrets.io/v1/namespaces/"+ns+"/externalsecrets/"+name+"/status", `{"status":{"synced":true}}`, mergePatch)
			elect(do, "external-secrets", "external-secrets-controller")
		},
	}
	// certManager asks for certificates and keeps them in secrets.
	certManager = chart{
		namespace: "cert-manager", name: "cert-manager", image: "quay.io/jetstack/cert-manager-controller:v1.16.2", agent: "cert-manager-certificates-issuing/v1.16.2 (linux/amd64) cert-manager/f4b1f3b",
		rules: `[{apiGroups: [cert-manager.io], resources: ["*"], verbs: ["*"]}, {apiGroups: [""], resources: [secrets], verbs: [get, list, watch, create, update, patch, delete]}, {apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests, certificatesigningrequests/status, certificatesigningrequests/approval], verbs: [get, list, watch, create, update, patch]}, {apiGroups: [certificates.k8s.io], resources: [signers], verbs: [sign, approve], resourceNames: ["issuers.cert-manager.io/*"]}` + leases,
		every: 300 * time.Millisecond,
		round: func(do call, i int) {
			ns, name := teams[i%3], fmt.Sprintf("tls-%d", i)
			do("POST", "/apis/cert-manager.io/v1/namespaces/"+ns+"/certificaterequests", object("cert-manager.io/v1", "CertificateRequest", name, "cert-manager", `,"spec":{}`))
			do("PATCH", "/apis/cert-manager.io/v1/namespaces/"+ns+"/certificaterequests/"+name+"/status", `{"status":{"conditions":[{"type":"Ready","status":"True"}]}}`, mergePatch)
			do("POST", in(ns, "secrets"), object("v1", "Secret", name, "cert-manager", `,"type":"kubernetes.io/tls","data":{"tls.crt":"","tls.key":""}`))
			do("GET", in(ns, "secrets/"+name), "")
			do("GET", "/api/v1/secrets?labelSelector=controller.cert-manager.io%2Ffao%3Dtrue&limit=500", "")
			if i%8 == 0 {
				csr := fmt.Sprintf("mesh-%d", i)
				do("POST", "/apis/certificates.k8s.io/v1/certificatesigningrequests", certificateRequest(csr, "issuers.cert-manager.io/mesh.internal", `["digital signature", "client auth"]`, "api."+ns), "Content-Type: application/yaml")
				do("PATCH", "/apis/certificates.k8s.io/v1/certificatesigningrequests/"+csr+"/approval", `{"status":{"conditions":[{"type":"Approved","status":"True","reason":"cert-manager.io","message":"policy"}]}}`, strategicPatch)
			}
			if i >= 9 {
				do("DELETE", "/apis/cert-manager.io/v1/namespaces/"+ns+"/certificaterequests/"+fmt.Sprintf("tls-%d", i-9), "")
				do("DELETE", in(ns, fmt.Sprintf("secrets/tls-%d", i-9)), "")
			}
			elect(do, "kube-system", "cert-manager-controller")
		},
	}
)
