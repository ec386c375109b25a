package detect

import (
	"sort"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// entry is one match in a window: a request that a rule matched, or what
// another correlation found.
type entry struct {
	time  int64
	uid   event.UID
	about *about // of a request
	burst *burst // of a correlation
	part  event.UID
	named bool // part is a finding
	vals  []value
	hash  uint64  // of what is counted as one value
	num   float64 // what is added up
	leg   int
	done  event.UID // finding that it was counted in
}

// bytes is about what an entry takes.
func (e *entry) bytes() int64 {
	n := int64(224 + 24*len(e.vals))
	if e.about != nil {
		n += e.about.size
	}
	return n
}

// row is entries in order of (time, identity).
type row []entry

// insert adds e in its place and reports whether it was not there yet.
func (r *row) insert(e entry) bool {
	s := *r
	i := len(s)
	for i > 0 && before(e.time, e.uid, s[i-1].time, s[i-1].uid) {
		i--
	}
	if i > 0 && s[i-1].uid == e.uid && s[i-1].time == e.time {
		return false
	}
	s = append(s, entry{})
	copy(s[i+1:], s[i:])
	s[i] = e
	*r = s
	return true
}

// remove takes out the entry with an identity, looking from the end, and
// returns it.
func (r *row) remove(uid event.UID) (entry, bool) {
	s := *r
	for i := len(s) - 1; i >= 0; i-- {
		if s[i].uid == uid {
			e := s[i]
			copy(s[i:], s[i+1:])
			s[len(s)-1] = entry{}
			*r = s[:len(s)-1]
			return e, true
		}
	}
	return entry{}, false
}

// drop takes out the first n entries and returns their size.
func (r *row) drop(n int) (bytes int64) {
	if n <= 0 {
		return 0
	}
	s := *r
	for i := range s[:n] {
		bytes += s[i].bytes()
	}
	clear(s[:n])
	*r = s[n:]
	return bytes
}

// from returns the index of the first entry at or after t.
func (r row) from(t int64) int {
	if n := len(r); n == 0 || r[n-1].time < t {
		return n
	}
	return sort.Search(len(r), func(i int) bool { return r[i].time >= t })
}

// until returns the index after the last entry at or before t.
func (r row) until(t int64) int {
	if n := len(r); n == 0 || r[n-1].time <= t {
		return n
	}
	return sort.Search(len(r), func(i int) bool { return r[i].time > t })
}

// between returns the entries from one time to another, both included.
func (r row) between(from, to int64) row {
	i, j := r.from(from), r.until(to)
	if i >= j {
		return nil
	}
	return r[i:j]
}

// group is the window of one correlation for one combination of values.
type group struct {
	c       *correlation
	total   *int64 // bytes of all groups
	bytes   int64
	key     string
	cluster string
	vals    []value // of the slots it is grouped by
	rows    []row   // of each leg; one for all where order does not matter
	latest  int64
	burst   *burst
	// round changes when the group begins anew: what was scheduled before is
	// void.
	round int

	counts map[uint64]int // slidingDistinct: how often each value is there
	sum    float64        // slidingSum
	tally  *tally         // closing

	pending []decision // by time

	prev, next *group // by last use
}

// grow accounts for memory.
func (g *group) grow(bytes int64) {
	g.bytes += bytes
	*g.total += bytes
}

// put adds an entry to a row and reports whether it was not there yet.
func (g *group) put(at int, e entry) bool {
	if !g.rows[at].insert(e) {
		return false
	}
	g.grow(e.bytes())
	if g.c.kind == slidingDistinct {
		if g.counts == nil {
			g.counts = map[uint64]int{}
		}
		g.counts[e.hash]++
	}
	g.sum += e.num
	return true
}

// forget takes the first n entries out of a row.
func (g *group) forget(at, n int) {
	for i := range g.rows[at][:n] {
		g.uncount(&g.rows[at][i])
	}
	g.grow(-g.rows[at].drop(n))
	if len(g.rows[at]) == 0 {
		g.sum = 0 // what rounding left
	}
}

// uncount takes an entry out of the running figures.
func (g *group) uncount(e *entry) {
	g.sum -= e.num
	if g.counts != nil {
		if g.counts[e.hash]--; g.counts[e.hash] <= 0 {
			delete(g.counts, e.hash)
		}
	}
}

// prune forgets what is before a time.
func (g *group) prune(before int64) {
	for at := range g.rows {
		if n := g.rows[at].from(before); n > 0 {
			g.forget(at, n)
		}
	}
}

// withdraw takes out what one match added.
func (g *group) withdraw(uid event.UID, leg int) {
	at := 0
	if len(g.rows) > 1 {
		at = leg
	}
	if e, ok := g.rows[at].remove(uid); ok {
		g.uncount(&e)
		g.grow(-e.bytes())
	}
	if g.tally != nil {
		g.tally.withdraw(uid)
	}
}

// halve forgets the older half of what a group keeps, and reports whether
// there was anything to forget. A group that waits for something not to happen
// forgets everything: it could not know any more.
func (g *group) halve() bool {
	if g.tally != nil {
		bytes := g.tally.halve()
		g.grow(-bytes)
		return bytes > 0
	}
	if len(g.pending) > 0 {
		g.clear()
		return true
	}
	longest := 0
	for at := range g.rows {
		if len(g.rows[at]) > len(g.rows[longest]) {
			longest = at
		}
	}
	n := (len(g.rows[longest]) + 1) / 2
	g.forget(longest, n)
	return n > 0
}

// clear makes a group as new.
func (g *group) clear() {
	for at := range g.rows {
		g.forget(at, len(g.rows[at]))
	}
	g.round++
	g.burst, g.tally, g.pending = nil, nil, nil
	g.grow(groupBytes + int64(2*len(g.key)) - g.bytes)
}

// end ends what the group found last: the next is another.
func (g *group) end() {
	if g.burst != nil {
		g.grow(-g.burst.bytes)
		g.burst = nil
	}
}

// groupBytes is what a group takes besides its entries.
const groupBytes = 512

// burst is something that a correlation found and that may go on: as long as
// it does, it is one match.
type burst struct {
	uid      event.UID // tells it from others, for correlations of correlations
	id       event.UID // of the finding
	last     int64
	matched  bool // it is new, where the rule asks for that
	severity rule.Severity
	reasons  uint64
	answers  []Answer
	// requests are those that it consists of, for correlations of
	// correlations; at most maxBurstRequests.
	requests []entry
	bytes    int64
}

// maxBurstRequests is how many requests a correlation hands on to one that
// refers to it.
const maxBurstRequests = 1000

// groupList is all groups, those used last first.
type groupList struct{ head, tail *group }

func (l *groupList) front(g *group) {
	g.prev, g.next = nil, l.head
	if l.head != nil {
		l.head.prev = g
	}
	l.head = g
	if l.tail == nil {
		l.tail = g
	}
}

func (l *groupList) unlink(g *group) {
	if g.prev != nil {
		g.prev.next = g.next
	} else {
		l.head = g.next
	}
	if g.next != nil {
		g.next.prev = g.prev
	} else {
		l.tail = g.prev
	}
	g.prev, g.next = nil, nil
}
