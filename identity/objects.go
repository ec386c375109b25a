package identity

import (
	"errors"
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

// What is read of an object. In a document these slots stand three times: for
// the request, for the answer, and then the items of an answer that is a list.
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
	objSlots

	inRequest  = 0
	inResponse = objSlots
	inItems    = 2 * objSlots
)

// objectPaths are the paths of the slots. Source: the Node and Pod objects of
// the core API, https://kubernetes.io/docs/reference/kubernetes-api/.
var objectPaths = [objSlots]string{
	objName:        "metadata.name",
	objUID:         "metadata.uid",
	objGrace:       "metadata.deletionGracePeriodSeconds",
	objNodeAddress: "status.addresses.address",
	objPodCIDR:     "spec.podCIDR",
	objPodCIDRs:    "spec.podCIDRs",
	objPodIP:       "status.podIP",
	objPodIPs:      "status.podIPs.ip",
	objHostIP:      "status.hostIP",
	objHostIPs:     "status.hostIPs.ip",
}

func newBodies() (b bodies, err error) {
	var document, object []rawjson.Path
	add := func(to *[]rawjson.Path, text string) {
		p, perr := rawjson.ParsePath(text)
		err = errors.Join(err, perr)
		*to = append(*to, p)
	}
	for _, root := range []string{"requestObject.", "responseObject."} {
		for _, p := range objectPaths {
			add(&document, root+p)
		}
	}
	add(&document, "responseObject.items")
	for _, p := range objectPaths {
		add(&object, p)
	}
	if err != nil {
		return b, err
	}
	if b.document, err = rawjson.Compile(document, rawjson.Options{}); err != nil {
		return b, err
	}
	b.object, err = rawjson.Compile(object, rawjson.Options{})
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
	v, name := &c.bodies.values, event.ResourceName.Get(e)
	nodes := event.ResourceType.Get(e) == "nodes"
	trusted := a != nil
	if trusted {
		answer, _ := cl.outside(a)
		trusted = answer != "yes"
	}
	switch {
	case !speaksFor(e):
	case trusted:
		cl.learnObject(v, inRequest, nodes, name, t)
	case a != nil && !cl.mayBeNew(e, a, t):
		cl.taintObject(v, inRequest)
	}
	items := v.Leaves(inItems)
	for _, l := range items {
		if l.Kind == rawjson.Object && c.bodies.object.Extract(l.Raw, &c.bodies.inner) == nil {
			cl.learnObject(&c.bodies.inner, 0, nodes, "", t)
		}
	}
	if len(items) > 0 || !trusted && event.APIOperation.Get(e) != "get" {
		return noGrace
	}
	cl.learnObject(v, inResponse, nodes, name, t)
	if s, err := strconv.ParseInt(string(first(v, inResponse+objGrace)), 10, 32); err == nil {
		return s * int64(time.Second)
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

// learnObject learns from one Node or Pod object, or a patch of one, whose
// values stand in v from slot base on.
func (cl *cluster) learnObject(v *rawjson.Values, base int, nodes bool, name string, t int64) {
	if !nodes {
		cl.eachAddress(v, base, cl.learnPod, objPodIP, objPodIPs)
		cl.eachAddress(v, base, func(ip netip.Addr) { cl.learnNode(ip, "") }, objHostIP, objHostIPs)
		if uid := first(v, base+objUID); len(uid) > 0 {
			cl.podAlive(string(uid), t)
		}
		return
	}
	for _, slot := range [...]int{objPodCIDR, objPodCIDRs} {
		for _, l := range v.Leaves(base + slot) {
			if p, err := netip.ParsePrefix(string(l.Text)); err == nil && !cl.tainted[p.Addr()] {
				cl.learnNetwork(p)
			}
		}
	}
	if name == "" {
		name = string(first(v, base+objName))
	}
	if name == "" {
		return
	}
	user := nodeAccount + name
	cl.eachAddress(v, base, func(ip netip.Addr) {
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
