// Package play holds the scenarios: attacks and ordinary work, each a function on a stage.
package play

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

//go:embed manifests/base.yaml
var baseManifests string

// Company is what every scenario finds: people at their desks, a pipeline, and three teams' applications.
type Company struct {
	Mira  *stage.Actor // platform administrator
	Anna  *stage.Actor // develops payments
	Jonas *stage.Actor // develops shop
	Li    *stage.Actor // works with data
	CI    *stage.Actor // the pipeline, outside of the cluster
}

const (
	imageAPI      = "registry.example.com/payments/api:2.14.0"
	imageLedger   = "registry.example.com/payments/ledger:1.8.3"
	imageWeb      = "registry.example.com/shop/web:5.3.0"
	imageCart     = "registry.example.com/shop/cart:3.1.0"
	imageNotebook = "registry.example.com/data/notebook:2026.10"
	imageETL      = "registry.example.com/data/etl:2026.11"
	imageRunner   = "registry.example.com/ci/runner:17.5.0"
	imageAlpine   = "docker.io/library/alpine:3.20"
)

// Found opens for business: accounts, namespaces, applications.
func Found(s *stage.Stage) *Company {
	s.Images(imageAPI, imageLedger, imageWeb, imageCart, imageNotebook, imageETL, imageRunner, imageAlpine)
	c := &Company{
		Mira:  s.Member(s.Outside("mira", "10.20.0.11"), "mira.holm", "platform-admins"),
		Anna:  s.Member(s.Outside("anna", "10.20.0.21"), "anna.keller", "devs-payments"),
		Jonas: s.Member(s.Outside("jonas", "10.20.0.22"), "jonas.weber", "devs-shop"),
		Li:    s.Member(s.Outside("li", "10.20.0.23"), "li.chen", "devs-data"),
		CI:    s.Member(s.Outside("ci", "10.30.0.5"), "ci-pipeline", "pipelines"),
	}
	s.Admin().MustApply(baseManifests, "apply", "-f", "-")
	for _, secret := range [][4]string{
		{"payments", "db-credentials", "password", "example-0001"}, {"payments", "stripe-key", "api-key", "example-0002"},
		{"shop", "session-key", "key", "example-0003"}, {"data", "warehouse-dsn", "dsn", "example-0004"},
	} {
		s.Conceal(secret[3])
		c.CI.Must("-n", secret[0], "create", "secret", "generic", secret[1], "--from-literal="+secret[2]+"="+secret[3])
	}
	c.CI.Must("-n", "shop", "create", "configmap", "web-config", "--from-literal=FEATURE_CHECKOUT=on")
	apps := []string{
		Deployment("payments", "api", imageAPI, 2, "payments-api"), Deployment("payments", "ledger", imageLedger, 1, ""),
		Deployment("shop", "web", imageWeb, 2, ""), Deployment("shop", "cart", imageCart, 1, ""),
		Deployment("data", "notebook", imageNotebook, 1, "notebook"),
	}
	c.CI.MustApply(strings.Join(apps, "\n---\n"), "apply", "-f", "-")
	c.Mira.MustApply(Deployment("ci", "runner", imageRunner, 1, "runner"), "apply", "-f", "-")
	s.Wrote(c.CI, "payments", "Deployment/api", "Deployment/ledger")
	s.Wrote(c.CI, "shop", "Deployment/web", "Deployment/cart")
	s.Wrote(c.CI, "data", "Deployment/notebook")
	s.Wrote(c.Mira, "ci", "Deployment/runner")
	for _, d := range [][2]string{{"payments", "api"}, {"payments", "ledger"}, {"shop", "web"}, {"shop", "cart"}, {"data", "notebook"}} {
		c.CI.Must("-n", d[0], "rollout", "status", "deploy/"+d[1], "--timeout=60s")
	}
	return c
}

// Deployment is the manifest of an application and its service.
func Deployment(namespace, name, image string, replicas int, account string) string {
	if account == "" {
		account = "default"
	}
	_, version, _ := strings.Cut(image, ":")
	return fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata: {name: %[2]s, namespace: %[1]s, labels: {app: %[2]s}}
spec:
  replicas: %[4]d
  revisionHistoryLimit: 3
  selector: {matchLabels: {app: %[2]s}}
  template:
    metadata: {labels: {app: %[2]s, version: %[6]q}}
    spec:
      serviceAccountName: %[5]s
      terminationGracePeriodSeconds: 1
      containers:
      - name: %[2]s
        image: %[3]s
        imagePullPolicy: IfNotPresent
        ports: [{containerPort: 8080, name: http}]
        readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 5}
        resources: {requests: {cpu: 5m, memory: 8Mi}, limits: {memory: 128Mi}}
        securityContext: {allowPrivilegeEscalation: false, runAsNonRoot: true, runAsUser: 10001, capabilities: {drop: [ALL]}}
---
apiVersion: v1
kind: Service
metadata: {name: %[2]s, namespace: %[1]s, labels: {app: %[2]s}}
spec: {selector: {app: %[2]s}, ports: [{name: http, port: 80, targetPort: 8080}]}
`, namespace, name, image, replicas, account, version)
}
