package identity

import (
	"net/netip"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/inventory"
)

// flowEnd are the fields that say who had an address of a flow.
type flowEnd struct {
	ip                              event.StringField
	kind, namespace, name, workload event.StringField
}

var flowEnds = [...]flowEnd{
	{event.SrcEndpointIP, event.SrcEndpointKind, event.SrcEndpointNamespace, event.SrcEndpointName, event.SrcEndpointWorkload},
	{event.DstEndpointIP, event.DstEndpointKind, event.DstEndpointNamespace, event.DstEndpointName, event.DstEndpointWorkload},
}

// flow sets who had the addresses of a flow at its time.
func (j *join) flow() (settled bool) {
	settled = true
	for i := range flowEnds {
		f := &flowEnds[i]
		text := f.ip.Get(j.e)
		if text == "" {
			continue
		}
		ip, err := netip.ParseAddr(text)
		if err != nil {
			continue
		}
		end := j.Callers.history.End(j.history, ip, j.asked)
		settled = settled && end.Kind != inventory.EndUnknown
		if end.Kind == inventory.EndUnknown && event.MetadataLogProvider.Has(j.e) && f.name.Has(j.e) {
			continue // the tool that saw it knows more
		}
		f.kind.Set(j.e, end.Kind.String())
		namespace, name, workload := end.Namespace, end.Name, ""
		if end.Kind == inventory.EndPod && end.Pod != nil {
			workload = j.joined(j.cl, j.history, end.Pod, j.t, j.fresh).workload
		}
		for _, set := range [...]struct {
			field event.StringField
			value string
		}{{f.namespace, namespace}, {f.name, name}, {f.workload, workload}} {
			if set.value == "" {
				j.e.Clear(set.field.ID())
			} else {
				set.field.Set(j.e, set.value)
			}
		}
	}
	return settled
}

// pod sets what is known of the pod that an event of the runtime happened
// in.
func (j *join) pod() (settled bool) {
	uid := event.K8sPodUID.Get(j.e)
	if uid == "" {
		return true
	}
	pod, ok := j.Callers.history.Pod(j.history, uid)
	if !ok {
		return false
	}
	j.describe(j.e, pod)
	return true
}
