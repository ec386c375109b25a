package queue

import "container/heap"

// entryBytes is what it takes to keep an event besides its encoded form.
const entryBytes = 160

// costOf is what an event of so many encoded bytes counts for: the memory that keeps it.
func costOf(n int) int64 { return int64(bufferSize(n)) + entryBytes }

// level holds events of equal worth, by container.
type level struct {
	shares  map[string]*share
	oldest  []*share // a heap by the order of their first event
	largest *share   // the share that held the most when somebody looked; nil when that has to be done again
	spare   []*share // empty ones, for containers to come
	held    int64
}

// share is what one container holds, in order. It is never empty while the level knows it.
type share struct {
	container string
	entries   []entry
	first     int // index of the first that is still there
	held      int64
	at        int // in the heap
}

type entry struct {
	order uint64
	data  []byte
	item  Item
}

func (l *level) add(it Item, data []byte, order uint64) {
	s := l.shares[it.Container]
	if s == nil {
		s = l.newShare(it.Container)
	}
	s.entries = append(s.entries, entry{order, data, it})
	cost := costOf(len(data))
	s.held += cost
	l.held += cost
	if len(s.entries)-s.first == 1 {
		heap.Push((*byOrder)(l), s)
	}
	if l.largest != nil && s.held > l.largest.held {
		l.largest = s
	}
}

// maxSpare bounds the spare shares, spareEntries the events that one has room for.
const (
	maxSpare     = 32
	spareEntries = 256
)

func (l *level) newShare(container string) *share {
	s := &share{}
	if last := len(l.spare) - 1; last >= 0 {
		s, l.spare = l.spare[last], l.spare[:last]
	}
	s.container = container
	l.shares[container] = s
	return s
}

// remove removes a share that is empty.
func (l *level) remove(s *share) {
	heap.Remove((*byOrder)(l), s.at)
	delete(l.shares, s.container)
	if len(l.spare) < maxSpare && cap(s.entries) <= spareEntries {
		*s = share{entries: s.entries[:0]}
		l.spare = append(l.spare, s)
	}
}

// mayHold reports whether a container would hold less than the one that holds the most if it held so much more.
func (l *level) mayHold(container string, more int64) bool {
	s := l.shares[container]
	if s == nil {
		return l.most() != nil
	}
	most := l.most()
	return most != s && s.held+more <= most.held
}

// most returns the share that holds the most, nil where nothing is held.
func (l *level) most() *share {
	if l.largest == nil {
		for _, s := range l.oldest {
			if l.largest == nil || s.held > l.largest.held {
				l.largest = s
			}
		}
	}
	return l.largest
}

// takeOldest removes the event that came first. There must be one.
func (l *level) takeOldest() (Item, []byte) {
	s := l.oldest[0]
	e := s.entries[s.first]
	s.entries[s.first] = entry{}
	s.first++
	l.shrink(s, costOf(len(e.data)))
	return e.item, e.data
}

// dropNewest removes the last event of the share that holds the most. There must be one.
func (l *level) dropNewest() (Item, []byte) {
	s := l.most()
	last := len(s.entries) - 1
	e := s.entries[last]
	s.entries[last] = entry{}
	s.entries = s.entries[:last]
	l.shrink(s, costOf(len(e.data)))
	return e.item, e.data
}

// shrink takes in that an event of a share was removed.
func (l *level) shrink(s *share, cost int64) {
	s.held -= cost
	l.held -= cost
	if l.largest == s {
		l.largest = nil
	}
	switch {
	case s.first == len(s.entries):
		l.remove(s)
	case s.first > len(s.entries)/2 && s.first >= compactAt:
		n := copy(s.entries, s.entries[s.first:])
		clear(s.entries[n:])
		s.entries, s.first = s.entries[:n], 0
		heap.Fix((*byOrder)(l), s.at)
	default:
		heap.Fix((*byOrder)(l), s.at)
	}
}

// compactAt is how many places of events that have gone may lie before the first.
const compactAt = 64

// byOrder is a level's heap. It implements heap.Interface.
type byOrder level

func (h *byOrder) Len() int { return len(h.oldest) }

func (h *byOrder) Less(i, j int) bool {
	a, b := h.oldest[i], h.oldest[j]
	return a.entries[a.first].order < b.entries[b.first].order
}

func (h *byOrder) Swap(i, j int) {
	h.oldest[i], h.oldest[j] = h.oldest[j], h.oldest[i]
	h.oldest[i].at, h.oldest[j].at = i, j
}

func (h *byOrder) Push(x any) {
	s := x.(*share)
	s.at = len(h.oldest)
	h.oldest = append(h.oldest, s)
}

func (h *byOrder) Pop() any {
	last := len(h.oldest) - 1
	s := h.oldest[last]
	h.oldest[last] = nil
	h.oldest = h.oldest[:last]
	return s
}
