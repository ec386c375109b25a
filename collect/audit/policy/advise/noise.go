package advise

import (
	"slices"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
)

// noise is a class of requests that parts of the cluster make all the time.
type noise struct {
	title string
	// callers are judged each; the policy names them by users or groups.
	callers []caller
	groups  []string // instead of users, where set
	verbs   []string
	// resources, or paths with a sample of each.
	resources []Resource
	paths     []string
	// system restricts it to the namespace kube-system or kube-node-lease.
	namespaces []string
	// teaches says what is learned from it besides detections; "" for
	// nothing. Such noise is dropped by the profile minimal only.
	teaches string
}

func system(names ...string) (out []caller) {
	for _, n := range names {
		out = append(out, caller{title: n, name: n, groups: []string{authenticated}})
	}
	return out
}

const (
	authenticated   = "system:authenticated"
	unauthenticated = "system:unauthenticated"
	nodesGroup      = "system:nodes"
	kubeSystem      = "kube-system"
)

// aNode is a kubelet.
var aNode = caller{title: "a node", name: "system:node:node-1", groups: []string{nodesGroup, authenticated}}

// aSystemAccount is a service account of kube-system.
var aSystemAccount = caller{title: "a service account of kube-system", name: "system:serviceaccount:kube-system:an-account", groups: []string{"system:serviceaccounts", "system:serviceaccounts:kube-system", authenticated}}

func core(types ...string) []Resource { return named("", types...) }

func named(group string, types ...string) []Resource {
	var out []Resource
	for _, r := range catalog() {
		if r.Group == group && slices.Contains(types, r.String()) {
			out = append(out, r)
		}
	}
	return out
}

// knownNoise lists what fills audit logs of every cluster, the loudest first.
func knownNoise() []noise {
	control := system("system:kube-controller-manager", "system:kube-scheduler", "system:cloud-controller-manager")
	endpoints := named("discovery.k8s.io", "endpointslices")
	return []noise{
		{title: "leader election of the control plane and its reads of leases", callers: control, verbs: []string{"get", "update"},
			resources: named("coordination.k8s.io", "leases"), namespaces: []string{kubeSystem}, teaches: "the addresses of the control plane"},
		{title: "kubelets renewing their leases", callers: []caller{aNode}, groups: []string{nodesGroup}, verbs: []string{"get", "update", "patch"},
			resources: named("coordination.k8s.io", "leases"), namespaces: []string{"kube-node-lease"}, teaches: "the addresses of nodes"},
		{title: "leader election of controllers in kube-system", callers: []caller{aSystemAccount}, groups: []string{"system:serviceaccounts:kube-system"}, verbs: []string{"get", "update", "patch"},
			resources: named("coordination.k8s.io", "leases"), namespaces: []string{kubeSystem}},
		{title: "the control plane reading its resources", callers: append(control, system("system:apiserver")...), verbs: []string{"get", "list", "watch"},
			resources: core("endpoints", "namespaces", "services", "nodes", "pods", "configmaps", "serviceaccounts", "persistentvolumes", "persistentvolumeclaims", "resourcequotas", "limitranges", "replicationcontrollers")},
		{title: "the control plane reading workloads", callers: append(control, system("system:apiserver")...), verbs: []string{"get", "list", "watch"},
			resources: named("apps", "deployments", "daemonsets", "statefulsets", "replicasets", "controllerrevisions")},
		{title: "the API server reading its own configuration", callers: system("system:apiserver"), verbs: []string{"get", "list", "watch", "update"},
			resources: slices.Concat(named("flowcontrol.apiserver.k8s.io", "flowschemas/status", "prioritylevelconfigurations/status"), named("coordination.k8s.io", "leases"), endpoints, named("networking.k8s.io", "servicecidrs", "ipaddresses"))},
		{title: "proxies watching services", callers: system("system:kube-proxy"), verbs: []string{"get", "list", "watch"},
			resources: append(core("endpoints", "services", "services/status", "nodes"), endpoints...)},
		{title: "kubelets reading their own node and its pods", callers: []caller{aNode}, groups: []string{nodesGroup}, verbs: []string{"get", "list", "watch"},
			resources: core("nodes", "nodes/status", "pods", "services", "configmaps")},
		{title: "controllers keeping endpoints", callers: endpointControllers(), verbs: []string{"get", "update", "patch"},
			resources: append(core("endpoints"), endpoints...)},
		{title: "events of the control plane", callers: control, verbs: []string{"create", "update", "patch"},
			resources: append(core("events"), named("events.k8s.io", "events")...)},
		{title: "events of nodes", callers: []caller{aNode}, groups: []string{nodesGroup}, verbs: []string{"create", "update", "patch"},
			resources: append(core("events"), named("events.k8s.io", "events")...)},
		{title: "events of controllers in kube-system", callers: []caller{aSystemAccount}, groups: []string{"system:serviceaccounts:kube-system"}, verbs: []string{"create", "update", "patch"},
			resources: append(core("events"), named("events.k8s.io", "events")...)},
		{title: "kubelets asking who may call them", callers: []caller{aNode}, groups: []string{nodesGroup}, verbs: []string{"create"},
			resources: append(named("authentication.k8s.io", "tokenreviews"), named("authorization.k8s.io", "subjectaccessreviews")...)},
		{title: "the API server checking its own health", callers: system("system:apiserver"), verbs: []string{"get"}, paths: []string{"/healthz*", "/livez*", "/readyz*"}},
		{title: "anybody asking for the API server's health", verbs: []string{"get"}, paths: []string{"/healthz*", "/livez*", "/readyz*"}, teaches: "who looks at the cluster without signing in"},
	}
}

