package play

import (
	"fmt"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

// pipeline deploys again and again: applies, waits, scales, runs migrations, keeps releases as helm does.
func pipeline(s *stage.Stage, c *Company) func(func() bool) {
	webs := []string{imageWeb, "registry.example.com/shop/web:5.3.1", "registry.example.com/shop/web:5.4.0"}
	apis := []string{imageAPI, "registry.example.com/payments/api:2.14.1", "registry.example.com/payments/api:2.15.0"}
	s.Images(append(webs, apis...)...)
	chance := s.Rand("pipeline")
	return func(working func() bool) {
		for i := 1; working(); i++ {
			c.CI.MustApply(Deployment("shop", "web", webs[chance.IntN(3)], 2, ""), "apply", "-f", "-")
			c.CI.Look("-n", "shop", "rollout", "status", "deploy/web", "--timeout=20s")
			c.CI.MustApply(Deployment("payments", "api", apis[chance.IntN(3)], 2, "payments-api"), "apply", "-f", "-")
			c.CI.Look("-n", "payments", "rollout", "status", "deploy/api", "--timeout=20s")
			c.CI.MustApply(fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web-config, namespace: shop}\ndata: {BUILD: %q}\n", fmt.Sprint(i)), "apply", "-f", "-")
			c.CI.MustApply("apiVersion: v1\nkind: Secret\nmetadata: {name: stripe-key, namespace: payments}\nstringData: {api-key: example-"+fmt.Sprint(i)+"}\n", "apply", "-f", "-")
			helm(c.CI, "shop", "search", i)
			c.CI.Look("-n", "shop", "scale", "deploy/web", fmt.Sprintf("--replicas=%d", 1+chance.IntN(3)))
			job := fmt.Sprintf("migrate-%d", i)
			c.CI.Look("-n", "data", "create", "job", job, "--image="+imageETL, "--", "sleep", "1")
			c.CI.Look("-n", "data", "wait", "--for=condition=complete", "job/"+job, "--timeout=8s")
			c.CI.Look("-n", "data", "delete", "job", job)
			if i%3 == 0 {
				c.CI.Look("-n", "shop", "rollout", "undo", "deploy/web")
			}
		}
	}
}

// helm keeps a release as helm does: a secret for each revision, the oldest taken away, and the release's objects.
func helm(who *stage.Actor, namespace, name string, revision int) {
	const agent = "Helm/3.16.3"
	secrets := "/api/v1/namespaces/" + namespace + "/secrets"
	who.Request(agent, "GET", secrets+"?labelSelector=name%3D"+name+"%2Cowner%3Dhelm", "")
	who.Request(agent, "POST", secrets, fmt.Sprintf(`{"apiVersion":"v1","kind":"Secret","type":"helm.sh/release.v1","metadata":{"name":"sh.helm.release.v1.%[1]s.v%[2]d","labels":{"owner":"helm","name":%[1]q,"status":"deployed","version":"%[2]d"}},"data":{"release":"SDRzSUFBQUFBQUFB"}}`, name, revision))
	who.Request(agent, "PATCH", "/apis/apps/v1/namespaces/"+namespace+"/deployments/cart?fieldManager=helm", fmt.Sprintf(`{"metadata":{"annotations":{"meta.helm.sh/release-name":%q,"revision":"%d"}}}`, name, revision), "Content-Type: application/strategic-merge-patch+json")
	if revision > 1 {
		who.Request(agent, "PATCH", fmt.Sprintf("%s/sh.helm.release.v1.%s.v%d", secrets, name, revision-1), `{"metadata":{"labels":{"status":"superseded"}}}`, "Content-Type: application/strategic-merge-patch+json")
	}
	if revision > 3 {
		who.Request(agent, "DELETE", fmt.Sprintf("%s/sh.helm.release.v1.%s.v%d", secrets, name, revision-3), "")
	}
}

// runner is a pipeline's step inside the cluster, with the account of its pod.
func runner(s *stage.Stage) func(func() bool) {
	return func(working func() bool) {
		who := s.Pod("ci", "app=runner").ServiceAccount()
		for working() {
			who.Look("-n", "shop", "get", "deploy")
			who.Look("-n", "shop", "set", "env", "deploy/cart", "BUILD="+fmt.Sprint(time.Now().Unix()))
			who.Look("-n", "shop", "rollout", "status", "deploy/cart", "--timeout=10s")
			s.Sleep(2 * time.Second)
		}
	}
}

// previews makes a namespace for each pull request and takes it away again.
func previews(s *stage.Stage, c *Company) func(func() bool) {
	bot := s.Member(s.Outside("previews", "10.30.0.6"), "preview-bot")
	chance := s.Rand("previews")
	return func(working func() bool) {
		for working() {
			ns := fmt.Sprintf("preview-%d", 100+chance.IntN(900))
			bot.Look("create", "namespace", ns)
			bot.Look("label", "namespace", ns, "purpose=preview")
			bot.Look("-n", ns, "create", "rolebinding", "team", "--clusterrole=edit", "--group=devs-shop")
			bot.Look("-n", ns, "create", "quota", "small", "--hard=pods=10")
			bot.Look("-n", ns, "create", "secret", "generic", "session-key", "--from-literal=key=example")
			_, _ = bot.KubectlIn(Deployment(ns, "web", imageWeb, 1, ""), "apply", "-f", "-")
			bot.Look("-n", ns, "rollout", "status", "deploy/web", "--timeout=20s")
			c.Jonas.Look("-n", ns, "get", "pods,svc")
			bot.Look("delete", "namespace", ns, "--timeout=15s")
		}
	}
}

// borrowed is a pipeline outside that has a token made for an account, for ten minutes, and works with it.
func borrowed(s *stage.Stage, c *Company) func(func() bool) {
	return func(working func() bool) {
		c.CI.Look("-n", "shop", "create", "serviceaccount", "deployer")
		c.Mira.Look("-n", "shop", "create", "rolebinding", "deployer", "--clusterrole=edit", "--serviceaccount=shop:deployer")
		for working() {
			token, err := c.CI.Kubectl("-n", "shop", "create", "token", "deployer", "--duration=10m")
			if err == nil {
				who := s.Bearer(c.CI.In, strings.TrimSpace(token), nil)
				who.Look("-n", "shop", "get", "deploy")
				who.Look("-n", "shop", "annotate", "deploy", "web", fmt.Sprintf("build=%d", time.Now().Unix()), "--overwrite")
			}
			s.Sleep(6 * time.Second)
		}
	}
}
