package inventory

import "fmt"

// Kinds that mean something to this package. Source:
// https://kubernetes.io/docs/reference/kubernetes-api/.
const (
	kindPod            = "Pod"
	kindNode           = "Node"
	kindService        = "Service"
	kindServiceAccount = "ServiceAccount"
	kindEndpoints      = "Endpoints"
	kindEndpointSlice  = "EndpointSlice"
	kindReplicaSet     = "ReplicaSet"
	kindDeployment     = "Deployment"

	groupApps      = "apps"
	groupDiscovery = "discovery.k8s.io"
)

// Check returns an error that says what an object lacks to be noted: every
// object has a change that this package knows, a resource, a kind and a name.
func (o *Object) Check() error {
	switch o.Change {
	case Added, Changed, Deleted, Present, Gone:
	default:
		return fmt.Errorf("inventory.change %.40q is none of %s, %s, %s, %s, %s", o.Change, Added, Changed, Deleted, Present, Gone)
	}
	switch {
	case o.Resource == "":
		return fmt.Errorf("object %.80q has no resource (resource.type)", o.Name)
	case o.Kind == "":
		return fmt.Errorf("object %.80q has no kind (inventory.kind)", o.Name)
	case o.Name == "":
		return fmt.Errorf("an object of kind %.80q has no name (resource.name)", o.Kind)
	}
	return nil
}

// is reports whether an object is of a kind of an API group.
func (o *Object) is(group, kind string) bool { return o.Kind == kind && o.Group == group }

// ends reports whether an object does not exist after a change.
func (c Change) ends() bool { return c == Deleted || c == Gone }
