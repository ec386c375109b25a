package incident

import (
	"net/netip"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/rule"
)

// usedByFew tells of the external addresses of findings whether they join:
// those that at most MaxIdentities use do, and those from which each identity
// did something of high severity, for what many use and each abuses is nobody's
// proxy. Anonymous callers are no identity.
func usedByFew(findings []*detect.Finding, o Options) map[key]bool {
	seen := map[key]map[principal]rule.Severity{}
	for _, f := range findings {
		p := principalOf(f)
		for _, ip := range externalAddresses(f) {
			k := key{keyAddress, f.Cluster, ip}
			if seen[k] == nil {
				seen[k] = map[principal]rule.Severity{}
			}
			if p.kind != Anonymous && p.kind != Unnamed {
				seen[k][p] = max(seen[k][p], f.Severity)
			}
		}
	}
	out := make(map[key]bool, len(seen))
	for k, ps := range seen {
		users, hostile := max(len(ps), o.Identities(k.value)), 0
		for _, worst := range ps {
			if worst >= rule.High {
				hostile++
			}
		}
		out[k] = users <= o.MaxIdentities || hostile == users
	}
	return out
}

// externalAddresses returns the addresses from which a finding's requests
// came from outside: none unless it is known that they did. Where a finding
// has several addresses, those that cannot be external are left out.
func externalAddresses(f *detect.Finding) []string {
	if f.Actor.Outside != "yes" || f.Summary && len(f.Actor.IPs) > 1 {
		return nil // a summary's are of callers that have nothing in common
	}
	if len(f.Actor.IPs) == 1 {
		if a, err := netip.ParseAddr(f.Actor.IPs[0]); err != nil || a.IsLoopback() || a.IsUnspecified() {
			return nil
		}
		return f.Actor.IPs
	}
	var out []string
	for _, ip := range f.Actor.IPs {
		a, err := netip.ParseAddr(ip)
		if err == nil && a.IsGlobalUnicast() && !a.IsPrivate() {
			out = append(out, ip)
		}
	}
	return out
}
