package advise

import (
	"slices"
	"strings"
)

// Resource is a resource of the API, or a subresource.
type Resource struct {
	Group, Type, Sub string
	// Namespaced objects stand in a namespace.
	Namespaced bool
	// verbs are those that it has.
	verbs []string
}

// String returns the resource as policies write it, without its group.
func (r Resource) String() string {
	if r.Sub == "" {
		return r.Type
	}
	return r.Type + "/" + r.Sub
}

var (
	allVerbs     = []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}
	connectVerbs = []string{"get", "create"}
	proxyVerbs   = []string{"get", "create", "update", "patch", "delete"}
	partVerbs    = []string{"get", "update", "patch"}
	createVerbs  = []string{"create"}
	readVerbs    = []string{"get"}
	metricsVerbs = []string{"get", "list"}
)

// partsVerbs are the verbs of subresources; others have partVerbs.
var partsVerbs = map[string][]string{
	"exec": connectVerbs, "attach": connectVerbs, "portforward": connectVerbs, "proxy": proxyVerbs,
	"log": readVerbs, "binding": createVerbs, "eviction": createVerbs, "token": createVerbs,
}

// apiResources lists what the API server of Kubernetes 1.36 serves, by group:
// resources of namespaces, then those of the cluster, each with its
// subresources after slashes. Extensions that detections name come after.
var apiResources = []struct{ group, namespaced, cluster string }{
	{"", "pods/exec/attach/portforward/proxy/log/binding/eviction/ephemeralcontainers/resize/status services/proxy/status serviceaccounts/token secrets configmaps endpoints events limitranges persistentvolumeclaims/status podtemplates replicationcontrollers/scale/status resourcequotas/status bindings",
		"namespaces/status/finalize nodes/proxy/status persistentvolumes/status componentstatuses"},
	{"apps", "deployments/scale/status daemonsets/status statefulsets/scale/status replicasets/scale/status controllerrevisions", ""},
	{"batch", "jobs/status cronjobs/status", ""},
	{"autoscaling", "horizontalpodautoscalers/status", ""},
	{"policy", "poddisruptionbudgets/status", ""},
	{"networking.k8s.io", "networkpolicies ingresses/status", "ingressclasses ipaddresses servicecidrs/status"},
	{"rbac.authorization.k8s.io", "roles rolebindings", "clusterroles clusterrolebindings"},
	{"authentication.k8s.io", "", "tokenreviews selfsubjectreviews"},
	{"authorization.k8s.io", "localsubjectaccessreviews", "subjectaccessreviews selfsubjectaccessreviews selfsubjectrulesreviews"},
	{"certificates.k8s.io", "podcertificaterequests/status", "certificatesigningrequests/approval/status clustertrustbundles"},
	{"admissionregistration.k8s.io", "", "mutatingwebhookconfigurations validatingwebhookconfigurations validatingadmissionpolicies/status validatingadmissionpolicybindings mutatingadmissionpolicies mutatingadmissionpolicybindings"},
	{"apiextensions.k8s.io", "", "customresourcedefinitions/status"},
	{"apiregistration.k8s.io", "", "apiservices/status"},
	{"coordination.k8s.io", "leases leasecandidates", ""},
	{"discovery.k8s.io", "endpointslices", ""},
	{"events.k8s.io", "events", ""},
	{"flowcontrol.apiserver.k8s.io", "", "flowschemas/status prioritylevelconfigurations/status"},
	{"node.k8s.io", "", "runtimeclasses"},
	{"resource.k8s.io", "resourceclaims/status resourceclaimtemplates", "deviceclasses resourceslices"},
	{"scheduling.k8s.io", "workloads", "priorityclasses"},
	{"storage.k8s.io", "csistoragecapacities", "storageclasses csidrivers csinodes volumeattachments/status volumeattributesclasses"},
	{"metrics.k8s.io", "pods", "nodes"},
	{"snapshot.storage.k8s.io", "volumesnapshots/status", "volumesnapshotcontents/status volumesnapshotclasses"},
	{"gateway.networking.k8s.io", "httproutes/status gateways/status", "gatewayclasses"},
	{"argoproj.io", "rollouts/scale/status workflows cronworkflows", ""},
	{"apps.openshift.io", "deploymentconfigs/scale/status", ""},
	{"cilium.io", "ciliumnetworkpolicies/status", "ciliumclusterwidenetworkpolicies/status"},
	{"crd.projectcalico.org", "networkpolicies", "globalnetworkpolicies"},
	{"kyverno.io", "policies", "clusterpolicies"},
	{"velero.io", "backups deletebackuprequests", ""},
}

// unknownResource stands for resources of extensions that no list has.
var unknownResource = Resource{Group: "example.com", Type: "widgets", Namespaced: true, verbs: allVerbs}

// catalog returns all resources and subresources that are known.
func catalog() []Resource {
	var out []Resource
	for _, g := range apiResources {
		for _, scope := range [...]struct {
			text       string
			namespaced bool
		}{{g.namespaced, true}, {g.cluster, false}} {
			for word := range strings.FieldsSeq(scope.text) {
				parts := strings.Split(word, "/")
				verbs := allVerbs
				if g.group == "metrics.k8s.io" {
					verbs = metricsVerbs
				}
				out = append(out, Resource{g.group, parts[0], "", scope.namespaced, verbs})
				for _, sub := range parts[1:] {
					verbs := partsVerbs[sub]
					if verbs == nil {
						verbs = partVerbs
					}
					out = append(out, Resource{g.group, parts[0], sub, scope.namespaced, verbs})
				}
			}
		}
	}
	return out
}

// credentials are resources whose bodies are, or hold, credentials: they are
// never recorded above Metadata.
var credentials = []Resource{
	{Group: "", Type: "secrets", Namespaced: true, verbs: allVerbs},
	{Group: "", Type: "serviceaccounts", Sub: "token", Namespaced: true, verbs: createVerbs},
	{Group: "authentication.k8s.io", Type: "tokenreviews", verbs: createVerbs},
}

// isCredential reports whether bodies of the resource are credentials.
func isCredential(r Resource) bool {
	return slices.ContainsFunc(credentials, func(c Resource) bool {
		return c.Group == r.Group && c.Type == r.Type && (c.Sub == "" || c.Sub == r.Sub)
	})
}
