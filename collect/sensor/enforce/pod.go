package enforce

import "strings"

// Pod is what is known of the pod that a container is in.
type Pod struct {
	Namespace, Name, UID string
	// Container is the container's name in it, empty for the sandbox.
	Container string
	// Kind and Workload are the kind and name of the highest owner, "Pod" and the pod's own name for one without; empty
	// while that is not known.
	Kind, Workload string
	// PriorityClass is the name of the pod's priority class, empty when it is not known.
	PriorityClass string
}

// systemNamespace is where Kubernetes itself puts what a cluster needs.
const systemNamespace = "kube-system"

// systemPriority begins the names of the priority classes that Kubernetes keeps for what a cluster or node needs.
const systemPriority = "system-"

// Sandbox reports whether the container only holds the pod's namespaces: without it, the pod is lost.
func (p *Pod) Sandbox() bool { return p.Container == "" }

// System reports whether the node or the cluster may need the pod: one in kube-system, a static pod, one whose priority
// says so, and one of which the namespace is not known.
func (p *Pod) System() bool {
	return p.Namespace == "" || p.Namespace == systemNamespace || p.static() || strings.HasPrefix(p.PriorityClass, systemPriority)
}

// static reports whether the kubelet started the pod from a file: its uid is a hash then, without hyphens.
func (p *Pod) static() bool { return p.UID != "" && !strings.Contains(p.UID, "-") }
