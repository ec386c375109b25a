package identity

import (
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

// place is an address, and when it was used last.
type place struct {
	from *address
	last int64
}

// places notes that a credential was used from an address and returns from
// how many places it was used within the hour. All hops that many share are
// one place. Loopback is another name of a node or of a shared hop, where
// there is one: the API server's own machine has both.
func (cl *cluster) places(id string, a *address, t int64) int64 {
	a.addUser(id)
	c := cl.credentials.get(id)
	if c == nil {
		c = cl.credentials.put(strings.Clone(id))
	}
	c.note(place{a, t})
	n, shared, loopback, node := int64(0), int64(0), int64(0), false
	for _, p := range c.places[:c.n] {
		if t-p.last > placesTime {
			continue
		}
		cl.outside(p.from) // which brings p.from.node up to date
		switch {
		case p.from.scope == scopeLoopback:
			loopback = 1
		case p.from.isShared():
			shared = 1
		default:
			n++
			node = node || p.from.node
		}
	}
	if node || shared > 0 {
		loopback = 0
	}
	return n + shared + loopback
}

// note adds a place or its latest use.
func (c *credential) note(p place) {
	oldest := 0
	for i := range c.places[:c.n] {
		if have := &c.places[i]; have.from.ip == p.from.ip {
			have.from, have.last = p.from, max(have.last, p.last)
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

// isShared reports whether an address is a hop that many share, and neither a
// node nor a place in the internet.
func (a *address) isShared() bool {
	return a.users[sharedBy-1] != 0 && a.scope != scopePublic && a.scope != scopeLoopback && !a.node
}

// addUser notes that a credential was used from the address.
func (a *address) addUser(id string) { addHash(a.users[:], hashText(id)) }

// hashText is FNV-1a with 64 bits, never 0. Whoever makes two credentials of
// one hash gains that two count as one where five are counted.
func hashText[T string | []byte](s T) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return max(h, 1)
}
