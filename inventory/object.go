package inventory

import "net/netip"

// Change says why an object was noted.
type Change string

// The changes.
const (
	Added   Change = "added"
	Changed Change = "changed"
	Deleted Change = "deleted"
	Present Change = "present" // was there when watching began
	Gone    Change = "gone"    // disappeared while nobody watched
)

// Reference names an object that controls another.
type Reference struct{ Group, Kind, Name, UID string }

// Object is an object of a cluster as it was at a time. Fields that its kind
// does not have are zero.
type Object struct {
	// Cluster is the cluster's name, ClusterUID the UID of its namespace
	// kube-system.
	Cluster, ClusterUID string
	// Time is when it was so, in nanoseconds since 1970: of Added its
	// creation, of Deleted and Gone when it was seen to be gone, else when it
	// was seen.
	Time   int64
	Change Change

	Group, Version, Resource, Kind string // "apps", "v1", "deployments", "Deployment"
	Namespace, Name, UID           string
	ResourceVersion                string
	Created                        int64 // nanoseconds since 1970, 0 for unknown
	Deleting                       int64 // deletionTimestamp, 0 for none
	// Owner is the owner that controls it; zero for none.
	Owner  Reference
	Labels map[string]string

	// Addresses are those of a pod, a node (internal and external), a service
	// (cluster, external and load balancer), or the endpoints of a slice.
	Addresses []netip.Addr
	// Networks are a node's ranges of pod addresses.
	Networks []netip.Prefix
	// Node is where a pod is scheduled to.
	Node string
	// ServiceAccount is the name of a pod's account in its namespace.
	ServiceAccount string
	HostNetwork    bool
	Phase          string
	// Images are as specified, Digests what runs; both sorted, each once.
	Images, Digests []string
	Containers      []Container
	// Document is the object in JSON, without what changes all the time or
	// may be secret.
	Document []byte
}

// Container is a container of a pod.
type Container struct{ Name, ID string }

// Group is a pod group: the highest owner of a pod, to which everything that
// is said about its pods belongs.
type Group struct {
	Kind, Namespace, Name, UID string
	// APIGroup is the API group of the kind, such as apps.
	APIGroup string
}

// String returns Kind/name, or "" for no group.
func (g Group) String() string {
	if g.Kind == "" {
		return ""
	}
	return g.Kind + "/" + g.Name
}
