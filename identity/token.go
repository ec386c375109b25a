package identity

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/inventory"
)

// token sets what is known of the pod that the caller's token is bound to,
// and whether that pod called.
func (j *join) token(a *address, end inventory.End) (settled bool) {
	e := j.e
	uid := event.AuditTokenPodUID.Get(e)
	if uid == "" {
		return true
	}
	e.Clear(event.AuditOwnProgram.ID())
	if ns := accountNamespace(event.AuditUserName.Get(e)); ns != "" {
		event.AuditTokenPodNamespace.Set(e, ns)
	}
	if event.AuditTokenNodeName.Has(e) {
		event.AuditTokenNodeMethod.Set(e, "claim")
	}
	pod, known := j.called, j.known
	if pod == nil || pod.UID != uid {
		var ok bool
		if pod, ok = j.Callers.history.Pod(j.history, uid); !ok {
			event.AuditTokenAtHome.Set(e, "unknown")
			if calledAlone(e) {
				event.AuditOwnProgram.Set(e, ownProgram(event.HTTPRequestUserAgent.Get(e), event.AuditUserName.Get(e), ""))
			}
			j.lacks = true
			return false
		}
		known = j.joined(j.cl, j.history, pod, j.t, j.fresh)
	}
	if known.workload != "" {
		event.AuditTokenPodWorkload.Set(e, known.workload)
	}
	if known.maker.method != "" {
		event.AuditTokenPodWriter.Set(e, known.maker.name)
	}
	if pod.Node != "" {
		event.AuditTokenNodeViaPod.Set(e, pod.Node)
		if !event.AuditTokenNodeName.Has(e) {
			event.AuditTokenNodeMethod.Set(e, "pod")
		}
	}
	home := atHome(pod, a, end)
	event.AuditTokenAtHome.Set(e, home)
	if home == "yes" || home == "unknown" && len(pod.Addresses) == 0 && calledAlone(e) {
		event.AuditOwnProgram.Set(e, ownProgram(event.HTTPRequestUserAgent.Get(e), event.AuditUserName.Get(e), known.workload))
	}
	j.lacks = j.lacks || home == "no" || home == "unknown" && len(pod.Addresses) == 0 && pod.Gone == 0
	return home == "yes"
}

// calledAlone reports whether nothing speaks against a call being that of the
// pod that its token is bound to, where no pod's address is known: the token
// came from this one address only, and that lies in the cluster for all that
// is known.
func calledAlone(e *event.Event) bool {
	places, ok := event.AuditCredentialPlaces.Get(e)
	return ok && places == 1 && event.AuditCallerOutside.Get(e) != "yes"
}

// accountNamespace returns the namespace of a service account by its user
// name, "" for another user.
func accountNamespace(user string) string {
	rest, ok := strings.CutPrefix(user, "system:serviceaccount:")
	if !ok {
		return ""
	}
	ns, _, _ := strings.Cut(rest, ":")
	return ns
}

// atHome answers whether the pod that a token is bound to made a call: by
// the address that it came from, and who had it then. No is said only where
// the call can't be the pod's: another pod with a network of its own had the
// address, or the address lies outside the cluster. Behind the address of a
// node, of the API server or of a hop that nobody knows there may be any pod.
func atHome(pod *inventory.Pod, a *address, end inventory.End) string {
	if a == nil || a.scope == scopeLoopback {
		return "unknown"
	}
	had := slices.Contains(pod.Addresses, a.ip)
	switch {
	case had && !pod.HostNetwork && (end.Pod == nil || end.Pod.UID == pod.UID):
		return "yes"
	case had:
		// Its node's address, or one that it had at another time.
		if pod.HostNetwork && end.Pods <= 1 && (end.Pod == nil || end.Pod.UID == pod.UID) {
			return "yes"
		}
		if end.Kind != inventory.EndPod {
			return "unknown"
		}
	}
	switch end.Kind {
	case inventory.EndPod:
		switch {
		case end.Pod == nil:
			return "unknown"
		case end.Pod.UID == pod.UID:
			return "yes"
		case pod.HostNetwork, len(pod.Addresses) > 0:
			return "no"
		}
	case inventory.EndExternal:
		if a.scope == scopePublic && !a.node && !a.pod {
			return "no"
		}
	}
	return "unknown"
}
