package spool

import (
	"cmp"
	"maps"
	"slices"
)

// floodPart is which part of what a lane holds makes an owner one who floods: its batches are given up before older ones of
// others.
const floodPart = 8

// giveUp gives up a segment, on the disk or in memory, of a lane that is no more important than the one that needs room, and
// reports whether there was one.
func (s *Spool) giveUp(lane Lane, inMemory bool) bool {
	for l := lanes; l > lane; l-- {
		if g := s.victim(&s.lanes[l-1], inMemory); g != nil {
			s.count(g, s.shed, &s.counts.Shed)
			s.drop(l-1, g)
			return true
		}
	}
	return false
}

// victim returns the segment that a lane gives up first: the oldest of the owner that holds the most, if that is much, or
// else the oldest.
func (s *Spool) victim(l *lane, inMemory bool) *segment {
	var oldest, flood *segment
	most := l.bytes() / floodPart
	for _, t := range l.streams {
		at := slices.IndexFunc(t.segments, func(g *segment) bool { return g.inMemory == inMemory })
		if at < 0 {
			continue
		}
		g := t.segments[at]
		if t.owner != "" && t.bytes > most {
			most, flood = t.bytes, g
		}
		if oldest == nil || before(g, oldest) {
			oldest = g
		}
	}
	return cmp.Or(flood, oldest)
}

// before reports whether a segment has the older batches.
func before(a, b *segment) bool {
	return cmp.Or(cmp.Compare(a.header.generation, b.header.generation), cmp.Compare(a.last, b.last)) < 0
}

// count counts the batches of a segment that are not done, but for the one that is being sent.
func (s *Spool) count(g *segment, into shares, sum *uint64) {
	sending := s.sending.generation == g.header.generation && s.sending.Lane == g.header.lane
	for at := g.at; at < g.size; {
		e, err := g.headAt(at, s.buf)
		if err != nil {
			s.counts.Damaged++
			return
		}
		if !sending || e.sequence != s.sending.Sequence {
			into.add(e.shares, sum)
		}
		at += e.length()
	}
}

// drop removes a segment.
func (s *Spool) drop(at Lane, g *segment) {
	l := &s.lanes[at]
	t := l.stream(g.header.generation, g.header.owner)
	t.segments = slices.DeleteFunc(t.segments, func(o *segment) bool { return o == g })
	t.bytes -= g.size
	if len(t.segments) == 0 {
		l.streams = slices.DeleteFunc(l.streams, func(o *stream) bool { return o == t })
	}
	s.segments--
	*s.held(g) -= g.size
	if err := g.store.remove(); err != nil {
		s.trouble = err
	}
}

// shares are counts of events.
type shares map[Share]uint64

// maxCounted bounds the pods, containers and tables that are counted one by one.
const maxCounted = 1024

// add adds shares, and their sum.
func (c shares) add(list []Share, sum *uint64) {
	for _, one := range list {
		n := one.Events
		one.Events = 0
		if _, known := c[one]; !known && len(c) >= maxCounted {
			one = Share{Others: true, Class: one.Class}
		}
		c[one] += n
		*sum += n
	}
}

// list returns the counts, the most first.
func (c shares) list() []Share {
	out := make([]Share, 0, len(c))
	for _, k := range slices.SortedFunc(maps.Keys(c), func(a, b Share) int {
		return cmp.Or(cmp.Compare(c[b], c[a]), cmp.Compare(a.Container, b.Container), cmp.Compare(a.Class, b.Class))
	}) {
		k.Events = c[k]
		out = append(out, k)
	}
	return out
}

// TakeShed returns what was given up since it was called last, the most first.
func (s *Spool) TakeShed() []Share { return s.take(&s.shed) }

// TakeLost returns what was lost since it was called last, the most first: batches that were damaged on the disk, those in
// memory at the end, and what the hub refused.
func (s *Spool) TakeLost() []Share { return s.take(&s.lost) }

func (s *Spool) take(from *shares) []Share {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := *from
	*from = shares{}
	return c.list()
}
