package advise

import "slices"

// probes are callers with whom policies are tried.
var probes = []caller{
	{title: "a person", name: "jane.probe", groups: []string{authenticated}},
	{title: "a service account", name: "system:serviceaccount:shop:web", groups: []string{"system:serviceaccounts", "system:serviceaccounts:shop", authenticated}},
	aSystemAccount,
	aNode,
	anonymous,
	{title: "an administrator", name: "kubernetes-admin", groups: []string{"system:masters", "kubeadm:cluster-admins", authenticated}},
	{title: "somebody who impersonates", name: "jane.probe", groups: []string{authenticated}, imitates: true},
}

var anonymous = caller{title: "anonymous", name: "system:anonymous", groups: []string{unauthenticated}}

// probedNamespaces are those in which namespaced resources are tried.
var probedNamespaces = []string{"shop", kubeSystem}

// requestsOf lists the kinds of requests for a resource, by all probes.
func requestsOf(r *Resource) (out []kind) {
	none := []string{""}
	for i := range probes {
		for _, verb := range r.verbs {
			namespaces := none
			if r.Namespaced {
				namespaces = probedNamespaces
				if r.Sub == "" && slices.Contains([]string{"list", "watch", "deletecollection"}, verb) {
					namespaces = append(slices.Clone(probedNamespaces), "")
				}
			}
			for j := range namespaces {
				out = append(out, kind{caller: &probes[i], verb: verb, resource: r, namespace: &namespaces[j]})
			}
		}
	}
	return out
}

// probedPaths are paths that are no resources.
var probedPaths = []string{"/api", "/apis", "/version", "/metrics", "/openapi/v2", "/debug/pprof/profile", "/logs/kube-apiserver.log", "/anything"}

// allRequests lists the kinds of requests for everything that is known.
func allRequests() (out []kind) {
	resources := append(catalog(), unknownResource)
	for i := range resources {
		out = append(out, requestsOf(&resources[i])...)
	}
	for i := range probes {
		for _, p := range probedPaths {
			out = append(out, kind{caller: &probes[i], verb: "get", path: p})
		}
	}
	return out
}
