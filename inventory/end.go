package inventory

import "net/netip"

// EndKind is what had an address.
type EndKind uint8

// What can have an address. EndExternal is an address of the internet that no
// object is known to have had; EndUnknown any other of which nothing is known.
const (
	EndUnknown EndKind = iota
	EndPod
	EndNode
	EndService
	EndAPIServer
	EndExternal
)

var endKinds = [...]string{"unknown", "pod", "node", "service", "apiserver", "external"}

// String returns the kind as the field src_endpoint.kind has it.
func (k EndKind) String() string {
	if int(k) >= len(endKinds) {
		return endKinds[EndUnknown]
	}
	return endKinds[k]
}

// End is who had an address at a time.
type End struct {
	Kind EndKind
	// Pod is the pod that had it. Of a node's address it is the only pod in
	// the node's network, if there was exactly one; what the node's own
	// programs do has the same address.
	Pod *Pod
	// Pods is how many pods had it: more than one in a node's network.
	Pods int
	// Namespace and Name are those of the pod, node or service.
	Namespace, Name string
	// HostNetwork says that pods had it through their node's network.
	HostNetwork bool
	// Group is that of Pod.
	Group Group
	// APIServer says that the API server listens there, be it on a node.
	APIServer bool
	// InNetwork says that it lies in a node's range of pod addresses.
	InNetwork bool
}

// End returns who had an address at a time. A pod has its address from when
// it was first seen with it, or shortly before where nobody else had it, until
// it is deleted or has run to its end. Of several the one that was seen with
// it last wins; and one that is being deleted, or was noticed to be missing
// later, loses it to the pod that is seen with it next as soon as that exists.
func (h *History) End(cluster string, ip netip.Addr, at int64) End {
	ip = ip.Unmap().WithZone("")
	c := h.find(cluster)
	if c == nil {
		return stranger(ip, false)
	}
	spans := c.addresses[ip]
	inNetwork := c.networks.contain(ip)
	if len(spans) == 0 {
		return stranger(ip, inNetwork)
	}
	e := c.holder(spans, at)
	e.InNetwork = inNetwork
	if e.Pod != nil {
		e.Group = e.Pod.Group
	}
	return e
}

// stranger is the end of an address that no object is known to have had.
func stranger(ip netip.Addr, inNetwork bool) End {
	if !inNetwork && Public(ip) {
		return End{Kind: EndExternal}
	}
	return End{InNetwork: inNetwork}
}

// holder returns who of those that ever had an address had it at a time.
func (c *cluster) holder(spans []span, at int64) (e End) {
	var pods, hosts contest
	var places [EndExternal]contest
	for n := range spans {
		switch s := &spans[n]; {
		case s.kind == EndPod && s.host:
			hosts.enter(s, at)
		case s.kind == EndPod:
			pods.enter(s, at)
		default:
			places[s.kind].enter(s, at)
		}
	}
	node := places[EndNode].winner(at)
	owner := pods.winner(at)
	host := hosts.winner(at)
	server := places[EndAPIServer].winner(at)
	e.APIServer = server != nil
	switch {
	case node != nil || owner == nil && host != nil:
		e.Kind, e.Pods = EndNode, hosts.count+pods.count
		e.HostNetwork = e.Pods > 0
		if only := firstOf(host, owner); only != nil && e.Pods == 1 {
			e.Pod = podOfSpan(only)
		}
		if node != nil {
			e.Name = node.item.self.(*place).name
		} else {
			e.Name = podOfSpan(host).Node
		}
	case owner != nil:
		e.Kind, e.Pods, e.Pod = EndPod, 1, podOfSpan(owner)
		e.Namespace, e.Name = e.Pod.Namespace, e.Pod.Name
	case server != nil:
		e.Kind = EndAPIServer
		e.setPlace(server)
	default:
		if s := places[EndService].winner(at); s != nil {
			e.Kind = EndService
			e.setPlace(s)
		}
	}
	return e
}

func (e *End) setPlace(s *span) {
	n := s.item.self.(*place)
	e.Namespace, e.Name = n.namespace, n.name
}

func firstOf(a, b *span) *span {
	if a != nil {
		return a
	}
	return b
}

// podOfSpan returns the pod that has a span, with its group up to date.
func podOfSpan(s *span) *Pod {
	p := s.item.self.(*pod)
	p.group()
	return &p.Pod
}
