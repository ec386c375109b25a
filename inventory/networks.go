package inventory

import "net/netip"

// networks are the ranges of pod addresses of a cluster's nodes.
type networks struct {
	ranges map[netip.Prefix]int // how many nodes have it
	// lengths counts the ranges of a length, of IPv4 and of IPv6.
	lengths [2][129]int
}

// Ranges that are shorter would cover a good part of the internet or of all
// private addresses, and are not believed.
const (
	minPrivateBits = 12
	minPublicBits  = 20
	minIPv6Bits    = 40
)

func (n *networks) add(p netip.Prefix) {
	if p = plainPrefix(p); !p.IsValid() {
		return
	}
	if n.ranges[p]++; n.ranges[p] == 1 {
		n.lengths[family(p.Addr())][p.Bits()]++
	}
}

func (n *networks) remove(p netip.Prefix) {
	if p = plainPrefix(p); !p.IsValid() || n.ranges[p] == 0 {
		return
	}
	if n.ranges[p]--; n.ranges[p] == 0 {
		delete(n.ranges, p)
		n.lengths[family(p.Addr())][p.Bits()]--
	}
}

// contain reports whether an address lies in one of the ranges.
func (n *networks) contain(ip netip.Addr) bool {
	if len(n.ranges) == 0 || !ip.IsValid() {
		return false
	}
	for bits, count := range n.lengths[family(ip)][:ip.BitLen()+1] {
		if count == 0 {
			continue
		}
		if p, err := ip.Prefix(bits); err == nil && n.ranges[p] > 0 {
			return true
		}
	}
	return false
}

func family(ip netip.Addr) int {
	if ip.Is4() {
		return 0
	}
	return 1
}

// plainPrefix returns a range in the one form that is compared, or the zero
// Prefix for one that is not believed.
func plainPrefix(p netip.Prefix) netip.Prefix {
	if ip := p.Addr(); ip.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(ip.Unmap(), p.Bits()-96)
	}
	limit := minPrivateBits
	switch {
	case !p.IsValid():
		return netip.Prefix{}
	case p.Addr().Is6():
		limit = minIPv6Bits
	case Public(p.Addr()):
		limit = minPublicBits
	}
	if p.Bits() < limit || p.Addr().IsLoopback() {
		return netip.Prefix{}
	}
	return p.Masked()
}
