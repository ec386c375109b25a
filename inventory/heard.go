package inventory

import (
	"slices"
	"time"
)

// heard is when a watch told of changes of pods: as long as it told of any,
// it would have told of every end. It holds hours as runs of whole minutes,
// the latest first to be kept.
type heard []minutes

// minutes is a run of minutes since 1970, both ends included.
type minutes struct{ from, to int64 }

const (
	// maxHeard bounds the runs.
	maxHeard = 1024
	// listing is how long a watch that begins may take until it has noticed
	// all that is missing.
	listing = 5 * time.Minute
)

// add notes that the watch told of a change at a time. It reports whether
// that was not known.
func (h *heard) add(at int64) bool {
	m := at / int64(time.Minute)
	runs := *h
	i, _ := slices.BinarySearchFunc(runs, m, func(r minutes, m int64) int { return int(min(max(r.to-m, -1), 1)) })
	// runs[i] is the first that ends at or after m.
	switch {
	case i < len(runs) && runs[i].from <= m:
		return false
	case i > 0 && runs[i-1].to == m-1:
		runs[i-1].to = m
		if i < len(runs) && runs[i].from == m+1 {
			runs[i-1].to = runs[i].to
			runs = slices.Delete(runs, i, i+1)
		}
	case i < len(runs) && runs[i].from == m+1:
		runs[i].from = m
	default:
		if runs = slices.Insert(runs, i, minutes{m, m}); len(runs) > maxHeard {
			runs = slices.Delete(runs, 0, 1)
		}
	}
	*h = runs
	return true
}

// rehear settles anew what was noticed to be missing after a time of which it
// is only now known that the watch was running.
func (c *cluster) rehear(at int64) {
	for i, noticed := range c.missing {
		if at < noticed && i.settle() {
			if p, isPod := i.self.(*pod); isPod {
				p.Gone = p.until
			}
		}
	}
}

// before returns the last time when the watch was running before it noticed
// at the given time that something is missing; 0 for unknown.
func (h heard) before(at int64) int64 {
	m := (at-int64(listing))/int64(time.Minute) - 1
	i, _ := slices.BinarySearchFunc(h, m, func(r minutes, m int64) int { return int(min(max(r.from-m, -1), 1)) })
	// h[i] is the first that begins at or after m.
	switch {
	case i < len(h) && h[i].from == m:
		return m * int64(time.Minute)
	case i > 0:
		return min(m, h[i-1].to) * int64(time.Minute)
	}
	return 0
}
