package coverage

import (
	"slices"
	"sort"
)

// span is a stretch of time, in nanoseconds since 1970: from is included, to is not.
type span struct{ from, to int64 }

// spans are stretches in order of time that do not touch.
type spans []span

// add adds a stretch; stretches no further apart than slack become one.
func (s spans) add(x span, slack int64) spans {
	if x.from >= x.to {
		return s
	}
	// The first that x may touch, and the first after those.
	i := sort.Search(len(s), func(i int) bool { return s[i].to >= x.from-slack })
	j := i
	for j < len(s) && s[j].from <= x.to+slack {
		x.from, x.to = min(x.from, s[j].from), max(x.to, s[j].to)
		j++
	}
	return slices.Replace(s, i, j, x)
}

// without returns what of s lies in none of other.
func (s spans) without(other spans) spans {
	var out spans
	for _, x := range s {
		for i := sort.Search(len(other), func(i int) bool { return other[i].to > x.from }); i < len(other) && other[i].from < x.to; i++ {
			if other[i].from > x.from {
				out = append(out, span{x.from, other[i].from})
			}
			x.from = min(other[i].to, x.to)
		}
		if x.from < x.to {
			out = append(out, x)
		}
	}
	return out
}

// within returns what of s lies in x.
func (s spans) within(x span) spans {
	var out spans
	for _, y := range s {
		if y.from, y.to = max(y.from, x.from), min(y.to, x.to); y.from < y.to {
			out = append(out, y)
		}
	}
	return out
}

// narrow makes the two that lie closest to each other one, so that there is one stretch less; the time between counts
// to them.
func (s spans) narrow() spans {
	if len(s) < 2 {
		return s
	}
	at := 1
	for i := 2; i < len(s); i++ {
		if s[i].from-s[i-1].to < s[at].from-s[at-1].to {
			at = i
		}
	}
	return slices.Replace(s, at-1, at+1, span{s[at-1].from, s[at].to})
}
