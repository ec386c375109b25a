package fn

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

func ipv6Funcs() []*Func {
	return []*Func{
		lax("parse_ipv6", 1, 1, value.TypeString, []param{text}, func(_ *Context, args []value.Value) value.Value {
			addr, prefix, ok := parseIPv6(str(args[0]))
			return canonicalIPv6(addr, prefix, ok)
		}),
		lax("parse_ipv6_mask", 2, 2, value.TypeString, []param{text, whole}, func(_ *Context, args []value.Value) value.Value {
			addr, prefix, ok := parseIPv6(str(args[0]))
			mask := args[1].Int
			if args[1].Null || mask < 0 || mask > 128 {
				return value.String("")
			}
			return canonicalIPv6(addr, min(prefix, int(mask)), ok)
		}),
		lax("ipv6_compare", 2, 3, value.TypeLong, []param{text, text, whole}, func(_ *Context, args []value.Value) value.Value {
			c, ok := compareIPv6(args)
			return value.Value{Type: value.TypeLong, Int: int64(c), Null: !ok}
		}),
		lax("ipv6_is_match", 2, 3, value.TypeBool, []param{text, text, whole}, func(_ *Context, args []value.Value) value.Value {
			c, ok := compareIPv6(args)
			return value.Value{Type: value.TypeBool, Int: value.Bool(ok && c == 0).Int, Null: !ok}
		}),
		lax("ipv6_is_in_range", 2, 2, value.TypeBool, []param{text}, func(_ *Context, args []value.Value) value.Value {
			c, ok := compareIPv6(args)
			return value.Value{Type: value.TypeBool, Int: value.Bool(ok && c == 0).Int, Null: !ok}
		}),
		lax("ipv6_is_in_any_range", 2, -1, value.TypeBool, []param{text}, func(_ *Context, args []value.Value) value.Value {
			if _, _, ok := parseIPv6(str(args[0])); !ok {
				return value.Null(value.TypeBool)
			}
			found := false
			eachText(args[1:], func(net string) bool {
				c, ok := compareIPv6([]value.Value{args[0], value.String(net)})
				found = ok && c == 0
				return !found
			})
			return value.Bool(found)
		}),
	}
}

// parseIPv6 reads an address of either kind with an optional prefix. An IPv4
// address is mapped, and its prefix counts from the start of the mapped one;
// so does that of an IPv6 address with a dotted end.
func parseIPv6(s string) (addr [16]byte, prefix int, ok bool) {
	s, suffix, found := strings.Cut(strings.TrimSpace(s), "/")
	ip, err := netip.ParseAddr(s)
	if err != nil || ip.Zone() != "" {
		return addr, 0, false
	}
	addr, prefix = ip.As16(), 128
	if !found {
		return addr, prefix, true
	}
	n, err := strconv.ParseUint(suffix, 10, 8)
	if err != nil || n > 128 {
		return addr, 0, false
	}
	prefix = int(n)
	if strings.Contains(s, ".") && n <= 32 {
		prefix += 96
	}
	return addr, prefix, true
}

func maskIPv6(addr [16]byte, prefix int) [16]byte {
	for i := range addr {
		if keep := prefix - 8*i; keep <= 0 {
			addr[i] = 0
		} else if keep < 8 {
			addr[i] &= byte(0xff << (8 - keep))
		}
	}
	return addr
}

// canonicalIPv6 writes all digits in groups of four.
func canonicalIPv6(addr [16]byte, prefix int, ok bool) value.Value {
	if !ok {
		return value.String("")
	}
	addr = maskIPv6(addr, prefix)
	var b []byte
	for i := 0; i < len(addr); i += 2 {
		if i > 0 {
			b = append(b, ':')
		}
		b = hex.AppendEncode(b, addr[i:i+2])
	}
	return value.String(string(b))
}

// compareIPv6 compares under the shortest of the prefixes that are given.
func compareIPv6(args []value.Value) (c int, ok bool) {
	a, p1, ok1 := parseIPv6(str(args[0]))
	b, p2, ok2 := parseIPv6(str(args[1]))
	prefix := min(p1, p2)
	if len(args) > 2 {
		if args[2].Null || args[2].Int < 0 || args[2].Int > 128 {
			return 0, false
		}
		prefix = min(prefix, int(args[2].Int))
	}
	a, b = maskIPv6(a, prefix), maskIPv6(b, prefix)
	return bytes.Compare(a[:], b[:]), ok1 && ok2
}
