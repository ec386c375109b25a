package fn

import (
	"cmp"
	"math/bits"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

func ipv4Funcs() []*Func {
	inRange := func(args []value.Value) (hit, ok bool) {
		addr, bits, ok1 := parseIPv4(str(args[0]))
		net, prefix, ok2 := parseIPv4(str(args[1]))
		prefix = min(prefix, bits)
		return maskIPv4(addr, prefix) == maskIPv4(net, prefix), ok1 && ok2
	}
	return []*Func{
		lax("parse_ipv4", 1, 1, value.TypeLong, []param{text}, func(_ *Context, args []value.Value) value.Value {
			addr, prefix, ok := parseIPv4(str(args[0]))
			return value.Value{Type: value.TypeLong, Int: int64(maskIPv4(addr, prefix)), Null: !ok}
		}),
		lax("parse_ipv4_mask", 2, 2, value.TypeLong, []param{text, whole}, func(_ *Context, args []value.Value) value.Value {
			addr, prefix, ok := parseIPv4(str(args[0]))
			mask := args[1].Int
			if !ok || args[1].Null || mask < 0 || mask > 32 {
				return value.Null(value.TypeLong)
			}
			return value.Long(int64(maskIPv4(addr, min(prefix, int(mask)))))
		}),
		lax("ipv4_netmask_suffix", 1, 1, value.TypeLong, []param{text}, func(_ *Context, args []value.Value) value.Value {
			_, prefix, ok := parseIPv4(str(args[0]))
			return value.Value{Type: value.TypeLong, Int: int64(prefix), Null: !ok}
		}),
		lax("ipv4_is_private", 1, 1, value.TypeBool, []param{text}, func(_ *Context, args []value.Value) value.Value {
			addr, prefix, ok := parseIPv4(str(args[0]))
			if !ok {
				return value.Null(value.TypeBool)
			}
			return value.Bool(privateIPv4(addr, prefix))
		}),
		lax("ipv4_is_in_range", 2, 2, value.TypeBool, []param{text}, func(_ *Context, args []value.Value) value.Value {
			hit, ok := inRange(args)
			return value.Value{Type: value.TypeBool, Int: value.Bool(hit).Int, Null: !ok}
		}),
		lax("ipv4_is_in_any_range", 2, -1, value.TypeBool, []param{text}, func(_ *Context, args []value.Value) value.Value {
			if _, _, ok := parseIPv4(str(args[0])); !ok {
				return value.Null(value.TypeBool)
			}
			found := false
			eachText(args[1:], func(net string) bool {
				hit, ok := inRange([]value.Value{args[0], value.String(net)})
				found = hit && ok
				return !found
			})
			return value.Bool(found)
		}),
		lax("ipv4_compare", 2, 3, value.TypeLong, []param{text, text, whole}, func(_ *Context, args []value.Value) value.Value {
			c, ok := compareIPv4(args)
			return value.Value{Type: value.TypeLong, Int: int64(c), Null: !ok}
		}),
		lax("ipv4_is_match", 2, 3, value.TypeBool, []param{text, text, whole}, func(_ *Context, args []value.Value) value.Value {
			c, ok := compareIPv4(args)
			return value.Value{Type: value.TypeBool, Int: value.Bool(ok && c == 0).Int, Null: !ok}
		}),
		lax("format_ipv4", 1, 2, value.TypeString, []param{anyArg, whole}, func(_ *Context, args []value.Value) value.Value {
			s, _ := formatIPv4(args)
			return value.String(s)
		}),
		lax("format_ipv4_mask", 1, 2, value.TypeString, []param{anyArg, whole}, func(_ *Context, args []value.Value) value.Value {
			s, prefix := formatIPv4(args)
			if s == "" {
				return value.String("")
			}
			return value.String(s + "/" + strconv.Itoa(prefix))
		}),
		lax("ipv4_range_to_cidr_list", 2, 2, value.TypeDynamic, []param{text}, cidrList),
		hasIPv4("has_ipv4", false), hasIPv4("has_any_ipv4", false), hasIPv4("has_ipv4_prefix", true), hasIPv4("has_any_ipv4_prefix", true),
	}
}

// parseIPv4 reads a.b.c.d or a.b.c.d/prefix; without a prefix it is 32.
func parseIPv4(s string) (addr uint32, prefix int, ok bool) {
	s, suffix, found := strings.Cut(strings.TrimSpace(s), "/")
	prefix = 32
	if found {
		n, err := strconv.ParseUint(suffix, 10, 8)
		if err != nil || n > 32 {
			return 0, 0, false
		}
		prefix = int(n)
	}
	for i := range 4 {
		part, rest, more := strings.Cut(s, ".")
		if more != (i < 3) || part == "" || len(part) > 3 {
			return 0, 0, false
		}
		n, err := strconv.ParseUint(part, 10, 8)
		if err != nil {
			return 0, 0, false
		}
		addr = addr<<8 | uint32(n)
		s = rest
	}
	return addr, prefix, true
}

func maskIPv4(addr uint32, prefix int) uint32 {
	return addr &^ uint32(1<<(32-prefix)-1)
}

// privateIPv4 tells the networks of RFC 1918.
func privateIPv4(addr uint32, prefix int) bool {
	for _, n := range []struct {
		net  uint32
		bits int
	}{{10 << 24, 8}, {172<<24 | 16<<16, 12}, {192<<24 | 168<<16, 16}} {
		if prefix >= n.bits && maskIPv4(addr, n.bits) == n.net {
			return true
		}
	}
	return false
}

// compareIPv4 compares under the shortest of the prefixes that are given.
func compareIPv4(args []value.Value) (c int, ok bool) {
	a, p1, ok1 := parseIPv4(str(args[0]))
	b, p2, ok2 := parseIPv4(str(args[1]))
	prefix := min(p1, p2)
	if len(args) > 2 {
		if args[2].Null || args[2].Int < 0 || args[2].Int > 32 {
			return 0, false
		}
		prefix = min(prefix, int(args[2].Int))
	}
	return cmp.Compare(maskIPv4(a, prefix), maskIPv4(b, prefix)), ok1 && ok2
}

// formatIPv4 takes an address as text or number, and a prefix.
func formatIPv4(args []value.Value) (s string, prefix int) {
	var addr uint32
	prefix = 32
	if v := args[0].Unwrap(); integer(v.Type) {
		if v.Null || v.Int < 0 || v.Int > 1<<32-1 {
			return "", 0
		}
		addr = uint32(v.Int)
	} else {
		var ok bool
		if addr, prefix, ok = parseIPv4(str(v)); !ok {
			return "", 0
		}
	}
	if len(args) > 1 {
		if args[1].Null || args[1].Int < 0 || args[1].Int > 32 {
			return "", 0
		}
		prefix = min(prefix, int(args[1].Int))
	}
	return dotted(maskIPv4(addr, prefix)), prefix
}

func dotted(addr uint32) string {
	b := strconv.AppendUint(nil, uint64(addr>>24), 10)
	for _, shift := range []int{16, 8, 0} {
		b = append(b, '.')
		b = strconv.AppendUint(b, uint64(addr>>shift&255), 10)
	}
	return string(b)
}

// cidrList covers an interval of addresses with as few networks as can be.
func cidrList(_ *Context, args []value.Value) value.Value {
	first, _, ok1 := parseIPv4(str(args[0]))
	last, _, ok2 := parseIPv4(str(args[1]))
	if !ok1 || !ok2 || first > last {
		return value.Null(value.TypeDynamic)
	}
	var nets []string
	for from, to := uint64(first), uint64(last); from <= to; {
		size := min(bits.TrailingZeros32(uint32(from)), bits.Len64(to-from+1)-1)
		nets = append(nets, dotted(uint32(from))+"/"+strconv.Itoa(32-size))
		from += 1 << size
	}
	return value.Dynamic(value.Strings(nets))
}

// hasIPv4 makes a function that looks for addresses in text, whole or by the
// start of them.
func hasIPv4(name string, prefix bool) *Func {
	return lax(name, 2, -1, value.TypeBool, []param{text}, func(_ *Context, args []value.Value) value.Value {
		s, found := str(args[0]), false
		eachText(args[1:], func(want string) bool {
			found = containsIPv4(s, want, prefix)
			return !found
		})
		return value.Bool(found)
	})
}

func containsIPv4(s, want string, prefix bool) bool {
	full := want
	if prefix && strings.HasSuffix(want, ".") {
		full = want + strings.Repeat("0.", 3-min(3, strings.Count(want, "."))) + "0"
	}
	if _, bits, ok := parseIPv4(full); !ok || bits != 32 || strings.Contains(want, "/") {
		return false
	}
	for from := 0; ; {
		i := strings.Index(s[from:], want)
		if i < 0 {
			return false
		}
		i += from
		end := i
		for end < len(s) && (s[end] == '.' || s[end] >= '0' && s[end] <= '9') {
			end++
		}
		found := strings.TrimRight(s[i:end], ".")
		_, _, ok := parseIPv4(found)
		if ok && (found == want || full != want) && !alphanumeric(s, i-1) && !alphanumeric(s, end) && (i == 0 || s[i-1] != '.') {
			return true
		}
		from = i + 1
	}
}

// alphanumeric reports whether there is a letter or digit at i.
func alphanumeric(s string, i int) bool {
	return i >= 0 && i < len(s) && termRune(rune(s[i]))
}
