package audit

import (
	"net/netip"
	"strings"
)

// keptAddresses bounds the memory for IPv6 addresses already put in order.
const keptAddresses = 4096

// addresses gives addresses their canonical text and remembers it for those
// whose text is made anew: IPv6, IPv4 in IPv6, and zones.
type addresses struct {
	canonical map[string]string
}

// text returns the canonical text of the address that s is: IPv4 as it
// stands, IPv4 mapped into IPv6 as IPv4, IPv6 in its shortest form without a
// zone. same says that this is s itself. ok is false when s is no address.
func (a *addresses) text(s string) (text string, same, ok bool) {
	ip, err := netip.ParseAddr(s)
	if err != nil {
		return "", false, false
	}
	if ip.Is4() {
		return s, true, true // ParseAddr takes IPv4 in canonical form only
	}
	if known, ok := a.canonical[s]; ok {
		return known, false, true
	}
	if a.canonical == nil || len(a.canonical) >= keptAddresses {
		a.canonical = make(map[string]string)
	}
	text = ip.WithZone("").Unmap().String()
	a.canonical[strings.Clone(s)] = text
	return text, false, true
}
