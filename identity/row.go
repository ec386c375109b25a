package identity

import (
	"net/netip"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/inventory"
)

// observeRow learns from a row of the inventory, and sets the group of the
// object that it tells of, and who made that. One that cannot be read teaches
// nothing.
func (c *Callers) observeRow(e *event.Event) {
	o := &c.row
	if !c.Recall(e) {
		return
	}
	cl := c.watched(o.Cluster)
	if o.Kind == "Node" && o.Group == "" && isGone(o) {
		cl.forgetNode(o.Name)
	}
	if !isOwnable(o.Group, o.Resource) {
		return
	}
	c.join.begin(c, cl, e, timeOf(e, cl.clock), false)
	if o.Kind == "Pod" && o.Group == "" {
		c.join.pod()
		return
	}
	if g := c.history.TopOwner(c.join.history, o.Group, o.Kind, o.Namespace, o.Name, o.UID); g.Kind != "" {
		event.K8sWorkloadKind.Set(e, g.Kind)
		event.K8sWorkload.Set(e, g.Name)
	}
	at := level{
		key: objectKey{o.Group, o.Resource, o.Namespace, o.Name},
		uid: o.UID, created: o.Created, owner: o.Owner,
	}
	m := c.maker(cl, c.join.history, at, o.Time+creationTime, byOwner)
	m.set(e)
}

// Recall learns from a row of the inventory, in any order, and says nothing. It
// reports whether the row could be read.
func (c *Callers) Recall(e *event.Event) bool {
	if inventory.Read(e, &c.row) != nil {
		return false
	}
	c.Apply(&c.row)
	c.watched(c.row.Cluster).watched = true
	return true
}

// Apply learns from an object that a watch of the cluster saw. Objects may
// come in any order, and before the events of their time.
func (c *Callers) Apply(o *inventory.Object) {
	c.history.Apply(o)
	cl := c.watched(o.Cluster)
	switch {
	case o.Group != "":
	case o.Kind == "Pod":
		for _, ip := range o.Addresses {
			if ip = ip.Unmap(); o.HostNetwork {
				cl.learnNode(ip, "")
			} else {
				cl.learnPod(ip)
			}
		}
		if isGone(o) {
			cl.podDies(o.Namespace, o.Name, o.UID, o.Time, o.Time)
		} else if o.UID != "" {
			cl.podAlive(o.UID, o.Time)
		}
	case o.Kind == "Node":
		c.applyNode(cl, o)
	}
	if isCustom(o.Group) {
		cl.learnKind(o.Group, o.Kind, o.Resource)
	}
}

// applyNode learns the addresses and networks of a node.
func (c *Callers) applyNode(cl *cluster, o *inventory.Object) {
	for _, p := range o.Networks {
		cl.learnNetwork(p)
	}
	cl.learnNodeAddresses(o.Name, func(learn func(netip.Addr)) {
		for _, ip := range o.Addresses {
			learn(ip.Unmap())
		}
	})
}

// isGone reports whether an object is there no more.
func isGone(o *inventory.Object) bool {
	return o.Change == inventory.Deleted || o.Change == inventory.Gone
}

// watched returns what is known of a cluster that is watched. Events that name
// no cluster are of the only one that is.
func (c *Callers) watched(name string) *cluster {
	if name == "" || c.clusters[name] != nil {
		return c.cluster(name)
	}
	switch nameless := c.clusters[""]; {
	case len(c.clusters) == 0:
		cl := c.cluster(name)
		c.clusters[""], cl.nameless = cl, true
	case len(c.clusters) == 1 && nameless != nil:
		nameless.name, nameless.nameless = strings.Clone(name), true
		c.clusters[nameless.name] = nameless
	}
	return c.cluster(name)
}
