package detect

import "slices"

// decision is something that a group decides when time has passed. What
// happens at that very time still counts.
type decision struct {
	due int64
	// meeting and checks: whether the absent legs of a meeting stayed away.
	meeting meeting
	checks  []check
	// opened is when the window opened that a condition with a negation is
	// judged on. With neither, the group's tally is judged.
	opened   int64
	negation bool
	bytes    int64
}

// later has a group decide something after d.due.
func (w *correlator) later(g *group, d decision) {
	d.bytes = 192 + int64(48*len(d.checks))
	for i := range d.meeting.entries {
		d.bytes += 240 + int64(24*len(d.meeting.entries[i].vals))
	}
	i := len(g.pending)
	for i > 0 && g.pending[i-1].due > d.due {
		i--
	}
	g.pending = slices.Insert(g.pending, i, d)
	g.grow(d.bytes)
	if i == 0 {
		w.timers.add(g, d.due)
		w.s.wake(d.due + 1)
	}
}

// due returns when the next decision is.
func (w *correlator) due() (t int64, ok bool) {
	if len(w.timers.h) == 0 {
		return 0, false
	}
	return w.timers.h[0].due, true
}

// decide makes the next decision, if it still is one.
func (w *correlator) decide() {
	t := w.timers.h.pop()
	g := t.g
	if g.round != t.round || len(g.pending) == 0 || g.pending[0].due != t.due {
		return
	}
	d := g.pending[0]
	g.pending[0] = decision{}
	if g.pending = g.pending[1:]; len(g.pending) > 0 {
		w.timers.add(g, g.pending[0].due)
	}
	g.grow(-d.bytes)
	switch {
	case d.checks != nil:
		w.closeAbsence(g, &d)
	case d.negation:
		w.closeMeeting(g, &d)
	default:
		w.closeTally(g, &d)
	}
	w.evict()
}

// endedEarly says so when the input ended before due.
func (w *correlator) endedEarly(due int64) []string {
	if due <= w.s.clock {
		return nil
	}
	return []string{"the log ends before the time in which it could have turned out otherwise"}
}

// timers are the groups that have something to decide, each by its first
// decision: by time, and then in the order in which they came.
type timers struct {
	h   minHeap[timer]
	seq uint64
}

// timer is void when the group is in another round or decides something else
// next.
type timer struct {
	due   int64
	seq   uint64
	g     *group
	round int
}

func (t timer) less(o timer) bool { return t.due < o.due || t.due == o.due && t.seq < o.seq }

func (t *timers) add(g *group, due int64) {
	t.seq++
	t.h.push(timer{due, t.seq, g, g.round})
}
