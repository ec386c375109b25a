package detect

import (
	"math"

	"github.com/lynceus-io/lynceus/expr"
)

// Bounds of one window.
const (
	// maxSum is how many numbers a sliding sum adds up.
	maxSum = 1 << 16
	// spareDistinct is how many more matches than needed a window of distinct
	// values keeps, so that a finding can name them.
	spareDistinct = 1024
)

// need returns the least whole number that satisfies rising conditions, at
// least 1.
func need(conditions []comparison) int {
	n := 1.0
	for _, c := range conditions {
		v := math.Ceil(c.value)
		if c.op == expr.OpGt {
			v = math.Floor(c.value) + 1
		}
		n = max(n, v)
	}
	return int(min(n, math.MaxInt32))
}

// slide adds a match to a window that moves with time, and looks whether any
// window that it is in satisfies the condition. Only the latest matches that
// can matter are kept: that many for a count.
func (w *correlator) slide(g *group, e entry) {
	c := g.c
	if !g.put(0, e) {
		return
	}
	w.bound(g)
	r := g.rows[0]
	i := r.until(e.time)
	for i > 0 && r[i-1].uid != e.uid {
		i--
	}
	if i == 0 {
		return // the window is full of what came later
	}
	for end := i - 1; end < len(r) && r[end].time <= e.time+c.span; end++ {
		in := r[r.from(r[end].time-c.span) : end+1]
		if v := g.figure(in, len(in) == len(r)); holdAll(c.compare, v) {
			w.fire(g, r[end].time, in, &r[i-1], v, nil)
			return
		}
	}
	if i == len(r) {
		g.end()
	}
}

// figure returns what a window is judged by. The running figures hold for all
// that a group keeps.
func (g *group) figure(in row, all bool) float64 {
	switch g.c.kind {
	case slidingDistinct:
		if all {
			return float64(len(g.counts))
		}
		seen := map[uint64]bool{}
		for i := range in {
			seen[in[i].hash] = true
		}
		return float64(len(seen))
	case slidingSum:
		if all {
			return g.sum
		}
		sum := 0.0
		for i := range in {
			sum += in[i].num
		}
		return sum
	}
	return float64(len(in))
}

// bound drops the oldest of what is not needed to judge a window.
func (w *correlator) bound(g *group) {
	n := len(g.rows[0])
	switch g.c.kind {
	case slidingCount:
		if most := g.c.need; n > most {
			g.forget(0, n-most)
		}
	case slidingSum:
		if n > maxSum {
			g.forget(0, n-maxSum)
			w.evicted++
		}
	case slidingDistinct:
		if most := g.c.need; n > 4*most+spareDistinct {
			g.dropRepeat()
		}
	}
}

// dropRepeat takes out the oldest match whose value is there again, or else
// the oldest.
func (g *group) dropRepeat() {
	for i := range g.rows[0] {
		if g.counts[g.rows[0][i].hash] > 1 {
			g.withdraw(g.rows[0][i].uid, 0)
			return
		}
	}
	g.forget(0, 1)
}
