package incident

import (
	"cmp"
	"slices"

	"github.com/lynceus-io/lynceus/detect"
)

// maxSeen bounds the addresses and the user agents that an actor shows.
const maxSeen = 16

// actors returns who took part in findings, given in order of time: the one
// with the worst finding first, then the one who came first.
func actors(findings []*detect.Finding) []Actor {
	var out []Actor
	at := map[principal]int{}
	external := map[string]bool{}
	for _, f := range findings {
		p := principalOf(f)
		i, ok := at[p]
		if !ok {
			i = len(out)
			at[p] = i
			out = append(out, Actor{Name: p.name, Kind: p.kind, Outside: "unknown"})
		}
		a := &out[i]
		a.Findings++
		a.Severity = max(a.Severity, f.Severity)
		a.Addresses = addNew(a.Addresses, f.Actor.IPs)
		a.UserAgents = addNew(a.UserAgents, f.Actor.UserAgents)
		if as := impersonated(f); as != "" {
			a.As = addNew(a.As, []string{as})
		}
		if f.Actor.Outside == "yes" || f.Actor.Outside == "no" && a.Outside == "unknown" {
			a.Outside = f.Actor.Outside
		}
		for _, ip := range externalAddresses(f) {
			external[ip] = true
		}
	}
	for i := range out {
		slices.SortFunc(out[i].Addresses, func(a, b string) int {
			if external[a] != external[b] {
				return -cmp.Compare(b2i(external[a]), b2i(external[b]))
			}
			return cmp.Compare(a, b)
		})
	}
	slices.SortStableFunc(out, func(a, b Actor) int { return cmp.Compare(b.Severity, a.Severity) })
	return out
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// addNew appends what list does not have yet, up to maxSeen.
func addNew(list, more []string) []string {
	for _, s := range more {
		if s != "" && len(list) < maxSeen && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}
