package queue

import (
	"errors"
	"sync"

	"github.com/lynceus-io/lynceus/event"
)

// DefaultBytes is the memory of a queue unless told otherwise: some 12,000 events, which is half a second of 20,000 a
// second.
const DefaultBytes = 8 << 20

// ErrClosed says that a queue is closed and nothing is left in it.
var ErrClosed = errors.New("queue: closed")

// Item is what a queue has to know of an event.
type Item struct {
	// Container is whose share the event counts to; "" is the node's own.
	Container string
	// Pod is the uid of its pod, Class its table: what is given up is counted by these.
	Pod   string
	Class event.Class
	// Matters says that raw events are given up before it.
	Matters bool
}

// Of returns what a queue has to know of an event: findings and reports of health matter.
func Of(e *event.Event) Item {
	return Item{
		Container: event.ContainerUID.Get(e), Pod: event.K8sPodUID.Get(e), Class: e.Class,
		Matters: e.Class == event.ClassFinding || e.Class == event.ClassHealth,
	}
}

// Queue is the queue. Several goroutines may put, one may take.
type Queue struct {
	mu     sync.Mutex
	some   sync.Cond
	limit  int64
	levels [2]level // raw events, and what matters
	free   freeList
	order  uint64
	held   int64 // bytes of both levels
	ready  bool  // the taker is to look
	closed bool
	counts Counts
	shed   shedCounts
}

// The levels.
const (
	raw = iota
	matters
)

// wakeBytes is how much may gather before the taker is woken without Flush.
const wakeBytes = 64 << 10

// New returns a queue that holds at most so many bytes, DefaultBytes when 0: of events and of what it takes to keep them.
func New(bytes int64) *Queue {
	if bytes <= 0 {
		bytes = DefaultBytes
	}
	q := &Queue{limit: bytes, shed: shedCounts{}}
	q.some.L = &q.mu
	for i := range q.levels {
		q.levels[i].shares = map[string]*share{}
	}
	return q
}

// Put takes an event in its encoded form, of which it keeps a copy. It does not wait.
func (q *Queue) Put(it Item, data []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.counts.Put++
	cost := costOf(len(data))
	if q.closed || cost > q.limit || !q.makeRoom(it, cost) {
		q.give(it)
		return
	}
	at := raw
	if it.Matters {
		at = matters
	}
	q.order++
	buf := append(q.free.get(len(data)), data...)
	q.levels[at].add(it, buf, q.order)
	q.held += cost
	q.counts.Peak = max(q.counts.Peak, q.held)
	if !q.ready && q.held >= wakeBytes {
		q.wake()
	}
}

// Flush has the taker look at what is there.
func (q *Queue) Flush() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.held > 0 && !q.ready {
		q.wake()
	}
}

// Close lets the taker have what is left, and nothing more be put.
func (q *Queue) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.wake()
}

func (q *Queue) wake() {
	q.ready = true
	q.some.Signal()
}

// Take appends the next event to dst and returns it with what Put was told of it, waiting for one if wait is set. Without one it returns false: then
// the queue is empty. The error is ErrClosed when nothing will come any more.
func (q *Queue) Take(dst []byte, wait bool) (_ []byte, it Item, ok bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.held == 0 || wait && !q.ready {
		switch {
		case q.closed && q.held == 0:
			return dst, it, false, ErrClosed
		case q.closed:
			q.ready = true
			continue
		case q.held == 0:
			q.ready = false
		}
		if !wait {
			return dst, it, false, nil
		}
		q.some.Wait()
	}
	at := matters
	if q.levels[matters].held == 0 {
		at = raw
	}
	it, buf := q.levels[at].takeOldest()
	q.held -= costOf(len(buf))
	q.counts.Taken++
	dst = append(dst, buf...)
	q.free.put(buf)
	if q.held == 0 {
		q.ready = false
	}
	return dst, it, true, nil
}

// makeRoom gives up what is held so that an item of that cost finds room, and reports whether it does.
func (q *Queue) makeRoom(it Item, cost int64) bool {
	for q.held+cost > q.limit {
		switch {
		case it.Matters && q.levels[raw].held > 0:
			q.giveUp(raw)
		case it.Matters && q.levels[matters].mayHold(it.Container, cost):
			q.giveUp(matters)
		case !it.Matters && q.levels[raw].held > 0 && q.levels[raw].mayHold(it.Container, cost):
			q.giveUp(raw)
		default:
			return false
		}
	}
	return true
}

// giveUp gives up the newest event of the container that holds the most at a level.
func (q *Queue) giveUp(at int) {
	it, buf := q.levels[at].dropNewest()
	q.held -= costOf(len(buf))
	q.free.put(buf)
	q.give(it)
}

func (q *Queue) give(it Item) {
	q.counts.Shed++
	q.shed.add(it)
}