// endpointControllers are the controllers of kube-controller-manager that
// write addresses of services, each with its own account.
func endpointControllers() []caller {
	out := system("system:kube-controller-manager")
	for _, name := range []string{"endpoint-controller", "endpointslice-controller", "endpointslicemirroring-controller"} {
		c := aSystemAccount
		c.name = "system:serviceaccount:kube-system:" + name
		out = append(out, c)
	}
	return out
}

// rule returns the entry of a policy that drops the noise.
func (x *noise) rule() policy.Rule {
	r := policy.Rule{Level: policy.None, UserGroups: x.groups, Verbs: x.verbs, Namespaces: x.namespaces, NonResourceURLs: x.paths}
	if len(x.groups) == 0 {
		for _, c := range x.callers {
			r.Users = append(r.Users, c.name)
		}
	}
	r.Resources = grouped(x.resources)
	return r
}

// kinds are the kinds of requests that the noise consists of.
func (x *noise) kinds() (out []kind) {
	callers := []*caller{nil}
	if len(x.callers) > 0 {
		callers = nil
		for i := range x.callers {
			callers = append(callers, &x.callers[i])
		}
	}
	namespaces := []*string{nil}
	if len(x.namespaces) > 0 {
		namespaces = nil
		for i := range x.namespaces {
			namespaces = append(namespaces, &x.namespaces[i])
		}
	}
	for _, c := range callers {
		for _, v := range x.verbs {
			for i := range x.resources {
				for _, ns := range namespaces {
					out = append(out, kind{caller: c, verb: v, resource: &x.resources[i], namespace: ns})
				}
			}
			for _, p := range x.paths {
				out = append(out, kind{caller: c, verb: v, path: p[:len(p)-1]})
			}
		}
	}
	return out
}

// droppable reports whether no rule that is about these requests would miss
// them. A rule is about them when it does not match the same caller's requests
// for something else just as well; those that watch everybody, whatever is
// asked, are returned as watching.
func (x *noise) droppable(n *Needs) (ok bool, watching []string) {
	var here, elsewhere []bool
	for _, k := range x.kinds() {
		k.level = policy.RequestResponse
		here = n.matches(&k, here)
		other := k
		if k.path != "" {
			other.path = "/lynceus-unknown"
		} else {
			other.resource = &unknownResource
		}
		elsewhere = n.matches(&other, elsewhere)
		for i := range here {
			switch name := nameOf(n.rules[i].rule); {
			case !here[i] || slices.Contains(watching, name):
			case !elsewhere[i]:
				return false, nil
			default:
				watching = append(watching, name)
			}
		}
	}
	slices.Sort(watching)
	return true, watching
}
