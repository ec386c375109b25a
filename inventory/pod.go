package inventory

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Pod is what is known of a pod. It belongs to the History that returned it,
// which may change it with the next object that is applied.
type Pod struct {
	Namespace, Name, UID string
	Node                 string
	ServiceAccount       string // name, in the pod's namespace
	HostNetwork          bool
	// Created is when it was created, or first seen where that is not known;
	// Gone is when it had gone, 0 while it exists. Nanoseconds since 1970.
	Created, Gone int64
	// Addresses are all that it ever had, sorted.
	Addresses []netip.Addr
	// Owner is the owner that controls it, zero for none.
	Owner Reference
	// Group is zero while it is not known whether it has an owner.
	Group Group
}

// pod is a Pod as History keeps it.
type pod struct {
	item
	Pod
	ownerAt int64
	// told says that it is known whether it has an owner.
	told   bool
	mirror bool
	// templated says that the name of its ReplicaSet ends in the pod's
	// template hash, as those do which a Deployment makes.
	templated bool
	// ownership and links are the cluster's when the group was found, whole
	// whether every owner was known then.
	ownership, links uint64
	whole            bool
}

const (
	// costPod is the estimate of what a pod uses beside its texts and
	// addresses: itself, and its place by UID and by name.
	costPod = 832

	// creationSlack is how long before its creation time a request may have
	// been received that made a pod: as long as admission may take.
	creationSlack = 10 * time.Second

	templateHash = "pod-template-hash"
)

func (c *cluster) applyPod(o *Object) (changed bool) {
	p := c.podOf(o)
	if p == nil {
		return false
	}
	if o.Change == Changed || o.Change == Deleted {
		if c.heard.add(o.Time) {
			c.rehear(o.Time)
		}
	}
	before, told := p.Pod, p.told
	over, mirror, templated := p.over, p.mirror, p.templated
	if o.Phase == "Succeeded" || o.Phase == "Failed" {
		earliest(&p.over, o.Time)
	}
	h := c.h
	for _, f := range [...]struct {
		to   *string
		from string
	}{{&p.Node, o.Node}, {&p.ServiceAccount, o.ServiceAccount}} {
		if *f.to == "" {
			*f.to = h.words.share(f.from)
		}
	}
	p.HostNetwork = p.HostNetwork || o.HostNetwork
	p.mirror = p.mirror || h.mirror.is(o)
	p.own(o)
	changed = p.observe(o) || over != p.over || before.ServiceAccount != p.ServiceAccount || before.HostNetwork != p.HostNetwork
	p.Created, p.Gone = p.born(), p.until
	p.Addresses = p.ips
	if p.HostNetwork {
		for _, ip := range p.ips {
			p.span(ip).host = true
		}
	}
	if before.Owner != p.Owner || before.Node != p.Node || told != p.told || mirror != p.mirror || templated != p.templated {
		p.ownership, p.links, p.whole = 0, 0, false
		changed = true
	}
	if p.Gone != 0 {
		p.group() // its owners may be forgotten before it is
	}
	return changed
}

// podOf returns the pod that an object is, a new one if it was not known; nil
// if nothing can be known of it.
func (c *cluster) podOf(o *Object) *pod {
	if o.UID == "" {
		return c.podNamed(o.Namespace, o.Name, o.Time)
	}
	if p := c.pods[o.UID]; p != nil {
		return p
	}
	if o.Name == "" {
		return nil
	}
	p := &pod{Pod: Pod{UID: strings.Clone(o.UID), Namespace: c.h.words.share(o.Namespace), Name: strings.Clone(o.Name)}}
	p.item = item{cluster: c, self: p, what: EndPod}
	c.pods[p.UID] = p
	key := p.Namespace + "/" + p.Name
	c.podNames[key] = append(c.podNames[key], p)
	return p
}

// own takes note of the pod's owner.
func (p *pod) own(o *Object) {
	owner, whole := o.Owner, o.UID != "" && o.ResourceVersion != "" && o.Created != 0
	if owner == (Reference{}) && !whole {
		return
	}
	if p.told = true; o.Time < p.ownerAt {
		return
	}
	if o.Time == p.ownerAt && owner.UID < p.Owner.UID {
		return // told twice at once: the same one wins in any order
	}
	p.ownerAt = o.Time
	if owner != p.Owner {
		p.Owner, p.templated = p.cluster.h.shareReference(owner), false
	}
	if hash := o.Labels[templateHash]; hash != "" && owner.Kind == kindReplicaSet && strings.HasSuffix(owner.Name, "-"+hash) {
		p.templated = true
	}
}

// size implements kept. The texts of a pod's group are its owner's.
func (p *pod) size() int64 {
	r := &p.Owner
	return costPod + int64(len(p.UID)+2*(len(p.Namespace)+len(p.Name))+len(p.Node)+len(p.ServiceAccount)+
		len(r.Group)+len(r.Kind)+len(r.Name)+len(r.UID))
}

// forget implements kept.
func (p *pod) forget() {
	c := p.cluster
	p.letGo()
	delete(c.pods, p.UID)
	key := p.Namespace + "/" + p.Name
	list := slices.DeleteFunc(c.podNames[key], func(other *pod) bool { return other == p })
	if c.podNames[key] = list; len(list) == 0 {
		delete(c.podNames, key)
	}
}

// Pod returns the pod of a UID.
func (h *History) Pod(cluster, uid string) (*Pod, bool) {
	c := h.find(cluster)
	if c == nil {
		return nil, false
	}
	p := c.pods[uid]
	if p == nil {
		return nil, false
	}
	p.group()
	return &p.Pod, true
}

// PodNamed returns the pod that had a name at a time; where the end of one
// was seen after the creation of the next, the next.
func (h *History) PodNamed(cluster, namespace, name string, at int64) (*Pod, bool) {
	c := h.find(cluster)
	if c == nil {
		return nil, false
	}
	p := c.podNamed(namespace, name, at)
	if p == nil {
		return nil, false
	}
	p.group()
	return &p.Pod, true
}

func (c *cluster) podNamed(namespace, name string, at int64) (found *pod) {
	c.key = append(append(append(c.key[:0], namespace...), '/'), name...)
	var next *pod // that was about to be created
	for _, p := range c.podNames[string(c.key)] {
		born := p.born()
		switch {
		case during(born, at, p.until):
			if found == nil || born > found.born() || born == found.born() && p.UID > found.UID {
				found = p
			}
		case at < born && at >= born-int64(creationSlack):
			if next == nil || born < next.born() || born == next.born() && p.UID < next.UID {
				next = p
			}
		}
	}
	if found == nil {
		return next
	}
	return found
}
