package pods

import (
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
)

// object is what is read of a pod, and of the metadata of its owner.
type object struct {
	Kind     string
	Metadata struct {
		Name, Namespace, UID string
		ResourceVersion      string
		Labels               map[string]string
		Annotations          map[string]string
		CreationTimestamp    time.Time
		OwnerReferences      []reference
	}
	Spec struct {
		NodeName            string
		ServiceAccountName  string
		PriorityClassName   string
		Containers          []containerSpec
		InitContainers      []containerSpec
		EphemeralContainers []containerSpec
	}
}

type containerSpec struct {
	Name            string
	SecurityContext struct{ Privileged bool }
}

// reference is an entry of metadata.ownerReferences.
type reference struct {
	APIVersion, Kind, Name, UID string
	Controller                  bool
}

// group returns the reference's API group.
func (r *reference) group() string {
	group, _, hasGroup := strings.Cut(r.APIVersion, "/")
	if !hasGroup {
		return ""
	}
	return group
}

// controller returns the owner that controls the object, nil for none.
func (o *object) controller() *reference {
	for i := range o.Metadata.OwnerReferences {
		if o.Metadata.OwnerReferences[i].Controller {
			return &o.Metadata.OwnerReferences[i]
		}
	}
	return nil
}

// annotationHash is what the kubelet writes into the API's image of a pod that it runs by itself: the name by which the
// pod's cgroup and the container runtime know it. See https://kubernetes.io/docs/reference/labels-annotations-taints/.
const annotationHash = "kubernetes.io/config.hash"

// maxContainers bounds the containers of a pod that are remembered.
const maxContainers = 256

// pod returns what is told of a pod, and its second UID if it has one.
func (o *object) pod() (p *container.Pod, hash string) {
	m := &o.Metadata
	p = &container.Pod{
		Namespace: m.Namespace, Name: m.Name, UID: m.UID, Node: o.Spec.NodeName, ServiceAccount: o.Spec.ServiceAccountName,
		PriorityClass: o.Spec.PriorityClassName,
	}
	for _, list := range [][]containerSpec{o.Spec.Containers, o.Spec.InitContainers, o.Spec.EphemeralContainers} {
		for i := range list {
			if len(p.Containers) == maxContainers {
				break
			}
			p.Containers = append(p.Containers, list[i].Name)
			if list[i].SecurityContext.Privileged {
				p.Privileged = append(p.Privileged, list[i].Name)
			}
		}
	}
	p.Kind, p.Workload, p.ByName = o.owner()
	if hash = m.Annotations[annotationHash]; hash == m.UID {
		hash = ""
	}
	return p, hash
}

// size estimates the memory that a pod takes, in bytes.
func size(p *container.Pod) int64 {
	n := 512 + len(p.Namespace) + len(p.Name) + len(p.UID) + len(p.Node) + len(p.ServiceAccount) + len(p.Kind) + len(p.Workload)
	for _, name := range slices.Concat(p.Containers, p.Privileged) {
		n += 16 + len(name)
	}
	return int64(n)
}
