package detect

// check is a time in which a leg must not have matched.
type check struct {
	leg      int
	from, to int64
}

// await has a meeting judged once it is known whether the absent legs stayed
// away.
func (w *correlator) await(g *group, m meeting) {
	d := decision{due: m.last, meeting: m, checks: g.c.checks(m)}
	for _, c := range d.checks {
		d.due = max(d.due, c.to)
	}
	w.later(g, d)
}

// closeAbsence fires unless an absent leg matched when it must not.
func (w *correlator) closeAbsence(g *group, d *decision) {
	for _, c := range d.checks {
		if len(g.rows[c.leg].between(c.from, c.to)) > 0 {
			return
		}
	}
	w.fireApart(g, d.due, d.meeting)
}

// checks returns when the absent legs must stay away. One that stands before
// all wanted ones: for the timespan before them. One that stands after them:
// for the timespan after them. One in the middle: between its neighbours
// where they have an order, else between the first and the last.
func (c *correlation) checks(m meeting) []check {
	var out []check
	for _, leg := range c.order.absent {
		earlier := 0 // wanted legs that stand before it
		for _, x := range c.order.wanted {
			if x < leg {
				earlier++
			}
		}
		from, to := m.first, m.last
		if len(m.times) > 0 && earlier > 0 && earlier < len(m.times) {
			from, to = m.times[earlier-1], m.times[earlier]
		}
		switch earlier {
		case 0:
			from, to = m.first-c.span, m.first
		case len(c.order.wanted):
			from, to = m.last, m.last+c.span
		}
		out = append(out, check{leg, from, to})
	}
	return out
}

// fireApart fires for matches that are judged by themselves: they go on with
// what was found last when they are near it.
func (w *correlator) fireApart(g *group, at int64, m meeting) {
	if b := g.burst; b != nil && m.first-b.last > g.c.span {
		g.end()
	}
	w.fire(g, at, m.entries, nil, float64(m.legs), w.endedEarly(at))
}
