package identity

import "github.com/lynceus-io/lynceus/event"

// saidFields are what joining sets, but for what only describes the same pod
// further.
var saidFields = [...]event.FieldID{
	event.K8sPodUID.ID(), event.K8sNode.ID(), event.K8sWorkloadKind.ID(), event.K8sWorkload.ID(), event.K8sWriterUID.ID(), event.K8sWriterName.ID(),
	event.AuditCallerPodUID.ID(), event.AuditCallerPodWorkload.ID(), event.AuditCallerPodMethod.ID(),
	event.AuditTokenPodWorkload.ID(), event.AuditTokenPodWriter.ID(), event.AuditTokenNodeViaPod.ID(), event.AuditTokenAtHome.ID(),
	event.SrcEndpointKind.ID(), event.SrcEndpointName.ID(), event.SrcEndpointWorkload.ID(),
	event.K8sSessionUser.ID(), event.K8sSessionUID.ID(),
	event.DstEndpointKind.ID(), event.DstEndpointName.ID(), event.DstEndpointWorkload.ID(),
}

// Said returns a hash of what an event says by joining: two that differ say
// different things.
func Said(e *event.Event) uint64 {
	h := uint64(1)
	for _, f := range saidFields {
		h *= 0x9e3779b97f4a7c15
		if v, ok := e.Text(f); ok {
			h ^= hashText(v)
		}
	}
	for _, v := range event.K8sSessionCandidates.Get(e) {
		h = h*0x9e3779b97f4a7c15 ^ hashText(v)
	}
	return h
}
