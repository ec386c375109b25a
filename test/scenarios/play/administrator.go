package play

import (
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

// administrator looks after the cluster: nodes, rights, network policies, the odd namespace.
func administrator(s *stage.Stage, c *Company) func(func() bool) {
	return func(working func() bool) {
		for i := 0; working(); i++ {
			c.Mira.Look("get", "nodes", "-o", "wide")
			c.Mira.Look("get", "pods", "-A")
			c.Mira.Look("get", "events", "-A", "--field-selector", "type=Warning")
			name := fmt.Sprintf("log-reader-%d", i)
			c.Mira.Look("-n", "shop", "create", "role", name, "--verb=get,list", "--resource=pods,pods/log")
			c.Mira.Look("-n", "shop", "create", "rolebinding", name, "--role="+name, "--user=li.chen")
			s.Sleep(time.Second)
			c.Mira.Look("-n", "shop", "delete", "rolebinding", name)
			c.Mira.Look("-n", "shop", "delete", "role", name)
			c.Mira.Look("get", "clusterrolebindings")
			c.Mira.Look("describe", "node", "node1")
			c.Mira.Look("annotate", "namespace", "data", fmt.Sprintf("owner=data-team-%d", i), "--overwrite")
			c.Mira.MustApply(fmt.Sprintf(`apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow-dns, namespace: payments, annotations: {revision: "%d"}}
spec: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}]}]}
`, i), "apply", "-f", "-")
			c.Mira.MustApply(cronJob("data", "nightly-etl", imageETL, "* * * * *", `[sleep, "2"]`), "apply", "-f", "-")
			s.Sleep(2 * time.Second)
		}
	}
}

// maintenance empties the node and takes it back into service.
func maintenance(s *stage.Stage, c *Company) func(func() bool) {
	return func(func() bool) {
		s.Sleep(10 * time.Second)
		s.Notable("T1499", "an administrator empties the node of shop's pods and takes it back").
			As(c.Mira).Do(func(a *stage.Act) {
			a.Must("cordon", "node1")
			a.Kubectl("drain", "node1", "--ignore-daemonsets", "--delete-emptydir-data", "--force", "--pod-selector=app in (web,cart)", "--timeout=20s")
			a.Must("uncordon", "node1")
		})
		renewal(s)
	}
}

// renewal is the node asking for its next certificate, as kubelets do every few months.
func renewal(s *stage.Stage) {
	node := s.Member(s.Admin().In, "system:node:node1", "system:nodes").By("")
	node.Request("kubelet/v1.36.3 (linux/amd64) kubernetes/5c3f1a2", "POST", "/apis/certificates.k8s.io/v1/certificatesigningrequests",
		certificateRequest("csr-node1-1", kubeletSigner, kubeletUsage, "system:node:node1", "system:nodes"), "Content-Type: application/yaml")
}

// dashboards ask for the same things again and again, from outside, with a read-only account.
func dashboards(s *stage.Stage) func(func() bool) {
	who := s.Member(s.Outside("grafana", "10.30.0.9"), "grafana-readonly").By("")
	return func(working func() bool) {
		for working() {
			for _, path := range []string{"/api/v1/pods?limit=500", "/apis/apps/v1/deployments?limit=500", "/api/v1/events?limit=500", "/apis/batch/v1/jobs?limit=500"} {
				who.Request("Grafana/11.3.1", "GET", path, "")
			}
			s.Sleep(300 * time.Millisecond)
		}
	}
}

// upgrade brings the platform to its next version: add-ons, operators, cluster configuration, everything restarted.
func upgrade(s *stage.Stage, c *Company) func(func() bool) {
	return func(working func() bool) {
		s.Notable("T1557", "an administrator changes the cluster DNS's cache time").
			As(c.Mira).Do(func(a *stage.Act) {
			a.Must("-n", "kube-system", "patch", "configmap", "coredns", "--type=merge", "-p", `{"data":{"Corefile":".:53 {\n    errors\n    health\n    kubernetes cluster.local in-addr.arpa ip6.arpa\n    forward . /etc/resolv.conf\n    cache 60\n}\n"}}`)
		})
		const joining = "0123456789abcdef"
		s.Conceal(joining)
		s.Notable("T1098", "an administrator writes what kubeadm keeps: cluster configuration and a token by which nodes join").
			As(s.Admin()).Do(func(a *stage.Act) {
			a.Must("-n", "kube-system", "create", "configmap", "kubeadm-config", "--from-literal=ClusterConfiguration=clusterName: kubernetes")
			a.Must("-n", "kube-system", "create", "secret", "generic", "bootstrap-token-abcdef", "--type=bootstrap.kubernetes.io/token", "--from-literal=token-id=abcdef", "--from-literal=token-secret="+joining)
		})
		s.Notable("T1546", "an administrator installs an admission webhook of a controller in the cluster").
			As(c.Mira).Do(func(a *stage.Act) { a.MustApply(inClusterWebhook, "apply", "-f", "-") })
		for i := 0; working(); i++ {
			o := operators[i%len(operators)]
			c.Mira.Look("-n", o.namespace, "get", "deploy", o.name, "-o", "yaml")
			c.Mira.Look("-n", o.namespace, "rollout", "restart", "deploy/"+o.name)
			c.Mira.Look("-n", o.namespace, "rollout", "status", "deploy/"+o.name, "--timeout=20s")
			c.Mira.MustApply(o.manifest(), "apply", "--server-side", "--force-conflicts", "-f", "-")
		}
		s.Notable("T1098", "an administrator deletes the token by which nodes join").
			As(s.Admin()).Do(func(a *stage.Act) { a.Must("-n", "kube-system", "delete", "secret", "bootstrap-token-abcdef") })
	}
}

// inClusterWebhook asks a service of the cluster about certificates' secrets.
const inClusterWebhook = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: cert-manager-webhook}
webhooks:
- name: webhook.cert-manager.io
  clientConfig: {service: {name: cert-manager-webhook, namespace: cert-manager, path: /validate}}
  rules: [{apiGroups: [cert-manager.io], apiVersions: ["*"], operations: [CREATE, UPDATE], resources: ["*/*"]}]
  failurePolicy: Ignore
  timeoutSeconds: 1
  sideEffects: None
  admissionReviewVersions: [v1]
`
