package queue

import (
	"cmp"
	"maps"
	"slices"

	"github.com/lynceus-io/lynceus/event"
)

// Counts are what went through a queue: Put is the sum of Taken, Shed and what is held.
type Counts struct {
	Put, Taken, Shed uint64
	// Held is how many bytes are held, Peak how many were held at most.
	Held, Peak int64
}

// Counts returns the counts.
func (q *Queue) Counts() Counts {
	q.mu.Lock()
	defer q.mu.Unlock()
	c := q.counts
	c.Held = q.held
	return c
}

// Shed is how many events of a table and of a pod or container were given up.
type Shed struct {
	// Pod and Container are uids, both empty for the node's own processes. Others says that it is the sum of all that are
	// not counted one by one.
	Pod, Container string
	Others         bool
	Class          event.Class
	Events         uint64
}

// maxShed bounds the pods, containers and tables that are counted one by one.
const maxShed = 1024

type shedKey struct {
	pod, container string
	others         bool
	class          event.Class
}

type shedCounts map[shedKey]uint64

func (s shedCounts) add(it Item) {
	k := shedKey{pod: it.Pod, container: it.Container, class: it.Class}
	if _, known := s[k]; !known && len(s) >= maxShed {
		k = shedKey{others: true, class: it.Class}
	}
	s[k]++
}

// TakeShed returns what was given up since it was called last, the most first.
func (q *Queue) TakeShed() []Shed {
	q.mu.Lock()
	counts := q.shed
	q.shed = shedCounts{}
	q.mu.Unlock()
	out := make([]Shed, 0, len(counts))
	for _, k := range slices.SortedFunc(maps.Keys(counts), func(a, b shedKey) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.container, b.container), cmp.Compare(a.class, b.class))
	}) {
		out = append(out, Shed{Pod: k.pod, Container: k.container, Others: k.others, Class: k.class, Events: counts[k]})
	}
	return out
}
