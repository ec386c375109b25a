package enforce

import (
	"fmt"
	"net/netip"
)

// maxPorts is how many ports of ranges of addresses the kernel's table has room for.
const maxPorts = 16384

// peerKey is struct peer_key of bpf/src/connect.h. IPv4 is there as ::ffff:a.b.c.d.
type peerKey struct {
	Bits    uint32
	Address [16]byte
}

// peer is struct peer of the same.
type peer struct {
	Policies uint64
	Class    uint32
	_        uint32
}

// portKey is struct port_key of the same.
type portKey struct{ Class, Port uint32 }

// keyOf returns the key of a range of addresses.
func keyOf(p netip.Prefix) peerKey {
	bits := p.Bits()
	if p.Addr().Is4() {
		bits += 96
	}
	return peerKey{uint32(bits), p.Addr().As16()}
}

// covers reports whether a range has all addresses of another in it.
func (k *peerKey) covers(other *peerKey) bool {
	if k.Bits > other.Bits {
		return false
	}
	whole, rest := k.Bits/8, k.Bits%8
	for i := range whole {
		if k.Address[i] != other.Address[i] {
			return false
		}
	}
	return rest == 0 || (k.Address[whole]^other.Address[whole])>>(8-rest) == 0
}

// named is a range that a policy names.
type named struct {
	key   peerKey
	bit   uint64
	ports []uint16
}

// addPeers adds the ranges to which policies deny connections. The kernel finds the narrowest range of an address alone,
// so each has what those around it have. Ranges keep their class, so that a class does not mean another range while the
// tables change.
func (t *tables) addPeers(slots *[MaxPolicies]*Policy, before map[peerKey]peer) {
	var all []named
	for i, p := range slots {
		if p == nil || p.Mode == ModeOff || p.Action != DenyConnect {
			continue
		}
		for _, c := range p.Match.Connect {
			all = append(all, named{keyOf(c.Prefix), 1 << i, c.Ports})
		}
	}
	classes := newClasses(before)
	for _, one := range all {
		if _, done := t.peers[one.key]; done {
			continue
		}
		v := peer{Class: classes.of(one.key)}
		for _, around := range all {
			if !around.key.covers(&one.key) {
				continue
			}
			if len(around.ports) == 0 {
				v.Policies |= around.bit
			}
			for _, port := range around.ports {
				t.ports[portKey{v.Class, uint32(port)}] |= around.bit
			}
		}
		t.peers[one.key] = v
	}
}

// check returns an error when the kernel has no room.
func (t *tables) check() error {
	if len(t.ports) > maxPorts {
		return fmt.Errorf("the policies name %d ports of ranges of addresses, with those of the ranges around them; there is room for %d", len(t.ports), maxPorts)
	}
	return nil
}

// classes gives ranges their numbers.
type classes struct {
	before map[peerKey]peer
	used   map[uint32]bool
	next   uint32
}

func newClasses(before map[peerKey]peer) *classes {
	c := &classes{before: before, used: map[uint32]bool{}}
	for _, p := range before {
		c.used[p.Class] = true
	}
	return c
}

func (c *classes) of(k peerKey) uint32 {
	if p, ok := c.before[k]; ok {
		return p.Class
	}
	for c.next++; c.used[c.next]; {
		c.next++
	}
	return c.next
}
