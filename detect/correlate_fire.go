package detect

import (
	"math"
	"slices"
	"strconv"

	"github.com/lynceus-io/lynceus/event"
)

// sort puts entries of several rows in order.
func (r row) sort() {
	slices.SortFunc(r, func(a, b entry) int {
		if before(a.time, a.uid, b.time, b.uid) {
			return -1
		}
		if a.uid == b.uid && a.time == b.time {
			return 0
		}
		return 1
	})
}

// fire says that the condition of a group's correlation holds at a time, by
// entries. While it goes on to hold it is one burst, to which latest is added;
// with latest nil all entries are.
func (w *correlator) fire(g *group, at int64, entries row, latest *entry, figure float64, notes []string) {
	p := g.c.plan
	vals := g.values(entries)
	b, begun := g.burst, false
	if b == nil {
		b, begun = w.begin(g, at, vals), true
		g.burst = b
	}
	b.last = max(b.last, at)
	if !b.matched {
		return
	}
	if begun || latest == nil {
		for i := range entries {
			w.contribute(g, b, &entries[i], figure, notes)
		}
	} else {
		w.contribute(g, b, latest, figure, notes)
	}
	for _, place := range p.parents {
		e := entry{time: at, uid: b.uid, burst: b, part: b.id, named: p.finds, leg: place.leg}
		for _, i := range place.from {
			e.vals = append(e.vals, vals[i])
		}
		w.insert(place, g.cluster, e)
	}
}

// values returns the values of all slots: those of the group, and of the rest
// the latest that a match has.
func (g *group) values(entries row) []value {
	out := make([]value, len(g.c.slots))
	copy(out, g.vals)
	for i := len(g.vals); i < len(out); i++ {
		for j := len(entries) - 1; j >= 0 && !out[i].present; j-- {
			out[i] = entries[j].vals[i]
		}
	}
	return out
}

// begin begins a burst: it asks the memory and decides the severity.
func (w *correlator) begin(g *group, at int64, vals []value) *burst {
	p, s := g.c.plan, w.s
	b := &burst{last: at}
	start := floorDiv(at, p.window) * p.window
	b.uid = g.id(s.hasher, "burst", at)
	b.id = g.id(s.hasher, "correlation", start)
	var keys []noveltyKey
	for i := range p.novelties {
		n := &p.novelties[i]
		parts := []string{n.kind, g.cluster}
		for _, slot := range n.slots {
			parts = append(parts, vals[slot].text)
		}
		keys = append(keys, s.noveltyHash(parts, 2+len(n.withinRefs)))
	}
	b.answers = s.ask(p, keys, at)
	b.matched = p.fresh == none || b.answers[p.fresh] == AnswerNew
	b.severity, b.reasons = p.judge(math.MaxUint64, b.answers, false)
	s.remember(p, keys, at, b.matched && p.finds && b.severity >= reviewed)
	return b
}

// id returns an identity for what a group found.
func (g *group) id(h *event.UIDHasher, kind string, at int64) event.UID {
	parts := []string{g.c.plan.rule.ID, g.cluster, strconv.FormatInt(at, 10)}
	for _, v := range g.vals {
		parts = append(parts, v.text)
	}
	return h.Sum(kind, parts...)
}

// contribute adds what one match is about to a burst.
func (w *correlator) contribute(g *group, b *burst, e *entry, figure float64, notes []string) {
	if e.burst == nil {
		w.request(g, b, e, figure, notes)
		return
	}
	for i := range e.burst.requests {
		r := e.burst.requests[i]
		if e.named {
			r.part, r.named = e.part, true
		}
		w.request(g, b, &r, figure, notes)
	}
}

// requestBytes is what a request of a burst takes.
const requestBytes = 256

// request adds one request to a burst and to its finding.
func (w *correlator) request(g *group, b *burst, e *entry, figure float64, notes []string) {
	p := g.c.plan
	if len(p.parents) > 0 && len(b.requests) < maxBurstRequests {
		b.requests = append(b.requests, entry{time: e.time, uid: e.uid, about: e.about, part: e.part, named: e.named})
		g.grow(requestBytes)
		b.bytes += requestBytes
	}
	if !p.finds || e.done == b.id || w.s.off(p, g.cluster, e.time) {
		return
	}
	e.done = b.id
	t := w.s.findings
	id, reported := t.shared(p, b.id, e.about)
	if reported {
		return
	}
	f := t.get(p, id, e.about)
	f.note(g, e, figure, notes)
	if _, there := f.index(e.about); there {
		return
	}
	f.raise(b.severity, b.reasons, b.answers, e.about)
	t.add(f, e.about)
}

// note adds to a finding what a correlation has to say besides its requests.
func (f *building) note(g *group, e *entry, figure float64, notes []string) {
	if g.c.kind < temporal && !f.summary {
		f.blend = blendSame
	}
	if e.named && len(f.parts) < maxParts {
		if f.parts == nil {
			f.parts = map[event.UID]bool{}
		}
		f.parts[e.part] = true
	}
	for _, n := range notes {
		if !slices.Contains(f.notes, n) {
			f.notes = append(f.notes, n)
		}
	}
	if f.summary {
		return
	}
	if f.evidence == nil {
		for i, v := range g.vals {
			f.evidence = append(f.evidence, Value{g.c.slots[i].name, v.text})
		}
		f.evidence = append(f.evidence, counted(g.c.figureName(), figure))
		f.figure = figure
	}
	if figure > f.figure {
		f.figure = figure
		f.evidence[len(f.evidence)-1] = counted(g.c.figureName(), figure)
	}
}

// figureName says what the figure of a correlation is.
func (c *correlation) figureName() string {
	if c.kind >= temporal {
		return "rules"
	}
	return string(c.def.Type)
}
