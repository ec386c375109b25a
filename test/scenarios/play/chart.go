package play

import (
	"fmt"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

// call is a request of a controller; it returns the status and the body.
type call func(method, path, body string, headers ...string) (int, string)

// chart is a controller that a chart installs: what it may do, and what it does in each round.
type chart struct {
	namespace, name, image string
	agent                  string // its user agent
	rules                  string // of its cluster role, YAML in flow style
	every                  time.Duration
	round                  func(do call, i int)
}

// installCharts has an administrator install charts, as helm keeps them: an account, a role, a workload, and a secret
// that holds the release.
func installCharts(s *stage.Stage, who *stage.Actor, charts []chart) {
	var manifests []string
	for _, c := range charts {
		s.Images(c.image)
		manifests = append(manifests, namespaceOf(c.namespace), clusterAccount(c.namespace, c.name, c.rules), Deployment(c.namespace, c.name, c.image, 1, c.name))
	}
	s.Notable("T1098.006", "an administrator installs controllers, some of them with wide rights").
		As(who).Do(func(a *stage.Act) {
		a.MustApply(join(manifests...), "apply", "-f", "-")
		for _, c := range charts {
			a.Request("Helm/3.16.3", "POST", "/api/v1/namespaces/"+c.namespace+"/secrets", fmt.Sprintf(`{"apiVersion":"v1","kind":"Secret","type":"helm.sh/release.v1","metadata":{"name":"sh.helm.release.v1.%[1]s.v1","labels":{"owner":"helm","name":%[1]q,"status":"deployed","version":"1"}},"data":{"release":"SDRzSUFBQUFBQUFB"}}`, c.name))
		}
	})
}

// runCharts are the controllers at work, each in its pod with its account.
func runCharts(s *stage.Stage, charts []chart) (players []func(func() bool)) {
	for _, c := range charts {
		players = append(players, func(working func() bool) {
			who := s.Pod(c.namespace, "app="+c.name).ServiceAccount()
			for i := 0; working(); i++ {
				c.round(func(method, path, body string, headers ...string) (int, string) {
					return who.Request(c.agent, method, path, body, headers...)
				}, i)
				s.Sleep(c.every)
			}
		})
	}
	return players
}

// elect renews a leader election lease, or makes it.
func elect(do call, namespace, name string) {
	path := "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases"
	if status, _ := do("GET", path+"/"+name, ""); status == 404 {
		do("POST", path, fmt.Sprintf(`{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":%q},"spec":{"holderIdentity":"%s-0","leaseDurationSeconds":15}}`, name, name))
		return
	}
	do("PATCH", path+"/"+name, fmt.Sprintf(`{"spec":{"renewTime":%q}}`, time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")), mergePatch)
}

// custom is the definition of a namespaced custom resource with a status.
func custom(group, plural, kind string) string {
	return fmt.Sprintf(`apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: %[2]s.%[1]s, annotations: {api-approved.kubernetes.io: "unapproved, for a recording"}}
spec:
  group: %[1]s
  scope: Namespaced
  names: {plural: %[2]s, singular: %[4]s, kind: %[3]s}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`, group, plural, kind, strings.ToLower(kind))
}

// in is a path of the core API in a namespace.
func in(namespace, rest string) string { return "/api/v1/namespaces/" + namespace + "/" + rest }

// object is a small object with a label, a name and more in JSON, which starts with a comma.
func object(version, kind, name, owner, more string) string {
	return fmt.Sprintf(`{"apiVersion":%q,"kind":%q,"metadata":{"name":%q,"labels":{"app.kubernetes.io/managed-by":%q}}%s}`, version, kind, name, owner, more)
}
