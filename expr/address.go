package expr

import (
	"fmt"
	"net/netip"
	"strings"
)

// ParseAddr reads an IPv4 or IPv6 address, without zone, in any textual form
// that [netip.ParseAddr] reads; IPv4-mapped ones are unmapped. Unlike
// netip.ParseAddr it does not allocate when the text is none.
func ParseAddr(s string) (netip.Addr, bool) {
	if len(s) > len("0000:0000:0000:0000:0000:0000:255.255.255.255") {
		return netip.Addr{}, false
	}
	if strings.IndexByte(s, ':') < 0 {
		v4, ok := parseV4(s)
		return netip.AddrFrom4(v4), ok
	}
	v6, ok := parseV6(s)
	return netip.AddrFrom16(v6).Unmap(), ok
}

func parseV4(s string) (out [4]byte, ok bool) {
	for part := range out {
		n := countDigits(s)
		if n == 0 || n > 3 || n > 1 && s[0] == '0' {
			return out, false
		}
		v := 0
		for _, c := range []byte(s[:n]) {
			v = v*10 + int(c-'0')
		}
		if v > 255 {
			return out, false
		}
		out[part] = byte(v)
		s = s[n:]
		if part == 3 {
			break
		}
		if s == "" || s[0] != '.' {
			return out, false
		}
		s = s[1:]
	}
	return out, s == ""
}

// parseV6 reads the groups of an IPv6 address; gap is where "::" stood.
func parseV6(s string) (out [16]byte, ok bool) {
	gap, at := -1, 0
	if strings.HasPrefix(s, "::") {
		gap, s = 0, s[2:]
	}
	for s != "" {
		if at == len(out) {
			return out, false
		}
		v, n := parseGroup(s)
		if n == 0 {
			return out, false
		}
		if n < len(s) && s[n] == '.' {
			return endInV4(out, s, gap, at)
		}
		out[at], out[at+1] = byte(v>>8), byte(v)
		at += 2
		if s = s[n:]; s == "" {
			break
		}
		if s[0] != ':' || len(s) == 1 {
			return out, false
		}
		s = s[1:]
		if s[0] != ':' {
			continue
		}
		if gap >= 0 {
			return out, false
		}
		gap, s = at, s[1:]
	}
	return fillGap(out, gap, at)
}

// parseGroup reads up to four hexadecimal digits; n is how many, 0 for none
// or too many.
func parseGroup(s string) (v, n int) {
	for n < len(s) {
		c := s[n]
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return v, n
		}
		if n == 4 {
			return 0, 0
		}
		v, n = v<<4|int(c), n+1
	}
	return v, n
}

func endInV4(out [16]byte, s string, gap, at int) ([16]byte, bool) {
	v4, ok := parseV4(s)
	if !ok || at > len(out)-4 {
		return out, false
	}
	copy(out[at:], v4[:])
	return fillGap(out, gap, at+4)
}

// fillGap moves what follows "::" to the end.
func fillGap(out [16]byte, gap, at int) ([16]byte, bool) {
	if gap < 0 || at == len(out) {
		return out, gap < 0 && at == len(out)
	}
	tail := at - gap
	copy(out[len(out)-tail:], out[gap:at])
	clear(out[gap : len(out)-tail])
	return out, true
}

// ParseBlock reads a CIDR block, or one address as the block of itself. Bits
// after the prefix are allowed and do not count. Blocks inside ::ffff:0:0/96
// become IPv4 blocks.
func ParseBlock(text string) (netip.Prefix, error) {
	if !strings.Contains(text, "/") {
		addr, ok := ParseAddr(text)
		if !ok {
			return netip.Prefix{}, fmt.Errorf("%q is neither a CIDR block nor an address", text)
		}
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	block, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is no CIDR block", text)
	}
	if block.Addr().Is4In6() && block.Bits() >= 96 {
		block = netip.PrefixFrom(block.Addr().Unmap(), block.Bits()-96)
	}
	return block.Masked(), nil
}
