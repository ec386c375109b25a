package identity

import (
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/inventory"
)

// join sets what the history knows about one event.
type join struct {
	*Callers
	cl       *cluster
	history  string // the event's cluster, as the history knows it
	e        *event.Event
	t, asked int64 // when it happened, and when that was asked for
	fresh    bool  // what was found out for other events does not do
	lacks    bool  // what is not known ought to be, by an inventory
	called   *inventory.Pod
	known    *joined // of called
}

func (j *join) begin(c *Callers, cl *cluster, e *event.Event, t int64, fresh bool) {
	*j = join{Callers: c, cl: cl, history: historyOf(e), e: e, t: t, asked: t, fresh: fresh}
	if event.AuditRequestTime.Has(e) {
		j.asked = event.AuditRequestTime.Get(e)
	}
}

// audit sets of an audit event the pod that called, the pod that the caller's
// token is bound to, whether these are the same, and what is known of the pod
// that the request is about. settled is false while what is not known, or
// looks like a theft, may yet be told by an event that comes late.
func (j *join) audit(a *address) (settled bool) {
	end := j.caller(a)
	settled = j.token(a, end)
	return j.object() && settled
}

// historyOf returns the cluster of an event as a history knows it.
func historyOf(e *event.Event) string {
	if uid := event.K8sClusterUID.Get(e); uid != "" {
		return uid
	}
	return event.K8sCluster.Get(e)
}

// The values of audit.caller_pod.method.
const (
	callerByAddress   = "address"
	callerHostNetwork = "host_network"
	callerAmbiguous   = "ambiguous"
	callerNode        = "node"
	callerNone        = "none"
)

// caller sets which pod had the caller's address when it called.
func (j *join) caller(a *address) (end inventory.End) {
	e := j.e
	if a == nil {
		clearCaller(e)
		e.Clear(event.AuditCallerPodMethod.ID())
		return end
	}
	end = j.Callers.history.End(j.history, a.ip, j.asked)
	j.lacks = j.lacks || end.Kind == inventory.EndUnknown && end.InNetwork
	pod, method := end.Pod, callerNone
	switch end.Kind {
	case inventory.EndPod:
		method = callerByAddress
		if pod == nil {
			method = callerAmbiguous
		}
	case inventory.EndNode, inventory.EndAPIServer:
		// The node's own programs have the same address, and whoever is on it.
		// What has the account of a pod there is that pod.
		method = callerNode
		if pod != nil && isAccount(event.AuditUserName.Get(e), pod.Namespace, pod.ServiceAccount) {
			method = callerHostNetwork
			break
		}
		if pod = nil; end.Pods > 1 && strings.HasPrefix(event.AuditUserName.Get(e), "system:serviceaccount:") {
			method = callerAmbiguous
		}
	default:
		pod = nil
	}
	event.AuditCallerPodMethod.Set(e, method)
	if pod == nil {
		clearCaller(e)
		return end
	}
	event.AuditCallerPodName.Set(e, pod.Name)
	event.AuditCallerPodNamespace.Set(e, pod.Namespace)
	event.AuditCallerPodUID.Set(e, pod.UID)
	j.called, j.known = pod, j.joined(j.cl, j.history, pod, j.t, j.fresh)
	if j.known.workload != "" {
		event.AuditCallerPodWorkload.Set(e, j.known.workload)
	} else {
		e.Clear(event.AuditCallerPodWorkload.ID())
	}
	return end
}

// clearCaller takes away what an event says of the pod that called.
func clearCaller(e *event.Event) {
	e.Clear(event.AuditCallerPodName.ID())
	e.Clear(event.AuditCallerPodNamespace.ID())
	e.Clear(event.AuditCallerPodUID.ID())
	e.Clear(event.AuditCallerPodWorkload.ID())
}

// isAccount reports whether a user is a service account.
func isAccount(user, namespace, name string) bool {
	rest, ok := strings.CutPrefix(user, "system:serviceaccount:")
	if !ok || len(rest) != len(namespace)+1+len(name) {
		return false
	}
	return rest[:len(namespace)] == namespace && rest[len(namespace)] == ':' && rest[len(namespace)+1:] == name
}
