package identity

import (
	"net/netip"
	"strings"

	"github.com/lynceus-io/lynceus/identity/session"
	"github.com/lynceus-io/lynceus/inventory"
)

// cluster is what is known of one cluster.
type cluster struct {
	name     string
	nameless bool  // events that name no cluster are of this one
	watched  bool  // its inventory comes in
	clock    int64 // latest event time
	// version changes whenever a fact about an address does. 0 is never.
	version uint64

	addresses   *lru[string, address]    // that called, by their text
	accounts    *lru[string, account]    // of nodes and control-plane components
	facts       *lru[netip.Addr, fact]   // about addresses
	networks    []netip.Prefix           // of pods
	tainted     map[netip.Addr]bool      // addresses that callers from outside claimed
	pods        *lru[string, pod]        // by UID
	names       *lru[string, podName]    // by namespace/name
	credentials *lru[string, credential] // by credential id
	key         []byte

	podWrites   *lru[objectKey, object] // who wrote pods
	ownerWrites *lru[objectKey, object] // and what they may belong to
	writes      uint64                  // how many writes were learned
	users       map[string]string       // one copy of each
	kinds       map[groupKind]string    // resources of kinds
	joins       *lru[string, joined]    // what is known of pods, by UID
	sessions    *session.Sessions       // who runs commands in containers
}

// fact says whose an address is.
type fact struct {
	node, pod bool
	owner     string // node whose object or heartbeats told it
}

// Bounds of lists within a cluster.
const (
	maxNetworks = 8192
	maxTainted  = 1024
)

// newCluster returns an empty cluster that remembers about so many bytes. The
// sizes of entries are estimates with their keys and texts.
func newCluster(name string, bytes int64) *cluster {
	part := bytes / 19
	return &cluster{
		name: strings.Clone(name), version: 1,
		addresses:   newLRU[string, address](2*part, 320),
		accounts:    newLRU[string, account](part, 512),
		facts:       newLRU[netip.Addr, fact](2*part, 192),
		tainted:     map[netip.Addr]bool{},
		pods:        newLRU[string, pod](2*part, 224),
		names:       newLRU[string, podName](part, 224),
		credentials: newLRU[string, credential](2*part, 480),
		podWrites:   newLRU[objectKey, object](3*part, 640),
		ownerWrites: newLRU[objectKey, object](4*part, 1280),
		joins:       newLRU[string, joined](2*part, 320),
		sessions:    session.New(),
		users:       map[string]string{}, kinds: map[groupKind]string{},
	}
}

// fact returns whether an address is known as a node's or as a pod's.
func (cl *cluster) fact(ip netip.Addr) (node, pod bool) {
	if f := cl.facts.get(ip); f != nil {
		node, pod = f.node, f.pod
	}
	for _, p := range cl.networks {
		if pod {
			break
		}
		pod = p.Contains(ip)
	}
	return node, pod
}

// learnNode notes that an address is a node's (or a control-plane
// component's).
func (cl *cluster) learnNode(ip netip.Addr, owner string) {
	f := cl.facts.get(ip)
	if f == nil {
		f = cl.facts.put(ip)
	}
	if f.owner == "" {
		f.owner = strings.Clone(owner)
	}
	if !f.node {
		f.node = true
		cl.version++
	}
}

// learnPod notes that an address is a pod's.
func (cl *cluster) learnPod(ip netip.Addr) {
	f := cl.facts.get(ip)
	if f == nil {
		f = cl.facts.put(ip)
	}
	if !f.pod {
		f.pod = true
		cl.version++
	}
}

// learnNetwork notes a network of pods. Networks that would cover a good
// part of the internet are not believed.
func (cl *cluster) learnNetwork(p netip.Prefix) {
	p = unmapPrefix(p)
	if !p.IsValid() || len(cl.networks) >= maxNetworks {
		return
	}
	p = p.Masked()
	limit := 12 // of private IPv4 space
	switch {
	case p.Addr().Is6():
		limit = 40
	case inventory.Public(p.Addr()):
		limit = 20
	}
	if p.Bits() < limit || p.Addr().IsLoopback() {
		return
	}
	for _, known := range cl.networks {
		if known.Bits() <= p.Bits() && known.Contains(p.Addr()) {
			return
		}
	}
	cl.networks = append(cl.networks, p)
	cl.version++
}

// forgetNode drops a node that was deleted, and the addresses it had.
func (cl *cluster) forgetNode(name string) {
	a := cl.accounts.get(nodeAccount + name)
	if a == nil {
		return
	}
	owned := append([]netip.Addr{a.current}, a.known...)
	cl.accounts.remove(nodeAccount + name)
	for _, ip := range owned {
		if f := cl.facts.get(ip); f != nil && f.node && f.owner == nodeAccount+name {
			f.node = false
			cl.version++
		}
	}
}

// taint notes that a caller from outside claimed a public address to be the
// cluster's: objects that say so are not believed from then on.
func (cl *cluster) taint(ip netip.Addr) {
	if len(cl.tainted) < maxTainted {
		cl.tainted[ip] = true
	}
}
