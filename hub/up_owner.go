package hub

import (
	"net/netip"
	"strings"
)

// owner says to whom an address belongs: to what was said to lie inside, or
// to the lists of addresses that have it.
func (u *Up) owner(a netip.Addr) string {
	for _, p := range u.o.Inside {
		if p.Contains(a) {
			return "inside, " + p.String()
		}
	}
	var names []string
	for _, f := range u.o.Feeds {
		if f.Contains(a) {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, ", ")
}
