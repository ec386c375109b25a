package identity

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/inventory"
)

// address is what is known of an address that called.
type address struct {
	ip    netip.Addr
	scope scope
	first int64 // time of its first call
	// listed are the names of the feeds that list it.
	listed []string
	// users are the first credentials seen from it, as hashes.
	users [sharedBy]uint64
	// names are the first users who signed in from it, as hashes.
	names [maxIdentities]uint64

	// node and pod are what the facts said at version.
	version   uint64
	node, pod bool
}

// maxIdentities is up to how many identities of an address are counted: more
// are "many", and what joins by an address asks for few.
const maxIdentities = 8

// addName notes that a user signed in from the address.
func (a *address) addName(name string) { addHash(a.names[:], hashText(name)) }

// identities is how many users signed in from the address, up to maxIdentities.
func (a *address) identities() int {
	if n := slices.Index(a.names[:], 0); n >= 0 {
		return n
	}
	return len(a.names)
}

// addHash puts h into the first free place of a set, unless it is there.
func addHash(set []uint64, h uint64) {
	if i := slices.Index(set, 0); i >= 0 && !slices.Contains(set[:i], h) {
		set[i] = h
	}
}

// scope is what an address tells by itself.
type scope uint8

const (
	scopeUnknown    scope = iota // private, shared, link-local, reserved: anybody's
	scopeConfigured              // in a network configured as inside
	scopeLoopback                // the machine of the API server
	scopePublic                  // routed in the internet, or reserved to stand for that in documentation
)

// scopeOf returns what an address tells by itself.
func scopeOf(ip netip.Addr) scope {
	switch {
	case ip.IsLoopback():
		return scopeLoopback
	case inventory.Public(ip):
		return scopePublic
	}
	return scopeUnknown
}

// address returns the record of an event's caller, or nil when its address
// is not known.
func (c *Callers) address(cl *cluster, e *event.Event, t int64) *address {
	text := event.SrcEndpointIP.Get(e)
	if text == "" {
		return nil
	}
	if a := cl.addresses.get(text); a != nil {
		return a
	}
	ip, err := netip.ParseAddr(text)
	if err != nil {
		return nil
	}
	ip = ip.Unmap()
	a := cl.addresses.put(strings.Clone(text))
	*a = address{ip: ip, scope: scopeOf(ip), first: t}
	if c.inside.Contains(ip) {
		a.scope = scopeConfigured
	}
	a.listed = c.listed(ip)
	return a
}

// listed returns the names of the feeds that list an address.
func (c *Callers) listed(ip netip.Addr) (names []string) {
	for _, f := range c.allowed {
		if f.Contains(ip) {
			return nil
		}
	}
	for _, f := range c.feeds {
		if f.Contains(ip) {
			names = append(names, f.Name)
		}
	}
	return names
}

// outside answers whether an address lies outside the cluster, and how that
// is known.
func (cl *cluster) outside(a *address) (answer, method string) {
	switch a.scope {
	case scopeConfigured:
		return "no", "configured"
	case scopeLoopback:
		return "no", "loopback"
	}
	if a.version != cl.version {
		a.version = cl.version
		a.node, a.pod = cl.fact(a.ip)
	}
	switch {
	case a.node:
		return "no", "node"
	case a.pod:
		return "no", "pod"
	case a.scope == scopePublic:
		return "yes", "public"
	}
	return "unknown", ""
}
