package identity

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// learnsObjects reports whether an event's bodies may tell of nodes, pods,
// what pods belong to, or services.
func learnsObjects(e *event.Event) bool {
	switch event.ResourceSubresource.Get(e) {
	case "", "status", "binding":
	default:
		return false
	}
	if len(e.Raw) == 0 || !succeeded(e) {
		return false
	}
	group, resource := event.ResourceGroup.Get(e), event.ResourceType.Get(e)
	switch resource {
	case "nodes", "pods", "services", "endpoints", "endpointslices":
		return !isCustom(group)
	}
	return isOwnable(group, resource)
}

// learnObjects learns from the bodies of a request about nodes, pods and what
// has to do with them. What a caller from outside says is not believed; what
// the API answers is, unless a caller from outside said it first. It returns
// the time that a deleted pod was given to end, in nanoseconds, negative where
// that is not said.
func (c *Callers) learnObjects(cl *cluster, e *event.Event, a *address, t int64) (grace int64) {
	if c.bodies.document.Extract(e.Raw, &c.bodies.values) != nil {
		return noGrace
	}
	v := &c.bodies.values
	w := words{e: e, t: t, name: event.ResourceName.Get(e), namespace: event.K8sNamespace.Get(e)}
	w.outside = a != nil && !cl.isTrusted(a)
	trusted := a != nil && !w.outside
	if isWrite(e) {
		c.noteWrite(cl, e, v, t)
	}
	switch {
	case !speaksFor(e):
	case trusted:
		c.learnObject(cl, v, inRequest, w)
	case a != nil && !cl.mayBeNew(e, a, t):
		cl.taintObject(v, inRequest)
	}
	items := v.Leaves(inItems)
	for _, l := range items {
		if l.Kind == rawjson.Object && c.bodies.object.Extract(l.Raw, &c.bodies.inner) == nil {
			c.learnObject(cl, &c.bodies.inner, 0, w.item())
		}
	}
	if len(items) > 0 || !trusted && event.APIOperation.Get(e) != "get" {
		return noGrace
	}
	w.answer = true
	c.learnObject(cl, v, inResponse, w)
	if s, err := strconv.ParseInt(string(first(v, inResponse+objGrace)), 10, 32); err == nil {
		return s * int64(time.Second)
	}
	return noGrace
}

// words is what surrounds an object in a request or its answer.
type words struct {
	e               *event.Event
	t               int64
	name, namespace string // of the request; "" for the items of a list
	answer, listed  bool
	outside         bool
}

// item returns the words around the items of an answer.
func (w words) item() words {
	w.name, w.answer, w.listed = "", true, true
	return w
}

// isTrusted reports whether a caller may be one that speaks the truth: it is
// not outside.
func (cl *cluster) isTrusted(a *address) bool {
	answer, _ := cl.outside(a)
	return answer != "yes"
}

// mayBeNew reports whether the caller may be a kubelet that has only just
// begun to call: its words are neither believed nor held against it.
func (cl *cluster) mayBeNew(e *event.Event, a *address, t int64) bool {
	name := event.AuditUserName.Get(e)
	acc := cl.accounts.get(name)
	return t-a.first <= settleTime && isOwnAccount(name, event.AuditUserGroups.Get(e)) &&
		(acc == nil || len(acc.known) == 0 && !acc.current.IsValid())
}

// speaksFor reports whether the caller is one that the cluster lets say where
// nodes and pods are: a kubelet, or a component of the control plane.
func speaksFor(e *event.Event) bool {
	name := event.AuditUserName.Get(e)
	return isOwnAccount(name, event.AuditUserGroups.Get(e)) || strings.HasPrefix(name, controllerAccount) ||
		slices.Contains(event.AuditUserGroups.Get(e), "system:masters")
}

// learnObject learns from one object, or a patch of one, whose values stand in
// v from slot base on.
func (c *Callers) learnObject(cl *cluster, v *rawjson.Values, base int, w words) {
	switch event.ResourceType.Get(w.e) {
	case "pods":
		cl.eachAddress(v, base, cl.learnPod, objPodIP, objPodIPs)
		cl.eachAddress(v, base, func(ip netip.Addr) { cl.learnNode(ip, "") }, objHostIP, objHostIPs)
		if uid := first(v, base+objUID); len(uid) > 0 {
			cl.podAlive(string(uid), w.t)
		}
	case "nodes":
		cl.learnNodeObject(v, base, w.name)
	}
	c.remember(cl, v, base, w)
}

// learnNodeObject learns the addresses and networks of a node.
func (cl *cluster) learnNodeObject(v *rawjson.Values, base int, name string) {
	for _, p := range cl.networksIn(v, base) {
		cl.learnNetwork(p)
	}
	if name == "" {
		name = string(first(v, base+objName))
	}
	if name == "" {
		return
	}
	cl.learnNodeAddresses(name, func(learn func(netip.Addr)) { cl.eachAddress(v, base, learn, objNodeAddress) })
}

// learnNodeAddresses learns the addresses that each gives of a node.
func (cl *cluster) learnNodeAddresses(name string, each func(learn func(netip.Addr))) {
	user := nodeAccount + name
	each(func(ip netip.Addr) {
		cl.learnNode(ip, user)
		acc := cl.accounts.get(user)
		if acc == nil {
			acc = cl.accounts.put(user)
		}
		if !slices.Contains(acc.known, ip) && len(acc.known) < maxKnown {
			acc.known = append(acc.known, ip)
		}
	})
}

// eachAddress calls learn with the addresses in slots that may be believed.
// Names of hosts are none.
func (cl *cluster) eachAddress(v *rawjson.Values, base int, learn func(netip.Addr), slots ...int) {
	for _, slot := range slots {
		for _, l := range v.Leaves(base + slot) {
			ip, err := netip.ParseAddr(string(l.Text))
			if err != nil {
				continue
			}
			if ip = ip.Unmap(); ip.IsLoopback() || ip.IsUnspecified() || cl.tainted[ip] {
				continue
			}
			learn(ip)
		}
	}
}

// taintObject notes the public addresses that an object names.
func (cl *cluster) taintObject(v *rawjson.Values, base int) {
	cl.eachAddress(v, base, func(ip netip.Addr) {
		if scopeOf(ip) == scopePublic {
			if node, pod := cl.fact(ip); !node && !pod {
				cl.taint(ip)
			}
		}
	}, objNodeAddress, objPodIP, objPodIPs, objHostIP, objHostIPs)
	for _, slot := range [...]int{objPodCIDR, objPodCIDRs} {
		for _, l := range v.Leaves(base + slot) {
			if p, err := netip.ParsePrefix(string(l.Text)); err == nil {
				cl.taint(p.Addr())
			}
		}
	}
}
