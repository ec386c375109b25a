package enforce

// maxEarly bounds the containers that are known before they have a cgroup: those that a runtime has made and not started.
const maxEarly = 1024

// early remembers the pods of containers that have no cgroup yet. What came first is forgotten first.
type early struct {
	pods  map[string]Pod
	order []string
	next  int
}

func (e *early) add(id string, pod *Pod) {
	if e.pods == nil {
		e.pods = map[string]Pod{}
	}
	_, again := e.pods[id]
	e.pods[id] = *pod
	if again {
		return
	}
	if len(e.order) < maxEarly {
		e.order = append(e.order, id)
		return
	}
	delete(e.pods, e.order[e.next])
	e.order[e.next] = id
	e.next = (e.next + 1) % maxEarly
}

// take returns what is known of a container.
func (e *early) take(id string) (Pod, bool) {
	pod, ok := e.pods[id]
	return pod, ok
}
