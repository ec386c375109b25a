package agent

import (
	"context"
	"sync"

	"github.com/lynceus-io/lynceus/inventory"
)

// overhead is about what an object takes in memory beside its document, in
// bytes.
const overhead = 1 << 10

// A queue holds objects that are to be delivered, in order. It is bounded by
// bytes: when it is full, older states of objects that have newer ones are
// let go, and when that does not help, put waits.
type queue struct {
	most int64

	mu        sync.Mutex
	objects   []*inventory.Object
	bytes     int64
	coalesced int64         // states that were let go
	ended     bool          // nothing more will be put
	changed   chan struct{} // closed at the next change
}

func newQueue(most int64) *queue { return &queue{most: most, changed: make(chan struct{})} }

// signal wakes whoever waits. The lock is held.
func (q *queue) signal() {
	close(q.changed)
	q.changed = make(chan struct{})
}

func sizeOf(o *inventory.Object) int64 { return int64(len(o.Document)) + overhead }

// put adds an object, which must not be changed any more. It waits while the
// queue is full, or until ctx ends.
func (q *queue) put(ctx context.Context, o *inventory.Object) {
	for {
		q.mu.Lock()
		if q.bytes > 0 && q.bytes+sizeOf(o) > q.most {
			q.coalesce()
		}
		if q.bytes == 0 || q.bytes+sizeOf(o) <= q.most {
			q.objects = append(q.objects, o)
			q.bytes += sizeOf(o)
			q.signal()
			q.mu.Unlock()
			return
		}
		changed := q.changed
		q.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// identity tells one object from another.
type identity struct{ group, resource, uid string }

// coalesce lets go of states of objects that have newer ones in the queue.
func (q *queue) coalesce() {
	latest := make(map[identity]int, len(q.objects))
	for i, o := range q.objects {
		latest[identity{o.Group, o.Resource, o.UID}] = i
	}
	kept := q.objects[:0]
	for i, o := range q.objects {
		if latest[identity{o.Group, o.Resource, o.UID}] != i {
			q.bytes -= sizeOf(o)
			q.coalesced++
			continue
		}
		kept = append(kept, o)
	}
	clear(q.objects[len(kept):])
	q.objects = kept
}

// take returns the next objects, at least one and not much more than so many
// bytes of them. It waits for the first; nil says that the queue has ended or
// ctx has.
func (q *queue) take(ctx context.Context, most int64) []*inventory.Object {
	for {
		q.mu.Lock()
		if len(q.objects) > 0 {
			n, size := 0, int64(0)
			for n < len(q.objects) && (n == 0 || size+sizeOf(q.objects[n]) <= most) {
				size += sizeOf(q.objects[n])
				n++
			}
			out := append([]*inventory.Object(nil), q.objects[:n]...)
			clear(q.objects[:n])
			q.objects = q.objects[n:]
			q.bytes -= size
			q.signal()
			q.mu.Unlock()
			return out
		}
		ended, changed := q.ended, q.changed
		q.mu.Unlock()
		if ended {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil
		}
	}
}

// begin and end say whether more will be put.
func (q *queue) begin() { q.set(false) }
func (q *queue) end()   { q.set(true) }

func (q *queue) set(ended bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = ended
	q.signal()
}

// stats returns how many objects wait, their bytes, and how many states were
// let go so far.
func (q *queue) stats() (objects int, bytes, coalesced int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.objects), q.bytes, q.coalesced
}
