package identity

import (
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// pod is what is known of a pod by its UID.
type pod struct {
	first   int64 // when it was heard of first
	alive   bool  // the API spoke of it, not only a token
	deleted bool
	gone    int64 // when it is gone for certain, if deleted
}

// podName is what is known of the pods of one name.
type podName struct {
	deleted bool
	at      int64 // when the last deletion was asked for
	gone    int64 // when the one that was deleted last is gone
}

// noGrace says that the log does not tell how long a deleted pod lives on.
const noGrace = -1

// learnPods notes that pods are there and that they are deleted. grace is the
// time that a deleted pod was given, in nanoseconds, negative where the log
// does not say.
func (cl *cluster) learnPods(e *event.Event, t, grace int64) {
	if event.ResourceType.Get(e) != "pods" || !succeeded(e) {
		return
	}
	sub, verb := event.ResourceSubresource.Get(e), event.APIOperation.Get(e)
	uid := event.ResourceUID.Get(e)
	dies := verb == "delete" && sub == "" || verb == "create" && sub == "eviction"
	if !dies {
		if uid != "" && verb != "deletecollection" {
			cl.podAlive(uid, t)
		}
		return
	}
	gone := t + podGrace
	if grace >= 0 {
		gone = t + grace
	}
	if strings.HasPrefix(event.AuditUserName.Get(e), nodeAccount) || isForced(e) {
		// The kubelet deletes what has ended; so does a deletion without grace.
		gone = t
	}
	cl.podDies(event.K8sNamespace.Get(e), event.ResourceName.Get(e), uid, t, gone)
}

// isForced reports whether a deletion asks for no time to end.
func isForced(e *event.Event) bool {
	return strings.Contains(event.HTTPRequestURLPath.Get(e), "gracePeriodSeconds=0")
}

// podAlive notes that the API spoke of a pod.
func (cl *cluster) podAlive(uid string, t int64) *pod {
	p := cl.pods.get(uid)
	if p == nil {
		p = cl.pods.put(strings.Clone(uid))
		p.first = t
	}
	p.alive = true
	return p
}

// podDies notes that a pod was deleted and when it is gone. uid may be
// unknown.
func (cl *cluster) podDies(namespace, name, uid string, t, gone int64) {
	if uid != "" {
		p := cl.podAlive(uid, t)
		if !p.deleted || gone < p.gone {
			p.deleted, p.gone = true, gone
		}
	}
	if name == "" {
		return
	}
	key := namespace + "/" + name
	n := cl.names.get(key)
	if n == nil {
		n = cl.names.put(key)
	}
	if !n.deleted || n.gone < t || gone < n.gone {
		n.deleted, n.at, n.gone = true, t, gone
	}
}

// tokenPod answers whether the pod that an event's token is bound to was
// there at its time: alive, deleted or unknown.
func (cl *cluster) tokenPod(e *event.Event, uid string, t int64) string {
	p := cl.pods.get(uid)
	if p == nil {
		p = cl.pods.put(strings.Clone(uid))
		p.first = t
	}
	if p.deleted {
		if t > p.gone {
			return "deleted"
		}
		return "alive"
	}
	namespace, _, _ := strings.Cut(event.K8sServiceAccount.Get(e), "/")
	cl.key = append(append(append(cl.key[:0], namespace...), '/'), event.AuditTokenPodName.Get(e)...)
	if n := cl.names.get(string(cl.key)); n != nil && n.deleted && t > n.gone && (p.first < n.gone || p.first <= n.at) {
		// A pod of that name is gone, and this one was there before: it is
		// that one. A younger one would be its successor of the same name.
		return "deleted"
	}
	if p.alive {
		return "alive"
	}
	return "unknown"
}
