package detect

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/lynceus-io/lynceus/rule"
)

// correlator runs the correlations of a State.
type correlator struct {
	s       *State
	list    groupList
	bytes   int64
	evicted int64
	timers  timers
	key     []byte
}

// newCorrelator compiles the correlations among the State's plans.
func newCorrelator(b *planner, s *State) (*correlator, error) {
	if err := b.compileCorrelations(s.plans); err != nil {
		return nil, err
	}
	for _, p := range s.plans {
		b.columns(&p.values, p.valueRefs)
	}
	return &correlator{s: s}, nil
}

// feed hands a match to the correlations that its rule is part of.
func (w *correlator) feed(a *about, h *hit) {
	for _, place := range h.plan.parents {
		vals := make([]value, len(place.from))
		for i, at := range place.from {
			vals[i] = h.values[at]
		}
		w.insert(place, a.cluster, entry{time: a.time, uid: a.uid, about: a, part: h.id, named: h.plan.finds, vals: vals, leg: place.leg})
	}
	w.evict()
}

// insert puts a match into its window. A match without one of the values that
// are grouped by is in no group.
func (w *correlator) insert(place *parent, cluster string, e entry) {
	c := place.c
	for _, v := range e.vals[:c.groupBy] {
		if !v.present {
			return
		}
	}
	if !w.measure(c, &e) {
		return
	}
	g := w.group(c, cluster, &e)
	if g.latest-e.time > c.span {
		// It is too old to share a window with what is there: time jumped
		// back, as between logs that were put together out of order.
		g.clear()
		g.latest = e.time
		w.evicted++
	}
	g.prune(e.time - c.horizon())
	if e.burst != nil {
		// It goes on: its place in the window is that of its latest part.
		g.withdraw(e.uid, e.leg)
	}
	g.latest = max(g.latest, e.time)
	switch c.kind {
	case slidingCount, slidingDistinct, slidingSum:
		w.slide(g, e)
	case closing:
		w.tally(g, e)
	default:
		w.meet(g, e)
	}
}

// horizon is how far back a window must reach.
func (c *correlation) horizon() int64 {
	if len(c.order.absent) > 0 || c.order.negated != 0 {
		return 2 * c.span
	}
	return c.span
}

// measure fills in what is counted; it reports false when the match does not
// have it.
func (w *correlator) measure(c *correlation, e *entry) bool {
	if len(c.field) == 0 {
		return true
	}
	parts := make([]string, 0, len(c.field))
	for _, i := range c.field {
		if !e.vals[i].present {
			return false
		}
		parts = append(parts, e.vals[i].text)
	}
	if c.def.Type == rule.ValueCount {
		u := w.s.hasher.Sum("value", parts...)
		e.hash = binary.LittleEndian.Uint64(u[:])
		return true
	}
	n, err := strconv.ParseFloat(parts[0], 64)
	e.num = n
	return err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// group returns the group of a match, making it when there is none.
func (w *correlator) group(c *correlation, cluster string, e *entry) *group {
	vals := e.vals[:c.groupBy]
	w.key = appendKey(w.key[:0], cluster, vals)
	g := c.groups[string(w.key)]
	if g != nil {
		w.list.unlink(g)
		w.list.front(g)
		return g
	}
	g = &group{c: c, total: &w.bytes, key: string(w.key), cluster: cluster, vals: append([]value(nil), vals...), rows: make([]row, c.rowCount()), latest: e.time}
	g.grow(groupBytes + int64(2*len(g.key)))
	c.groups[g.key] = g
	w.list.front(g)
	return g
}

// rowCount is how many rows a group has: one for each leg where it matters
// which rule matched.
func (c *correlation) rowCount() int {
	if c.kind == temporal || c.kind == temporalOrdered {
		return len(c.legs)
	}
	return 1
}

// appendKey writes values so that no two lists give the same bytes.
func appendKey(dst []byte, cluster string, vals []value) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(cluster)))
	dst = append(dst, cluster...)
	for _, v := range vals {
		dst = binary.AppendUvarint(dst, uint64(len(v.text)))
		dst = append(dst, v.text...)
	}
	return dst
}

// withdraw takes a match out of the windows it is in. What was found with it
// stays found.
func (w *correlator) withdraw(a *about, h *hit) {
	for _, place := range h.plan.parents {
		c := place.c
		vals := make([]value, c.groupBy)
		for i := range vals {
			vals[i] = h.values[place.from[i]]
		}
		w.key = appendKey(w.key[:0], a.cluster, vals)
		if g := c.groups[string(w.key)]; g != nil {
			g.withdraw(a.uid, place.leg)
		}
	}
}

// evict forgets the windows that were used longest ago until the rest fit.
// Of a single one that is too large, the oldest half goes.
func (w *correlator) evict() {
	for w.bytes > w.s.opts.WindowBytes && w.list.tail != nil {
		g := w.list.tail
		if g == w.list.head {
			if !g.halve() {
				return
			}
			w.evicted++
			continue
		}
		if g.latest >= w.s.judged-g.c.horizon() {
			w.evicted++
		}
		w.remove(g)
	}
}

// remove forgets a group.
func (w *correlator) remove(g *group) {
	if g.c.groups[g.key] != g {
		return
	}
	g.clear()
	g.grow(-g.bytes)
	delete(g.c.groups, g.key)
	w.list.unlink(g)
}
