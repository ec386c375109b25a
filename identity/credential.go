package identity

import (
	"net/netip"
	"slices"
	"strings"
)

// sharedBy is from how many credentials on a private address is taken for a
// hop that many share: a proxy, a load balancer, the controller manager.
const sharedBy = 5

// maxPlaces is how many places of a credential are told apart; further ones
// take the place of the one used longest ago.
const maxPlaces = 16

// credential is where a credential was used.
type credential struct {
	n      int
	places [maxPlaces]place
}

// place is an address, or one that stands for several, and when it was used
// last.
type place struct {
	ip   netip.Addr
	node bool // it is a node's
	last int64
}

// Addresses that stand for several: those of the API server's own machine,
// and all hops that many share.
var (
	loopbackPlace = netip.IPv6Loopback()
	sharedPlace   = netip.IPv6Unspecified()
)

// places notes that a credential was used from an address and returns from
// how many places it was used within the hour. A node and loopback are one:
// the API server's own machine has both.
func (cl *cluster) places(id string, a *address, t int64) int64 {
	if a.addUser(id) && a.isShared() {
		cl.share(a.ip)
	}
	c := cl.credentials.get(id)
	if c == nil {
		c = cl.credentials.put(strings.Clone(id))
	}
	c.note(place{a.place(), a.node, t})
	n, loopback, node := int64(0), false, false
	for _, p := range c.places[:c.n] {
		if t-p.last <= placesTime {
			n++
			loopback = loopback || p.ip == loopbackPlace
			node = node || p.node
		}
	}
	if loopback && node {
		n--
	}
	return n
}

// note adds a place or its latest use.
func (c *credential) note(p place) {
	oldest := 0
	for i := range c.places[:c.n] {
		if have := &c.places[i]; have.ip == p.ip {
			have.last, have.node = max(have.last, p.last), have.node || p.node
			return
		}
		if c.places[i].last < c.places[oldest].last {
			oldest = i
		}
	}
	if c.n < maxPlaces {
		oldest = c.n
		c.n++
	}
	c.places[oldest] = p
}

// share lets an address count as a shared hop from now on, also where it was
// noted before.
func (cl *cluster) share(ip netip.Addr) {
	for e := cl.credentials.head; e != nil; e = e.next {
		c := &e.value
		for i := range c.places[:c.n] {
			if p := c.places[i]; p.ip == ip {
				c.n--
				c.places[i] = c.places[c.n]
				p.ip = sharedPlace
				c.note(p)
				break
			}
		}
	}
}

// none is no number.
const none = -1

// place returns what an address counts as among the places of a credential.
func (a *address) place() netip.Addr {
	switch {
	case a.scope == scopeLoopback:
		return loopbackPlace
	case a.isShared():
		return sharedPlace
	}
	return a.ip
}

// isShared reports whether an address is a hop that many share, and neither a
// node nor a place in the internet.
func (a *address) isShared() bool {
	return a.users[sharedBy-1] != 0 && a.scope != scopePublic && a.scope != scopeLoopback && !a.node
}

// addUser notes that a credential was used from the address, and reports
// whether it is among the first.
func (a *address) addUser(id string) bool {
	h := hashText(id)
	i := slices.Index(a.users[:], 0)
	if i < 0 || slices.Contains(a.users[:i], h) {
		return false
	}
	a.users[i] = h
	return true
}

// hashText is FNV-1a with 64 bits, never 0. Whoever makes two credentials of
// one hash gains that two count as one where five are counted.
func hashText(s string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return max(h, 1)
}
