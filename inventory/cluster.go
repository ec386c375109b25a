package inventory

import (
	"net/netip"
	"strings"
)

// cluster is what is known of one cluster.
type cluster struct {
	h         *History
	name, uid string
	// version changes when anything does, ownership when an owner is heard of
	// first, links when a known one gets another owner.
	version, ownership, links uint64

	pods       map[string]*pod   // by UID
	podNames   map[string][]*pod // by namespace/name, oldest first
	places     map[string]*place // by UID
	owners     map[string]*owner // by UID
	ownerNames map[ownerName]*owner
	addresses  map[netip.Addr][]span
	networks   networks
	// missing are the items that ended while nobody watched, by when that was
	// noticed.
	missing map[*item]int64
	heard   heard
	key     []byte
}

// costCluster is the estimate of what an empty cluster uses.
const costCluster = 2048

func (h *History) newCluster() *cluster {
	c := &cluster{
		h: h, version: 1, ownership: 1, links: 1,
		pods: map[string]*pod{}, podNames: map[string][]*pod{}, places: map[string]*place{}, owners: map[string]*owner{},
		ownerNames: map[ownerName]*owner{}, addresses: map[netip.Addr][]span{}, networks: networks{ranges: map[netip.Prefix]int{}},
		missing: map[*item]int64{},
	}
	h.clusters = append(h.clusters, c)
	h.bytes += costCluster
	return c
}

// find returns the cluster of a name or UID, "" meaning the only one, or nil.
func (h *History) find(text string) *cluster {
	if text == "" {
		if len(h.clusters) == 1 {
			return h.clusters[0]
		}
		return h.nameless()
	}
	if c := h.byName[text]; c != nil {
		return c
	}
	return h.byUID[text]
}

// nameless returns the cluster of which neither name nor UID is known, or nil.
func (h *History) nameless() *cluster {
	for _, c := range h.clusters {
		if c.name == "" && c.uid == "" {
			return c
		}
	}
	return nil
}

// clusterOf returns the cluster of an object, a new one if it must be, or nil
// if there are too many. An object that names no cluster belongs to the only
// one; and what was told of a cluster without a name belongs to the first
// that has one.
func (h *History) clusterOf(o *Object) *cluster {
	if o.Cluster == "" && o.ClusterUID == "" {
		if c := h.find(""); c != nil {
			return c
		}
		return h.newClusterOf(o)
	}
	c := h.byUID[o.ClusterUID]
	if c == nil {
		c = h.byName[o.Cluster]
		if c != nil && c.uid != "" && o.ClusterUID != "" {
			c = nil // another cluster of the same name
		}
	}
	if c == nil && len(h.clusters) == 1 {
		c = h.nameless()
	}
	if c == nil {
		return h.newClusterOf(o)
	}
	h.identify(c, o)
	return c
}

func (h *History) newClusterOf(o *Object) *cluster {
	if len(h.clusters) >= maxClusters {
		return nil
	}
	c := h.newCluster()
	h.identify(c, o)
	return c
}

// identify gives a cluster the name and UID that an object knows, if it has
// none yet. The first cluster of a name keeps it.
func (h *History) identify(c *cluster, o *Object) {
	if c.uid == "" && o.ClusterUID != "" {
		c.uid = strings.Clone(o.ClusterUID)
		h.byUID[c.uid] = c
	}
	if c.name == "" && o.Cluster != "" {
		c.name = strings.Clone(o.Cluster)
		if h.byName[c.name] == nil {
			h.byName[c.name] = c
		}
	}
}
