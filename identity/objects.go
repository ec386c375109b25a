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

// bodies reads the objects in the bodies of requests and answers.
type bodies struct {
	document, object *rawjson.Extractor
	values, inner    rawjson.Values
}

// Slots of the extractor of documents.
const (
	inRequest = iota
	inResponse
	inItems
)

// Slots of the extractor of objects.
const (
	objName = iota
	objUID
	objGrace
	objNodeAddress
	objPodCIDR
	objPodCIDRs
	objPodIP
	objPodIPs
	objHostIP
	objHostIPs
)

// Sources of the paths: the Node and Pod objects of the core API,
// https://kubernetes.io/docs/reference/kubernetes-api/.
func newBodies() (b bodies, err error) {
	compile := func(dst **rawjson.Extractor, texts ...string) {
		var paths []rawjson.Path
		for _, text := range texts {
			p, perr := rawjson.ParsePath(text)
			if perr != nil {
				err = perr
				return
			}
			paths = append(paths, p)
		}
		x, cerr := rawjson.Compile(paths, rawjson.Options{})
		if cerr != nil {
			err = cerr
			return
		}
		*dst = x
	}
	compile(&b.document, "requestObject", "responseObject", "responseObject.items")
	compile(&b.object, "metadata.name", "metadata.uid", "metadata.deletionGracePeriodSeconds",
		"status.addresses.address", "spec.podCIDR", "spec.podCIDRs",
		"status.podIP", "status.podIPs.ip", "status.hostIP", "status.hostIPs.ip")
	return b, err
}

// learnsObjects reports whether an event's bodies may tell of nodes or pods.
func learnsObjects(e *event.Event) bool {
	switch event.ResourceType.Get(e) {
	case "nodes", "pods":
	default:
		return false
	}
	switch event.ResourceSubresource.Get(e) {
	case "", "status":
	default:
		return false
	}
	return len(e.Raw) > 0 && succeeded(e)
}

// learnObjects learns addresses from the bodies of a request about nodes or
// pods. What a caller from outside says is not believed; what the API answers
// is, unless a caller from outside said it first. It returns the time that a
// deleted pod was given to end, in nanoseconds, negative where that is not
// said.
func (c *Callers) learnObjects(cl *cluster, e *event.Event, a *address, t int64) (grace int64) {
	if c.bodies.document.Extract(e.Raw, &c.bodies.values) != nil {
		return noGrace
	}
	resource, name := event.ResourceType.Get(e), event.ResourceName.Get(e)
	trusted := a != nil
	if trusted {
		answer, _ := cl.outside(a)
		trusted = answer != "yes"
	}
	for _, l := range c.bodies.values.Leaves(inRequest) {
		switch {
		case l.Kind != rawjson.Object || !speaksFor(e):
		case trusted:
			c.learnObject(cl, resource, name, l.Raw, t)
		case a != nil && !cl.mayBeNew(e, a, t):
			c.taintObject(cl, l.Raw)
		}
	}
	items := c.bodies.values.Leaves(inItems)
	for _, l := range items {
		if l.Kind == rawjson.Object {
			c.learnObject(cl, resource, "", l.Raw, t)
		}
	}
	if len(items) > 0 {
		return noGrace
	}
	for _, l := range c.bodies.values.Leaves(inResponse) {
		if l.Kind == rawjson.Object && (trusted || event.APIOperation.Get(e) == "get") {
			c.learnObject(cl, resource, name, l.Raw, t)
			if s, err := strconv.ParseInt(string(first(&c.bodies.inner, objGrace)), 10, 32); err == nil {
				return s * int64(time.Second)
			}
		}
	}
	return noGrace
}

// mayBeNew reports whether the caller may be a kubelet that has only just
// begun to call: its words are neither believed nor held against it.
func (cl *cluster) mayBeNew(e *event.Event, a *address, t int64) bool {
	name := event.AuditUserName.Get(e)
	acc := cl.accounts.get(name)
	return t-a.first <= settleTime && isOwnAccount(name, event.AuditUserGroups.Get(e)) &&
		(acc == nil || len(acc.known) == 0 && !acc.current.IsValid())
}

// first returns the first value in a slot, or nil.
func first(v *rawjson.Values, slot int) []byte {
	if l := v.Leaves(slot); len(l) > 0 {
		return l[0].Text
	}
	return nil
}

// speaksFor reports whether the caller is one that the cluster lets say where
// nodes and pods are: a kubelet, or a component of the control plane.
func speaksFor(e *event.Event) bool {
	name := event.AuditUserName.Get(e)
	return isOwnAccount(name, event.AuditUserGroups.Get(e)) || strings.HasPrefix(name, "system:serviceaccount:kube-system:") ||
		slices.Contains(event.AuditUserGroups.Get(e), "system:masters")
}

// learnObject learns from one Node or Pod object or a patch of one.
func (c *Callers) learnObject(cl *cluster, resource, name string, object []byte, t int64) {
	v := &c.bodies.inner
	if c.bodies.object.Extract(object, v) != nil {
		return
	}
	if n := first(v, objName); len(n) > 0 {
		name = string(n)
	}
	if resource == "pods" {
		c.addresses(cl, v, cl.learnPod, objPodIP, objPodIPs)
		c.addresses(cl, v, func(ip netip.Addr) { cl.learnNode(ip, "") }, objHostIP, objHostIPs)
		if uid := first(v, objUID); len(uid) > 0 {
			cl.podAlive(string(uid), t)
		}
		return
	}
	for _, slot := range []int{objPodCIDR, objPodCIDRs} {
		for _, l := range v.Leaves(slot) {
			if p, err := netip.ParsePrefix(string(l.Text)); err == nil && !cl.tainted[p.Addr()] {
				cl.learnNetwork(p)
			}
		}
	}
	if name == "" {
		return
	}
	user := nodeAccount + name
	c.addresses(cl, v, func(ip netip.Addr) {
		cl.learnNode(ip, user)
		acc := cl.accounts.get(user)
		if acc == nil {
			acc = cl.accounts.put(user)
		}
		if !slices.Contains(acc.known, ip) && len(acc.known) < maxKnown {
			acc.known = append(acc.known, ip)
		}
	}, objNodeAddress)
}

// addresses calls learn with the addresses in slots that may be believed.
func (c *Callers) addresses(cl *cluster, v *rawjson.Values, learn func(netip.Addr), slots ...int) {
	for _, slot := range slots {
		for _, l := range v.Leaves(slot) {
			ip, err := netip.ParseAddr(string(l.Text))
			if err != nil {
				continue // the name of a host
			}
			if ip = ip.Unmap(); ip.IsLoopback() || ip.IsUnspecified() || cl.tainted[ip] {
				continue
			}
			learn(ip)
		}
	}
}

// taintObject notes the public addresses that an object names.
func (c *Callers) taintObject(cl *cluster, object []byte) {
	v := &c.bodies.inner
	if c.bodies.object.Extract(object, v) != nil {
		return
	}
	c.addresses(cl, v, func(ip netip.Addr) {
		if scopeOf(ip) == scopePublic {
			if node, pod := cl.fact(ip); !node && !pod {
				cl.taint(ip)
			}
		}
	}, objNodeAddress, objPodIP, objPodIPs, objHostIP, objHostIPs)
	for _, slot := range []int{objPodCIDR, objPodCIDRs} {
		for _, l := range v.Leaves(slot) {
			if p, err := netip.ParsePrefix(string(l.Text)); err == nil {
				cl.taint(p.Addr())
			}
		}
	}
}
