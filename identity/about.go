package identity

import (
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/inventory"
)

// object sets what is known of the pod that an audit event is about: its UID,
// node and group, and who made it.
func (j *join) object() (settled bool) {
	e := j.e
	if event.ResourceType.Get(e) != "pods" || event.ResourceGroup.Get(e) != "" {
		return true
	}
	uid, name := event.K8sPodUID.Get(e), event.K8sPod.Get(e)
	if uid == "" && name == "" {
		return true
	}
	var pod *inventory.Pod
	ok := false
	if uid != "" {
		pod, ok = j.Callers.history.Pod(j.history, uid)
	} else if event.APIOperation.Get(e) != "create" || event.ResourceSubresource.Get(e) != "" || succeeded(e) {
		// What was not created is no pod, whoever has its name.
		pod, ok = j.Callers.history.PodNamed(j.history, event.K8sNamespace.Get(e), name, j.asked)
	}
	if !ok {
		code, _ := event.APIResponseCode.Get(e)
		j.lacks = j.lacks || code != 404
		return code == 404
	}
	if uid == "" {
		event.K8sPodUID.Set(e, pod.UID)
	}
	j.describe(e, pod)
	return true
}

// describe sets a pod's node, group and maker, but for what an event has.
func (j *join) describe(e *event.Event, pod *inventory.Pod) {
	if pod.Node != "" && !event.K8sNode.Has(e) {
		event.K8sNode.Set(e, pod.Node)
	}
	known := j.joined(j.cl, j.history, pod, j.t, j.fresh)
	if known.group.Kind != "" {
		event.K8sWorkloadKind.Set(e, known.group.Kind)
		event.K8sWorkload.Set(e, known.group.Name)
	}
	known.maker.set(e)
}
