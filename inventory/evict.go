package inventory

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

// ownerGrace is how long the pods of an owner may end after it: its deletion
// in the background comes first, and then theirs with their own grace.
const ownerGrace = time.Hour

// endHeap holds the objects that ended, the longest ended first.
type endHeap []*item

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (h endHeap) Len() int           { return len(h) }
func (h endHeap) Less(i, j int) bool { return h[i].rank() < h[j].rank() }
func (h endHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].heapAt, h[j].heapAt = i+1, j+1
}

// Push implements heap.Interface.
func (h *endHeap) Push(x any) {
	i := x.(*item)
	*h = append(*h, i)
	i.heapAt = len(*h)
}

// Pop implements heap.Interface.
func (h *endHeap) Pop() any {
	last := len(*h) - 1
	i := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	i.heapAt = 0
	return i
}

// rank orders what ended: owners live on for a while after their end, as the
// pods that they owned end later.
func (i *item) rank() int64 {
	if _, isOwner := i.self.(*owner); isOwner {
		return i.until + int64(ownerGrace)
	}
	return i.until
}

// place puts an item where its end says.
func (h *endHeap) place(i *item) {
	switch {
	case i.until == 0 && i.heapAt != 0:
		heap.Remove(h, i.heapAt-1)
	case i.until != 0 && i.heapAt == 0:
		heap.Push(h, i)
	case i.until != 0:
		heap.Fix(h, i.heapAt-1)
	}
}

// evict forgets until all fits.
func (h *History) evict() {
	for h.Bytes() > h.limit && len(h.ended) > 0 {
		h.forget(heap.Pop(&h.ended).(*item))
		h.evicted[0]++
	}
	if h.Bytes() > h.limit {
		h.evictLive()
	}
}

// evictLive forgets those of the objects that exist which were not heard of
// for longest, down to a little below the bound, so that it is seldom done.
func (h *History) evictLive() {
	var all []*item
	for _, c := range h.clusters {
		for _, p := range c.pods {
			all = append(all, &p.item)
		}
		for _, n := range c.places {
			all = append(all, &n.item)
		}
		for _, w := range c.owners {
			all = append(all, &w.item)
		}
	}
	slices.SortFunc(all, func(a, b *item) int { return cmp.Compare(a.last, b.last) })
	low := h.limit - h.limit/16
	for _, i := range all {
		if h.Bytes() <= low {
			return
		}
		h.forget(i)
		h.evicted[1]++
	}
}

func (h *History) forget(i *item) {
	delete(i.cluster.missing, i)
	i.self.forget()
	i.charge(0)
	i.cluster.version++
}
