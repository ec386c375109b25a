package identity

import (
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/identity/own"
)

// ownAgent sets whether the cluster's own agent made a request. Without keys
// what the event says stays: it was found out when it was stored.
func (c *Callers) ownAgent(e *event.Event) {
	id := event.APIRequestUID.Get(e)
	if c.agent == nil || !own.Claims(id) {
		return
	}
	e.Clear(event.AuditOwnAgent.ID())
	uid := event.K8sClusterUID.Get(e)
	if uid == "" || event.AuditReusedID.Get(e) || !event.AuditRequestTime.Has(e) || event.AuditImpersonatedUserName.Has(e) {
		return
	}
	switch event.APIOperation.Get(e) {
	case "get", "list", "watch":
	default:
		return // what changes something was no GET
	}
	key := c.agent(uid, event.K8sCluster.Get(e))
	if key.Made(id, event.HTTPRequestURLPath.Get(e), time.Unix(0, event.AuditRequestTime.Get(e))) {
		event.AuditOwnAgent.Set(e, true)
	}
}
