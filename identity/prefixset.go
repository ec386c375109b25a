package identity

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
	"sort"
)

// Set is a set of addresses, IPv4 and IPv6. The zero value is empty. It never
// changes after it is made and may be used by any number of goroutines.
type Set struct {
	v4 []range4
	v6 []range6
}

// range4 and range6 are ranges of addresses, both ends included. They are
// sorted and do not overlap.
type (
	range4 struct{ lo, hi uint32 }
	range6 struct{ lo, hi [2]uint64 }
)

// NewSet returns the set of all addresses of the prefixes. IPv4-mapped IPv6
// prefixes of at least 96 bits mean IPv4.
func NewSet(prefixes []netip.Prefix) *Set {
	s := &Set{}
	for _, p := range prefixes {
		if p = unmapPrefix(p); p.IsValid() {
			s.add(p.Masked().Addr(), lastOf(p))
		}
	}
	s.sort()
	return s
}

// unmapPrefix returns the IPv4 form of an IPv4-mapped prefix.
func unmapPrefix(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p
}

// lastOf returns the last address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().As16()
	from := p.Bits()
	if p.Addr().Is4() {
		from += 96
	}
	for i := from; i < 128; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	last := netip.AddrFrom16(b)
	if p.Addr().Is4() {
		return last.Unmap()
	}
	return last
}

func (s *Set) add(lo, hi netip.Addr) {
	if lo.Is4() {
		s.v4 = append(s.v4, range4{word4(lo), word4(hi)})
	} else {
		s.v6 = append(s.v6, range6{words6(lo), words6(hi)})
	}
}

func word4(a netip.Addr) uint32 {
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}

func words6(a netip.Addr) [2]uint64 {
	b := a.As16()
	return [2]uint64{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

func compare6(a, b [2]uint64) int {
	return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
}

// sort puts the ranges in order and joins those that overlap.
func (s *Set) sort() {
	slices.SortFunc(s.v4, func(a, b range4) int { return cmp.Compare(a.lo, b.lo) })
	out4 := s.v4[:0]
	for _, r := range s.v4 {
		if n := len(out4); n > 0 && r.lo <= out4[n-1].hi {
			out4[n-1].hi = max(out4[n-1].hi, r.hi)
			continue
		}
		out4 = append(out4, r)
	}
	s.v4 = slices.Clip(out4)
	slices.SortFunc(s.v6, func(a, b range6) int { return compare6(a.lo, b.lo) })
	out6 := s.v6[:0]
	for _, r := range s.v6 {
		if n := len(out6); n > 0 && compare6(r.lo, out6[n-1].hi) <= 0 {
			if compare6(r.hi, out6[n-1].hi) > 0 {
				out6[n-1].hi = r.hi
			}
			continue
		}
		out6 = append(out6, r)
	}
	s.v6 = slices.Clip(out6)
}

// Contains reports whether the set has an address. An IPv4-mapped one is
// looked up as IPv4; zones are ignored.
func (s *Set) Contains(a netip.Addr) bool {
	a = a.Unmap()
	switch {
	case a.Is4():
		w := word4(a)
		i := sort.Search(len(s.v4), func(i int) bool { return s.v4[i].hi >= w })
		return i < len(s.v4) && s.v4[i].lo <= w
	case a.Is6():
		w := words6(a)
		i := sort.Search(len(s.v6), func(i int) bool { return compare6(s.v6[i].hi, w) >= 0 })
		return i < len(s.v6) && compare6(s.v6[i].lo, w) <= 0
	}
	return false
}

// Len returns how many separate ranges the set has.
func (s *Set) Len() int { return len(s.v4) + len(s.v6) }
