package identity

import (
	"net/netip"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/inventory"
)

// observeRow learns from a row of the inventory, and sets who made the object
// that it tells of. One that cannot be read teaches nothing.
func (c *Callers) observeRow(e *event.Event) {
	if inventory.Read(e, &c.row) != nil {
		return
	}
	c.Apply(&c.row)
	cl := c.watched(c.row.Cluster)
	cl.watched = true
	if c.row.Kind == "Node" && c.row.Group == "" && isGone(&c.row) {
		cl.forgetNode(c.row.Name)
	}
	if c.row.Kind != "Pod" || c.row.Group != "" {
		return
	}
	c.join.begin(c, cl, e, timeOf(e, cl.clock), false)
	c.join.pod()
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
