package detect

import "github.com/lynceus-io/lynceus/event"

// queue holds the requests that wait to be judged, by (time, identity).
type queue struct {
	h     minHeap[queued]
	bytes int64
}

// queued is a request in the queue, and the time that it is judged at.
type queued struct {
	time int64
	r    *request
}

func (q queued) less(p queued) bool {
	return q.time < p.time || q.time == p.time && q.r.about.earlier(p.r.about)
}

func (q *queue) push(r *request, at int64) {
	r.queued = true
	q.bytes += r.size
	q.h.push(queued{at, r})
}

// next returns when the first request is to be judged.
func (q *queue) next() (at int64, ok bool) {
	if len(q.h) == 0 {
		return 0, false
	}
	return q.h[0].time, true
}

func (q *queue) pop() *request {
	r := q.h.pop().r
	r.queued = false
	q.bytes -= r.size
	return r
}

// openRequests are those of which a later stage is expected, in the order in
// which they came.
type openRequests struct {
	byUID map[event.UID]*openRequest
	// head and tail of the list.
	head, tail *openRequest
	bytes, max int64
}

// openRequest is an element of the list of open requests.
type openRequest struct {
	*request
	prev, next *openRequest
	bytes      int64
}

// openBytes is what an open request takes besides itself.
const openBytes = 160

func (o *openRequests) get(uid event.UID) *request {
	if e := o.byUID[uid]; e != nil {
		return e.request
	}
	return nil
}

// first returns the request that came first, or nil.
func (o *openRequests) first() *request {
	if o.head == nil {
		return nil
	}
	return o.head.request
}

// put adds a request. When one of the same identity is open already, get
// finds the new one, and the old one stays until it is removed.
func (o *openRequests) put(r *request) {
	if o.byUID == nil {
		o.byUID = map[event.UID]*openRequest{}
	}
	e := &openRequest{request: r, prev: o.tail, bytes: r.size + openBytes}
	if o.tail != nil {
		o.tail.next = e
	} else {
		o.head = e
	}
	o.tail = e
	r.opened = e
	o.byUID[r.about.uid] = e
	o.bytes += e.bytes
}

// remove takes a request out; it does nothing when it is not there.
func (o *openRequests) remove(r *request) {
	e := r.opened
	if e == nil {
		return
	}
	r.opened = nil
	if o.byUID[r.about.uid] == e {
		delete(o.byUID, r.about.uid)
	}
	o.bytes -= e.bytes
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		o.head = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	} else {
		o.tail = e.prev
	}
}
