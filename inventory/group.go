package inventory

import "strings"

// GroupOf returns the group of a pod that h returned: its highest owner, or
// the pod itself where it has none. A pod that a node runs by itself (a static
// pod) belongs to nobody, and those of the same name on several nodes are one
// group.
func (h *History) GroupOf(cluster string, p *Pod) Group {
	if c := h.find(cluster); c != nil {
		if known := c.pods[p.UID]; known != nil {
			known.group()
			return known.Group
		}
	}
	return p.Group
}

// TopOwner returns the highest owner of an object, or the object itself where
// it has none or is not known. uid may be empty.
func (h *History) TopOwner(cluster, group, kind, namespace, name, uid string) Group {
	self := Group{Kind: kind, Namespace: namespace, Name: name, UID: uid, APIGroup: group}
	c := h.find(cluster)
	if c == nil {
		return self
	}
	if kind == kindPod && group == "" {
		if p := c.pods[uid]; p != nil {
			p.group()
			return p.Group
		}
		return self
	}
	g, _ := c.top(Reference{Group: group, Kind: kind, Name: name, UID: uid}, namespace)
	return g
}

// group finds the pod's group again if anything may have changed it.
func (p *pod) group() {
	c := p.cluster
	if p.links == c.links && (p.whole || p.ownership == c.ownership) {
		return
	}
	p.ownership, p.links = c.ownership, c.links
	g, whole := c.groupOf(p)
	if whole || !p.whole { // an owner that was forgotten makes nothing unknown
		p.Group, p.whole = g, whole
	}
}

func (c *cluster) groupOf(p *pod) (g Group, whole bool) {
	self := Group{Kind: kindPod, Namespace: p.Namespace, Name: p.Name, UID: p.UID}
	switch {
	case p.Owner.Kind == kindNode && p.Owner.Group == "", p.mirror && p.Owner.Kind == "":
		if name, ok := strings.CutSuffix(p.Name, "-"+p.Node); ok && name != "" && p.Node != "" {
			self.Name, self.UID = name, ""
		}
		return self, true
	case !p.told:
		return Group{}, false
	case p.Owner.Kind == "":
		return self, true
	}
	if p.templated && c.ownerOf(p.Owner, p.Namespace) == nil {
		// A Deployment names its ReplicaSets after itself and the hash.
		name := p.Owner.Name[:strings.LastIndexByte(p.Owner.Name, '-')]
		r := Reference{Group: groupApps, Kind: kindDeployment, Name: name}
		if w := c.ownerOf(r, p.Namespace); w != nil {
			r.UID = w.uid
		}
		g, _ = c.top(r, p.Namespace)
		return g, false
	}
	return c.top(p.Owner, p.Namespace)
}

// top follows owners upwards from the object that a reference means. whole
// says that the highest is known to have no owner. Owners that own each other,
// or too many of them, say nothing: then it is the first.
func (c *cluster) top(r Reference, namespace string) (g Group, whole bool) {
	first := groupOfReference(r, namespace)
	for n := range maxOwners {
		w := c.ownerOf(r, namespace)
		if w == nil {
			return groupOfReference(r, namespace), false
		}
		g = Group{Kind: w.kind, Namespace: w.namespace, Name: w.name, UID: w.uid, APIGroup: w.ownerName.group}
		if n == 0 {
			first = g
		}
		if w.above.Kind == "" || w.above.Kind == kindNode && w.above.Group == "" {
			return g, true
		}
		r = w.above
	}
	return first, true
}

func groupOfReference(r Reference, namespace string) Group {
	return Group{Kind: r.Kind, Namespace: namespace, Name: r.Name, UID: r.UID, APIGroup: r.Group}
}
