package spool

import (
	"cmp"
	"slices"
)

// trim returns shares within the bounds: the largest, and what the others have in sum, by table. It may use the list.
func trim(shares []Share) []Share {
	cut := func(s string) string { return s[:min(len(s), maxUID)] }
	if len(shares) > maxShares {
		slices.SortFunc(shares, func(a, b Share) int { return cmp.Compare(b.Events, a.Events) })
	}
	var out []Share
	for i, s := range shares {
		s.Pod, s.Container = cut(s.Pod), cut(s.Container)
		if i < maxShares {
			out = append(out, s)
			continue
		}
		at := slices.IndexFunc(out, func(o Share) bool { return o.Others && o.Class == s.Class })
		if at < 0 {
			at = len(out)
			if at == maxShares+otherShares { // more tables than there are
				at--
			} else {
				out = append(out, Share{Others: true, Class: s.Class})
			}
		}
		out[at].Events += s.Events
	}
	return out
}
