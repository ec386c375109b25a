package detect

import "slices"

// maxRow is how many matches of one rule a temporal window keeps.
const maxRow = 4096

// meet adds a match to the window of a temporal correlation and looks whether
// it completes what is asked for.
func (w *correlator) meet(g *group, e entry) {
	c := g.c
	if !g.put(e.leg, e) {
		return
	}
	if len(g.rows[e.leg]) > maxRow {
		w.evicted++
		if len(g.pending) > 0 {
			// What it waits for could not be told any more.
			g.clear()
			g.put(e.leg, e)
		} else {
			g.forget(e.leg, 1)
		}
	}
	if c.order.negated != 0 && c.kind == temporal {
		w.later(g, decision{due: e.time + c.span, opened: e.time, negation: true})
		return
	}
	if !slices.Contains(c.order.wanted, e.leg) {
		return
	}
	m, ok := meeting{}, false
	if c.kind == temporalOrdered {
		m, ok = g.chain(&e)
	} else {
		m, ok = g.gather(&e)
	}
	switch {
	case !ok:
		if e.time == g.latest {
			g.end()
		}
	case len(c.order.absent) > 0:
		w.await(g, m)
	default:
		w.fire(g, max(m.last, e.time), m.entries, &e, float64(m.legs), nil)
	}
}

// meeting is a set of matches that has all that is asked for.
type meeting struct {
	first, last int64
	// times of the wanted legs, where they have an order.
	times   []int64
	entries row
	legs    int
}

// gather looks for a window with e in it that satisfies an unordered
// correlation: the one that ends with e, or with one of the matches that came
// later and are there already.
func (g *group) gather(e *entry) (meeting, bool) {
	ends := []int64{e.time}
	if g.latest > e.time {
		for _, leg := range g.c.order.wanted {
			for _, x := range g.rows[leg].between(e.time+1, e.time+g.c.span) {
				ends = append(ends, x.time)
			}
		}
		slices.Sort(ends)
	}
	for _, end := range slices.Compact(ends) {
		if bits := g.bits(end-g.c.span, end); g.c.satisfied(bits) {
			return g.meetingOf(bits, end), true
		}
	}
	return meeting{}, false
}

// bits returns which wanted legs matched between two times.
func (g *group) bits(from, to int64) (bits uint64) {
	for _, leg := range g.c.order.wanted {
		if len(g.rows[leg].between(from, to)) > 0 {
			bits |= 1 << leg
		}
	}
	return bits
}

// meetingOf returns the matches of legs in the window that ends at a time.
// first is the latest time by which all of them had begun to come together.
func (g *group) meetingOf(bits uint64, end int64) meeting {
	m := meeting{first: end, last: end}
	for _, leg := range g.c.order.wanted {
		if bits&(1<<leg) == 0 {
			continue
		}
		in := g.rows[leg].between(end-g.c.span, end)
		m.first = min(m.first, in[len(in)-1].time)
		m.entries = append(m.entries, in...)
		m.legs++
	}
	m.entries.sort()
	return m
}

// chain looks for matches of all wanted legs, one after another, with e among
// them, as close to e as there are.
func (g *group) chain(e *entry) (meeting, bool) {
	wanted := g.c.order.wanted
	times := make([]int64, len(wanted))
	here := slices.Index(wanted, e.leg)
	times[here] = e.time
	at := e
	for k := here - 1; k >= 0; k-- {
		r := g.rows[wanted[k]]
		i := r.until(at.time)
		for i > 0 && r[i-1].uid == at.uid {
			i-- // one request is no two steps
		}
		if i == 0 {
			return meeting{}, false
		}
		at = &r[i-1]
		times[k] = at.time
	}
	at = e
	for k := here + 1; k < len(wanted); k++ {
		r := g.rows[wanted[k]]
		i := r.from(at.time)
		for i < len(r) && r[i].uid == at.uid {
			i++
		}
		if i == len(r) {
			return meeting{}, false
		}
		at = &r[i]
		times[k] = at.time
	}
	m := meeting{first: times[0], last: times[len(times)-1], times: times, legs: len(wanted)}
	if m.last-m.first > g.c.span {
		return meeting{}, false
	}
	for k, leg := range wanted {
		from, until := m.last-g.c.span, m.last
		if k > 0 {
			from = times[k-1]
		}
		if k+1 < len(wanted) {
			until = times[k+1]
		}
		m.entries = append(m.entries, g.rows[leg].between(from, until)...)
	}
	m.entries.sort()
	return m, true
}

// closeMeeting judges, when the window that a match opened has ended, a
// condition that negates legs. A negated leg counts when it matched within
// the window or as long before it.
func (w *correlator) closeMeeting(g *group, d *decision) {
	c, from, due := g.c, d.opened, d.due
	bits := g.bits(from, due)
	for _, leg := range c.order.wanted {
		if c.order.negated&(1<<leg) != 0 && len(g.rows[leg].between(from-c.span, due)) > 0 {
			bits |= 1 << leg
		}
	}
	if !c.satisfied(bits) || bits == 0 {
		return
	}
	m := meeting{first: from, last: due}
	for _, leg := range c.order.wanted {
		if bits&(1<<leg) != 0 {
			m.entries = append(m.entries, g.rows[leg].between(from, due)...)
			m.legs++
		}
	}
	m.entries.sort()
	w.fireApart(g, due, m)
}
