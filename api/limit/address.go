package limit

import (
	"net"
	"net/netip"
)

// v6Network is how much of an IPv6 address tells clients apart: whoever has
// one address usually has all of a /64 (RFC 6177).
const v6Network = 64

// Address is the key of a client by the address of its connection, host:port:
// an IPv4 address, or the network of an IPv6 one. What is no address is a key
// of its own.
func Address(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return "?"
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(v6Network)
	if err != nil {
		return "?"
	}
	return p.String()
}
