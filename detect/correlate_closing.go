package detect

import (
	"math"
	"slices"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// maxTally is how many numbers or different values a closing window keeps.
// What is beyond is not computed with, and counted as evicted.
const maxTally = 1 << 16

// tally is a window that is judged when it ends: it was opened by a match and
// spans the time of the correlation from then on.
type tally struct {
	from    int64
	entries row // the earliest, at most maxBurstRequests, for the finding
	count   int
	sum     float64
	numbers []float64
	values  map[uint64]int
}

// tally adds a match to the window that is open, or opens one.
func (w *correlator) tally(g *group, e entry) {
	t := g.tally
	if t == nil {
		t = &tally{from: e.time}
		g.tally = t
		w.later(g, decision{due: e.time + g.c.span})
	}
	if !t.entries.insert(e) {
		return
	}
	g.grow(e.bytes())
	if len(t.entries) > maxBurstRequests {
		last := t.entries[maxBurstRequests]
		t.entries = t.entries[:maxBurstRequests]
		g.grow(-last.bytes())
	}
	t.count++
	t.sum += e.num
	switch g.c.def.Type {
	case rule.ValueCount:
		if t.values == nil {
			t.values = map[uint64]int{}
		}
		if _, there := t.values[e.hash]; there || len(t.values) < maxTally {
			t.values[e.hash]++
			g.grow(16)
		} else {
			w.evicted++
		}
	case rule.ValuePercentile, rule.ValueMedian:
		if len(t.numbers) >= maxTally {
			w.evicted++
			return
		}
		t.numbers = append(t.numbers, e.num)
		g.grow(8)
	}
}

// withdraw takes out what one match added, if the window still has it.
func (t *tally) withdraw(uid event.UID) {
	e, ok := t.entries.remove(uid)
	if !ok {
		return
	}
	t.count--
	t.sum -= e.num
	if i := slices.Index(t.numbers, e.num); i >= 0 {
		t.numbers = slices.Delete(t.numbers, i, i+1)
	}
	if t.values[e.hash]--; t.values[e.hash] <= 0 {
		delete(t.values, e.hash)
	}
}

// halve forgets the names of half of its matches. They still count.
func (t *tally) halve() (bytes int64) {
	keep := len(t.entries) / 2
	for i := range t.entries[keep:] {
		bytes += t.entries[keep+i].bytes()
	}
	clear(t.entries[keep:])
	t.entries = t.entries[:keep]
	return bytes
}

// figure returns what the window is judged by.
func (t *tally) figure(def *rule.Correlation) float64 {
	switch def.Type {
	case rule.ValueCount:
		return float64(len(t.values))
	case rule.ValueSum:
		return t.sum
	case rule.ValueAvg:
		return t.sum / float64(t.count)
	case rule.ValueMedian:
		return percentile(t.numbers, 50)
	case rule.ValuePercentile:
		return percentile(t.numbers, def.Percentile)
	}
	return float64(t.count)
}

// closeTally judges a window that has ended.
func (w *correlator) closeTally(g *group, d *decision) {
	t := g.tally
	g.tally = nil
	g.end()
	if t.count > 0 {
		if v := t.figure(g.c.def); holdAll(g.c.compare, v) {
			w.fire(g, d.due, t.entries, nil, v, w.endedEarly(d.due))
		}
	}
	w.remove(g)
}

// percentile returns the value below which p percent of the numbers lie,
// between two of them in proportion. It sorts the numbers.
func percentile(numbers []float64, p float64) float64 {
	if len(numbers) == 0 {
		return math.NaN()
	}
	slices.Sort(numbers)
	at := p / 100 * float64(len(numbers)-1)
	lo := int(at)
	if lo+1 >= len(numbers) {
		return numbers[len(numbers)-1]
	}
	return numbers[lo] + (at-float64(lo))*(numbers[lo+1]-numbers[lo])
}
