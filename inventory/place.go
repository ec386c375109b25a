package inventory

import (
	"net/netip"
	"slices"
	"strings"
)

// place is an object other than a pod that has addresses: a node, a service,
// the endpoints of the API server.
type place struct {
	item
	uid             string
	namespace, name string
	networks        []netip.Prefix
	networksAt      int64
}

const (
	// costPlace is the estimate of what a place uses beside its texts,
	// addresses and networks.
	costPlace   = 512
	costNetwork = 96

	// maxPlaceNetworks bounds the ranges of a node: one per family is usual.
	maxPlaceNetworks = 16

	// The service by which pods reach the API server. Source:
	// https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/.
	serverNamespace = "default"
	serverName      = "kubernetes"
	serviceLabel    = "kubernetes.io/service-name"
)

// placeKind returns what has the addresses of an object; EndUnknown for
// nothing that is not known by its own object.
func placeKind(o *Object) EndKind {
	server := o.Namespace == serverNamespace
	switch o.Kind {
	case kindNode:
		return EndNode
	case kindService:
		if server && o.Name == serverName {
			return EndAPIServer
		}
		return EndService
	case kindEndpoints:
		server = server && o.Name == serverName
	case kindEndpointSlice:
		server = server && (o.Labels[serviceLabel] == serverName || o.Name == serverName)
	}
	if server {
		return EndAPIServer
	}
	return EndUnknown
}

func (c *cluster) applyPlace(o *Object) (changed bool) {
	n := c.places[o.UID]
	if n == nil {
		kind := placeKind(o)
		if kind == EndUnknown {
			return false
		}
		n = &place{namespace: c.h.words.share(o.Namespace), name: strings.Clone(o.Name)}
		if kind == EndAPIServer {
			n.name = serverName // slices have names of their own
		}
		n.item = item{cluster: c, self: n, what: kind}
		uid := strings.Clone(o.UID)
		c.places[uid] = n
		n.uid = uid
		changed = true
	}
	if n.what == EndNode && len(o.Networks) > 0 && o.Time >= n.networksAt {
		n.networksAt = o.Time
		if want := o.Networks[:min(len(o.Networks), maxPlaceNetworks)]; !slices.Equal(want, n.networks) {
			n.letNetworksGo()
			n.networks = slices.Clone(want)
			for _, p := range n.networks {
				c.networks.add(p)
			}
			changed = true
		}
	}
	return n.observe(o) || changed
}

func (n *place) letNetworksGo() {
	for _, p := range n.networks {
		n.cluster.networks.remove(p)
	}
	n.networks = nil
}

// size implements kept.
func (n *place) size() int64 {
	return costPlace + int64(len(n.uid)+len(n.namespace)+len(n.name)+len(n.networks)*costNetwork)
}

// forget implements kept.
func (n *place) forget() {
	n.letGo()
	n.letNetworksGo()
	delete(n.cluster.places, n.uid)
}
