package play

import (
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

var teams = []string{"payments", "shop", "data"}

// GitOps is a day on which controllers bring everything about: what is in the repository is applied, pruned, filled with
// secrets and certificates, checked by policies, and given to teams. People look on.
func GitOps(s *stage.Stage) {
	c := Found(s)
	c.Mira.MustApply(join(custom("external-secrets.io", "externalsecrets", "ExternalSecret"), custom("cert-manager.io", "certificaterequests", "CertificateRequest"),
		custom("wgpolicyk8s.io", "policyreports", "PolicyReport"), custom("kustomize.toolkit.fluxcd.io", "kustomizations", "Kustomization")), "apply", "-f", "-")
	charts := []chart{kustomize, helmController, externalSecrets, certManager, certInjector, kyverno, capsule, reloader}
	installCharts(s, c.Mira, charts)
	for _, ns := range teams {
		c.Mira.MustApply(join("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: reconciler, namespace: "+ns+"}\n",
			"apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: reconciler, namespace: "+ns+"}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin}\nsubjects: [{kind: ServiceAccount, name: reconciler, namespace: "+ns+"}]\n"), "apply", "-f", "-")
	}
	s.Notable("T1546", "an administrator installs the webhooks of certificates and policies").
		As(c.Mira).Do(func(a *stage.Act) {
		a.MustApply(join(inClusterWebhook, policyWebhook), "apply", "-f", "-")
	})
	together(s, append(runCharts(s, charts), terraform(s), terminal(s, c), differ(s, c), developer(s, c.Li, "data", "notebook"))...)
}

// policyWebhook is what a policy engine keeps up to date itself.
const policyWebhook = `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: kyverno-resource-mutating-webhook-cfg, labels: {webhook.kyverno.io/managed-by: kyverno}}
webhooks:
- name: mutate.kyverno.svc-ignore
  clientConfig: {service: {name: kyverno, namespace: kyverno, path: /mutate}}
  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  namespaceSelector: {matchLabels: {policy: strict}}
  failurePolicy: Ignore
  timeoutSeconds: 2
  sideEffects: NoneOnDryRun
  admissionReviewVersions: [v1]
`

// terraform refreshes and applies what it keeps a state of.
func terraform(s *stage.Stage) func(func() bool) {
	const agent = "HashiCorp/1.0 Terraform/1.9.8"
	who := s.Member(s.Outside("terraform", "10.30.0.12"), "terraform", "platform-admins").By("")
	return func(working func() bool) {
		for i := 0; working(); i++ {
			for _, path := range []string{"/api/v1/namespaces/payments", "/api/v1/namespaces/shop", in("payments", "secrets/db-credentials"), in("shop", "secrets/session-key"), in("data", "secrets/warehouse-dsn"),
				"/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/developers-view", "/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings/team-edit",
				in("shop", "resourcequotas/team"), "/apis/networking.k8s.io/v1/namespaces/payments/networkpolicies/default-deny", "/apis/storage.k8s.io/v1/storageclasses"} {
				who.Request(agent, "GET", path, "")
			}
			who.Request(agent, "PATCH", in("shop", "resourcequotas/team"), fmt.Sprintf(`{"metadata":{"annotations":{"terraform/serial":"%d"}}}`, i), mergePatch)
			who.Request(agent, "PATCH", "/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings/team-edit", fmt.Sprintf(`{"metadata":{"annotations":{"terraform/serial":"%d"}}}`, i), mergePatch)
			s.Sleep(4 * time.Second)
		}
	}
}

// terminal is a developer with a full-screen client, which asks for everything it shows, each two seconds.
func terminal(s *stage.Stage, c *Company) func(func() bool) {
	const agent = "k9s/v0.32.7 (linux/amd64) kubernetes/$Format"
	return func(working func() bool) {
		for _, r := range [][2]string{{"list", "pods"}, {"list", "secrets"}, {"create", "pods/exec"}, {"delete", "pods"}, {"list", "namespaces"}, {"watch", "nodes"}} {
			c.Anna.Request(agent, "POST", selfAccess, `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{"namespace":"payments","verb":"`+r[0]+`","resource":"`+r[1]+`"}}}`)
		}
		views := []string{"pods", "configmaps", "services", "events", "serviceaccounts"}
		for i := 0; working(); i++ {
			c.Anna.Request(agent, "GET", in("payments", views[i%len(views)]), "")
			c.Anna.Request(agent, "GET", "/apis/apps/v1/namespaces/payments/deployments", "")
			c.Anna.Request(agent, "GET", "/apis/metrics.k8s.io/v1beta1/namespaces/payments/pods", "")
			if i == 20 {
				s.Notable("T1552.007", "a developer opens the view of her team's secrets in her terminal").
					As(c.Anna).Do(func(a *stage.Act) { a.Request(agent, "GET", in("payments", "secrets"), "") })
			}
			s.Sleep(500 * time.Millisecond)
		}
	}
}

// differ compares manifests with the cluster and applies them on the server's side.
func differ(s *stage.Stage, c *Company) func(func() bool) {
	return func(working func() bool) {
		for i := 0; working(); i++ {
			m := Deployment("shop", "cart", imageCart, 1+i%2, "")
			_, _ = c.Jonas.KubectlIn(m, "apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "-")
			_, _ = c.Jonas.KubectlIn(m, "apply", "--server-side", "--force-conflicts", "-f", "-")
			c.Jonas.Look("-n", "shop", "wait", "--for=condition=Available", "deploy/cart", "--timeout=10s")
			c.Jonas.Look("-n", "shop", "get", "deploy", "cart", "--show-managed-fields", "-o", "yaml")
			c.Jonas.Look("api-resources")
			s.Sleep(2 * time.Second)
		}
	}
}
