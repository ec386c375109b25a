package inventory

import "net/netip"

// unroutable are blocks that netip does not name and that no host of the
// internet has. Sources: RFC 6598 (shared address space), RFC 2544
// (benchmarks), RFC 1122 ("this network"), RFC 1112 (reserved).
var unroutable = [...]netip.Prefix{
	netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("240.0.0.0/4"),
}

// Public reports whether an address is routed in the internet, or reserved to
// stand for that in documentation (RFC 5737, RFC 3849): no cluster has those,
// and laboratories use them for the outside.
func Public(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, p := range unroutable {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}
