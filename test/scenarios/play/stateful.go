package play

import (
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

// queueManifests are a service that keeps state, the bounds of its disruption, and an autoscaler of another one.
const queueManifests = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: queue, namespace: payments, labels: {app: queue}}
spec:
  serviceName: queue
  replicas: 2
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: queue}}
  template:
    metadata: {labels: {app: queue}}
    spec: {terminationGracePeriodSeconds: 0, containers: [{name: queue, image: "` + imageLedger + `", imagePullPolicy: IfNotPresent, ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: queue, namespace: payments}
spec: {clusterIP: None, selector: {app: queue}, ports: [{port: 8080}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: queue, namespace: payments}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: queue}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 4, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {ingressClassName: nginx, rules: [{host: shop.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
`

// stateful looks after a queue: restarts it, scales it, moves a pod of it by eviction as tools do that rebalance nodes.
func stateful(s *stage.Stage, c *Company) func(func() bool) {
	mover := s.Member(s.Outside("descheduler", "10.30.0.12"), "node-rebalancer").By("")
	return func(working func() bool) {
		c.Mira.MustApply(queueManifests, "apply", "-f", "-")
		c.Mira.Must("create", "clusterrole", "node-rebalancer", "--verb=get,list,create", "--resource=pods,pods/eviction")
		c.Mira.Must("create", "clusterrolebinding", "node-rebalancer", "--clusterrole=node-rebalancer", "--user=node-rebalancer")
		for i := 0; working(); i++ {
			c.Anna.Look("-n", "payments", "rollout", "status", "sts/queue", "--timeout=10s")
			c.Anna.Look("-n", "payments", "scale", "sts/queue", fmt.Sprintf("--replicas=%d", 2+i%2))
			s.Sleep(3 * time.Second)
			mover.Request("descheduler/v0.31.0 (linux/amd64) kubernetes/7c1a2b3", "GET", "/api/v1/pods?fieldSelector=spec.nodeName%3Dnode1", "")
			mover.Request("descheduler/v0.31.0 (linux/amd64) kubernetes/7c1a2b3", "POST", "/api/v1/namespaces/payments/pods/queue-1/eviction",
				`{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"queue-1","namespace":"payments"}}`)
			s.Sleep(3 * time.Second)
			if i%2 == 1 {
				c.Anna.Look("-n", "payments", "rollout", "restart", "sts/queue")
			}
			c.Anna.Look("-n", "payments", "get", "sts,pdb,pods")
			c.Jonas.Look("-n", "shop", "describe", "hpa", "web")
			c.Jonas.Look("-n", "shop", "get", "ingress", "web", "-o", "yaml")
			s.Sleep(time.Second)
		}
	}
}
