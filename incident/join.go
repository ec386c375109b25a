package incident

import (
	"cmp"
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/detect"
)

// link is why some findings were joined.
type link struct {
	finding int32 // one of them
	key     key
}

// joinAll unites what shares a key and lies close in time, and returns why.
// Every key is sorted once, so that the whole is O(n log n) in the number of
// findings (each has a bounded number of keys).
func joinAll(findings []*detect.Finding, x index, gap time.Duration, u *union) []link {
	var links []link
	for k, ms := range x {
		if len(ms) < 2 {
			continue
		}
		slices.SortFunc(ms, func(a, b member) int {
			return cmp.Or(findings[a.finding].First.Compare(findings[b.finding].First), cmp.Compare(a.finding, b.finding))
		})
		start, last := 0, findings[ms[0].finding].Last
		for i := 1; i <= len(ms); i++ {
			if i < len(ms) && findings[ms[i].finding].First.Sub(last) <= gap {
				if l := findings[ms[i].finding].Last; l.After(last) {
					last = l
				}
				continue
			}
			if f, ok := joinCluster(findings, ms[start:i], u); ok && telltale(findings, k, ms[start:i]) {
				links = append(links, link{f, k})
			}
			if i < len(ms) {
				start, last = i, findings[ms[i].finding].Last
			}
		}
	}
	return links
}

// joinCluster unites the members of one key that are close in time. It
// returns one of those it joined; ok is false when there was nothing to join.
// A cause joins the effects that end after it began; what neither caused
// anything nor was caused stays out.
func joinCluster(findings []*detect.Finding, ms []member, u *union) (one int32, ok bool) {
	var firstCause, lastEffect time.Time
	for _, m := range ms {
		f := findings[m.finding]
		if m.role == cause && firstCause.IsZero() {
			firstCause = f.First
		}
		if m.role == effect && f.Last.After(lastEffect) {
			lastEffect = f.Last
		}
	}
	one = -1
	for _, m := range ms {
		f := findings[m.finding]
		switch {
		case m.role == cause && f.First.After(lastEffect):
		case m.role == effect && (firstCause.IsZero() || f.Last.Before(firstCause)):
		case one < 0:
			one = m.finding
		case m.finding != one:
			u.join(one, m.finding)
			ok = true
		}
	}
	return one, ok
}

// telltale reports whether a link says more than those by name do: a
// credential does where it was used under several names.
func telltale(findings []*detect.Finding, k key, ms []member) bool {
	if k.kind != keyCredential {
		return true
	}
	first := principalOf(findings[ms[0].finding])
	return slices.ContainsFunc(ms, func(m member) bool { return principalOf(findings[m.finding]) != first })
}
