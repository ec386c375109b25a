package play

import (
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

// developer does what developers do all day: look at the team's application, and now and then change it.
func developer(s *stage.Stage, who *stage.Actor, namespace, app string) func(func() bool) {
	chance := s.Rand(who.User)
	habits := [][]string{
		{"get", "pods"}, {"get", "pods", "-o", "wide"}, {"get", "deploy,svc,ingress"}, {"describe", "deploy", app}, {"logs", "deploy/" + app, "--tail=20"},
		{"logs", "deploy/" + app, "--since=5m"}, {"get", "events", "--sort-by=.lastTimestamp"}, {"auth", "can-i", "create", "deployments"}, {"get", "cm", "-o", "yaml"},
		{"rollout", "history", "deploy/" + app}, {"get", "pod", "does-not-exist"}, {"top", "pods"}, {"get", "hpa,netpol,sa,job"}, {"explain", "deployment.spec.strategy"},
		{"rollout", "restart", "deploy/" + app}, {"get", "rs"}, {"get", "deploy", app, "-o", "yaml"}, {"rollout", "status", "deploy/" + app, "--timeout=15s"},
	}
	return func(working func() bool) {
		for working() {
			who.Look(append([]string{"-n", namespace}, habits[chance.IntN(len(habits))]...)...)
			if chance.IntN(10) == 0 {
				who.LookFor(2*time.Second, "-n", namespace, "get", "pods", "--watch")
			}
			s.Sleep(time.Duration(100+chance.IntN(900)) * time.Millisecond)
		}
	}
}

// rarely are the things of a developer's day that look worse than they are.
func rarely(s *stage.Stage, c *Company) func(func() bool) {
	return func(func() bool) {
		s.Sleep(3 * time.Second)
		ledger := s.Pod("payments", "app=ledger") // which nobody restarts
		s.Notable("T1609", "a developer looks into her own application").
			As(c.Anna).On(ledger).Do(func(a *stage.Act) { a.Kubectl("-n", "payments", "exec", "deploy/ledger", "--", "ls", "/") })
		s.Sleep(3 * time.Second)
		s.Notable("T1572", "a developer forwards a port of his own service").
			As(c.Jonas).Do(func(a *stage.Act) { a.Brief(2*time.Second, "-n", "shop", "port-forward", "svc/web", "18082:80") })
		s.Sleep(3 * time.Second)
		s.Notable("T1609", "a developer opens a shell in her own notebook").
			As(c.Li).Do(func(a *stage.Act) {
			a.Apply("ls\nid\nexit\n", "-n", "data", "exec", "-i", "deploy/notebook", "--", "sh")
		})
		s.Sleep(3 * time.Second)
		s.Notable("T1552.007", "a developer reads one secret of her own team").
			As(c.Anna).Do(func(a *stage.Act) { a.Kubectl("-n", "payments", "get", "secret", "db-credentials", "-o", "yaml") })
		s.Notable("T1613", "a developer is refused in another team's namespace").
			As(c.Jonas).Do(func(a *stage.Act) { a.Kubectl("-n", "payments", "get", "secrets") })
		s.Notable("T1609", "a developer debugs her own pod with a debug container").
			As(c.Anna).On(ledger).Do(func(a *stage.Act) {
			a.Kubectl("-n", "payments", "debug", ledger.Name, "--image="+imageAlpine, "--image-pull-policy=IfNotPresent", "-c", "dbg", "--", "sleep", "30")
		})
	}
}

// broken deploys what does not run: an image that is missing, one that crashes, one that needs more memory than it may.
func broken(s *stage.Stage, c *Company) func(func() bool) {
	return func(working func() bool) {
		for _, p := range []string{
			podRunning("data", "report-missing", "registry.example.com/data/report:2026.99", "[app, serve]", "", ""),
			podRunning("data", "report-crash", imageETL, "[app, crash]", "", ""),
			podRunning("data", "report-big", imageETL, "[app, hog]", "", "resources: {limits: {memory: 64Mi}}"),
			failingJob,
		} {
			c.Li.MustApply(p, "apply", "-f", "-")
		}
		for i := 0; working(); i++ {
			c.Li.Look("-n", "data", "get", "pods")
			c.Li.Look("-n", "data", "describe", "pod", "report-crash")
			c.Li.Look("-n", "data", "logs", "report-crash", "--previous")
			if i == 3 {
				c.Li.Look("-n", "data", "delete", "pod", "report-missing", "report-crash", "--now")
			}
			s.Sleep(4 * time.Second)
		}
	}
}

// failingJob is tried three times, and given up.
const failingJob = `apiVersion: batch/v1
kind: Job
metadata: {name: report-month, namespace: data}
spec: {backoffLimit: 2, template: {spec: {restartPolicy: Never, containers: [{name: main, image: "` + imageETL + `", imagePullPolicy: IfNotPresent, command: [app, crash]}]}}}
`

// databases orders databases of an operator, and gives them back.
func databases(s *stage.Stage, c *Company) func(func() bool) {
	return func(working func() bool) {
		for i := 0; working(); i++ {
			name := fmt.Sprintf("orders-%d", i)
			c.Mira.MustApply("apiVersion: example.com/v1\nkind: Database\nmetadata: {name: "+name+", namespace: data}\nspec: {size: small}\n", "apply", "-f", "-")
			s.Sleep(6 * time.Second)
			c.Mira.Look("-n", "data", "get", "databases")
			c.Mira.Look("-n", "data", "delete", "database", name, "--timeout=10s")
		}
	}
}
