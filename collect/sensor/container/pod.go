package container

// Pod is what the API server says of a pod. Nothing in it is changed once it was handed over.
type Pod struct {
	Namespace, Name, UID string
	Node                 string
	ServiceAccount       string // its name, within the pod's namespace
	PriorityClass        string // empty for none
	// Kind and Workload are the pod's highest owner, as far as it is known; Pod and its own name for one without.
	Kind, Workload string
	// ByName says that the highest owner was concluded from the name of the one below, which the API server was not
	// asked about, or would not tell.
	ByName bool
	// Privileged has the names of those of its containers that run privileged, Containers of all.
	Containers, Privileged []string
}

// IsPrivileged reports whether the container of that name runs privileged; ok is false where the pod has none of that
// name.
func (p *Pod) IsPrivileged(name string) (privileged, ok bool) {
	for _, n := range p.Privileged {
		if n == name {
			return true, true
		}
	}
	for _, n := range p.Containers {
		if n == name {
			return false, true
		}
	}
	return false, false
}
