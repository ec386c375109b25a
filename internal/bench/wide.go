package bench

import (
	"fmt"

	"github.com/lynceus-io/lynceus/event"
)

// wideWorld is a cluster of hundreds of users, namespaces and addresses.
type wideWorld struct {
	random
	namespaces, names, addresses, agents, nodes []string
	users                                       []wideUser
}

type wideUser struct {
	name   string
	groups []string
}

// newWideWorld makes the names of the cluster, which are always the same.
func newWideWorld() *wideWorld {
	w := &wideWorld{random: newRandom(1)}
	w.namespaces = append([]string{"kube-system", "default", "kube-public"}, w.random.names(197)...)
	w.names = w.random.names(3000)
	w.nodes = w.random.names(60)
	for range 400 {
		w.addresses = append(w.addresses, fmt.Sprintf("10.%d.%d.%d", w.IntN(8), w.IntN(256), 1+w.IntN(254)))
	}
	for range 40 {
		w.agents = append(w.agents, fmt.Sprintf("%s/v1.%d.%d (linux/amd64) kubernetes/%s", pick(w.random, words), w.IntN(40), w.IntN(20), w.tag(7)))
	}
	w.agents = append(w.agents, "kubectl/v1.33.1 (linux/amd64) kubernetes/8adc0f0", "Helm/3.16.2", "curl/8.5.0")
	for i := range 500 {
		w.users = append(w.users, w.user(i))
	}
	return w
}

// Wide returns n audit events of a cluster with 500 users, 200 namespaces and
// 400 addresses, most of whose request URIs occur once.
func Wide(n int, seed uint64) []*event.Event {
	w := newWideWorld()
	w.random = newRandom(seed)
	out := make([]*event.Event, n)
	for i := range out {
		out[i] = w.event()
	}
	return out
}

func (w *wideWorld) user(i int) wideUser {
	switch {
	case i%10 == 0:
		return wideUser{"system:node:" + pick(w.random, w.nodes), []string{"system:nodes", "system:authenticated"}}
	case i%10 < 7:
		ns := pick(w.random, w.namespaces)
		return wideUser{
			fmt.Sprintf("system:serviceaccount:%s:%s", ns, pick(w.random, words)),
			[]string{"system:serviceaccounts", "system:serviceaccounts:" + ns, "system:authenticated"},
		}
	}
	return wideUser{fmt.Sprintf("%s.%s@example.com", pick(w.random, words), w.tag(4)), []string{pick(w.random, words) + "-team", "system:authenticated"}}
}

var (
	readVerbs  = []string{"get", "get", "get", "get", "list", "list", "watch", "watch", "watch"}
	writeVerbs = []string{"update", "update", "patch", "create", "create", "delete", "deletecollection"}
	// resources with their API group, the most used first.
	resources = [][2]string{
		{"", "pods"}, {"coordination.k8s.io", "leases"}, {"", "configmaps"}, {"", "secrets"}, {"apps", "deployments"}, {"", "services"}, {"", "events"},
		{"apps", "replicasets"}, {"", "nodes"}, {"discovery.k8s.io", "endpointslices"}, {"batch", "jobs"}, {"batch", "cronjobs"}, {"", "serviceaccounts"},
		{"rbac.authorization.k8s.io", "roles"}, {"rbac.authorization.k8s.io", "rolebindings"}, {"rbac.authorization.k8s.io", "clusterrolebindings"},
		{"networking.k8s.io", "ingresses"}, {"apps", "statefulsets"}, {"apps", "daemonsets"}, {"", "persistentvolumeclaims"}, {"authorization.k8s.io", "subjectaccessreviews"},
		{"authentication.k8s.io", "tokenreviews"}, {"certificates.k8s.io", "certificatesigningrequests"}, {"admissionregistration.k8s.io", "mutatingwebhookconfigurations"},
	}
	subresources = []string{"status", "log", "exec", "token", "scale", "portforward"}
	allowed      = "allow"
)

func (w *wideWorld) event() *event.Event {
	e := &event.Event{}
	e.Reset(event.ClassAudit)
	verb := pick(w.random, readVerbs)
	if w.chance(4) {
		verb = pick(w.random, writeVerbs)
	}
	res, u, ns, sub := skewed(w.random, resources), skewed(w.random, w.users), skewed(w.random, w.namespaces), ""
	if w.chance(8) {
		sub = pick(w.random, subresources)
	}
	name := ""
	if verb != "list" && verb != "watch" {
		name = skewed(w.random, w.names) + "-" + w.tag(5)
		if w.chance(3) {
			name = skewed(w.random, w.names)
		}
	}
	code := int64(200)
	if w.chance(40) {
		code = pick(w.random, []int64{201, 404, 409, 403, 401, 422})
	}
	address := skewed(w.random, w.addresses)
	uri := w.uri(res, ns, name, sub, verb)

	event.Time.Set(e, 1_790_000_000_000_000_000+w.Int64N(1<<45))
	event.AuditRequestTime.Set(e, event.Time.Get(e))
	event.APIOperation.Set(e, verb)
	event.APIRequestUID.Set(e, w.tag(8)+"-"+w.tag(4)+"-"+w.tag(12))
	event.APIResponseCode.Set(e, code)
	event.HTTPRequestURLPath.Set(e, uri)
	event.HTTPRequestUserAgent.Set(e, skewed(w.random, w.agents))
	event.ResourceGroup.Set(e, res[0])
	event.ResourceVersion.Set(e, "v1")
	event.ResourceType.Set(e, res[1])
	if sub != "" {
		event.ResourceSubresource.Set(e, sub)
	}
	if name != "" {
		event.ResourceName.Set(e, name)
	}
	event.K8sNamespace.Set(e, ns)
	event.ActorUserName.Set(e, u.name)
	event.ActorUserGroups.Set(e, u.groups)
	event.AuditUserName.Set(e, u.name)
	event.AuditUserGroups.Set(e, u.groups)
	event.SrcEndpointIP.Set(e, address)
	event.AuditSourceIPs.Set(e, []string{address})
	event.AuditStage.Set(e, "ResponseComplete")
	event.AuditLevel.Set(e, "Metadata")
	event.AuditDecision.Set(e, allowed)
	event.Status.Set(e, "Success")
	e.Raw = fmt.Appendf(nil, `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","stage":"ResponseComplete","requestURI":%q,"verb":%q,"user":{"username":%q},`+
		`"requestObject":{"kind":"Pod","metadata":{"name":%q,"labels":{"app":%q}},"spec":{"containers":[{"name":"main","image":"registry.example.com/%s:1.%d","securityContext":{"privileged":false}}]}}}`,
		uri, verb, u.name, name, pick(w.random, words), pick(w.random, words), w.IntN(50))
	return e
}

func (w *wideWorld) uri(res [2]string, ns, name, sub, verb string) string {
	uri := "/apis/" + res[0] + "/v1"
	if res[0] == "" {
		uri = "/api/v1"
	}
	uri += "/namespaces/" + ns + "/" + res[1]
	if name != "" {
		uri += "/" + name
	}
	if sub != "" {
		uri += "/" + sub
	}
	switch verb {
	case "list":
		return fmt.Sprintf("%s?labelSelector=app%%3D%s&limit=500&resourceVersion=%d", uri, pick(w.random, words), w.IntN(1<<30))
	case "watch":
		return fmt.Sprintf("%s?allowWatchBookmarks=true&resourceVersion=%d&timeoutSeconds=%d&watch=true", uri, w.IntN(1<<30), 300+w.IntN(300))
	}
	return uri
}
