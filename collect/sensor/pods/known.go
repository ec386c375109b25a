package pods

import (
	"context"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
)

const (
	// keepGone is how long a pod is remembered after it was deleted: what its processes did last comes later, and a
	// container may be ended long after its pod.
	keepGone = 10 * time.Minute
	// maxBytes bounds what is remembered of pods. A node that is full has some hundreds of them, of a kilobyte each.
	maxBytes = 8 << 20
)

// entry is a pod with what is needed to find out its owner.
type entry struct {
	pod  *container.Pod
	hash string // its second UID, if it has one
	gone time.Time
	size int64
}

// known are the pods of the node, now and until lately. It may be used by several goroutines at once.
type known struct {
	mu      sync.Mutex
	byUID   map[string]*entry // by both UIDs
	deleted []*entry          // in the order in which they were
	bytes   int64
	refused uint64
	changed chan struct{} // closed when something is added
}

func newKnown() *known { return &known{byUID: map[string]*entry{}, changed: make(chan struct{})} }

// get returns a pod, nil when it is not known, and what is closed when more is.
func (k *known) get(uid string) (*container.Pod, <-chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if e := k.byUID[uid]; e != nil {
		return e.pod, k.changed
	}
	return nil, k.changed
}

// wait returns a pod as soon as it is known.
func (k *known) wait(ctx context.Context, uid string) (*container.Pod, error) {
	for {
		p, changed := k.get(uid)
		if p != nil {
			return p, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// put adds a pod, or what is new of it. What was found out of its owner stays.
func (k *known) put(p *container.Pod, hash string, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.forget(now)
	if was := k.byUID[p.UID]; was != nil {
		if p.ByName && !was.pod.ByName && was.pod.Kind != "" {
			p.Kind, p.Workload, p.ByName = was.pod.Kind, was.pod.Workload, false
		}
		if was.gone.IsZero() {
			k.remove(was)
		} // else it stays in the queue of those that are gone, and leaves it later without effect
	}
	e := &entry{pod: p, hash: hash, size: size(p) + int64(len(hash))}
	if k.bytes+e.size > maxBytes {
		k.refused++
		return
	}
	k.bytes += e.size
	k.byUID[p.UID] = e
	if hash != "" {
		k.byUID[hash] = e
	}
	close(k.changed)
	k.changed = make(chan struct{})
}

// owned says who owns the owner of a pod.
func (k *known) owned(uid, kind, name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.byUID[uid]
	if e == nil {
		return
	}
	p := *e.pod // whoever has the old one keeps it
	p.Kind, p.Workload, p.ByName = kind, name, false
	e.pod = &p
}

// end notes that a pod was deleted.
func (k *known) end(uid string, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ended(k.byUID[uid], now)
}

func (k *known) ended(e *entry, now time.Time) {
	if e != nil && e.gone.IsZero() {
		e.gone = now
		k.deleted = append(k.deleted, e)
	}
}

// endOthers notes that all but the given pods were deleted.
func (k *known) endOthers(present map[string]bool, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, e := range k.byUID {
		if !present[e.pod.UID] {
			k.ended(e, now)
		}
	}
	k.forget(now)
}

// forget lets go of pods that were deleted long ago, and of others that were when there is little room.
func (k *known) forget(now time.Time) {
	n := 0
	for ; n < len(k.deleted); n++ {
		e := k.deleted[n]
		if now.Sub(e.gone) < keepGone && k.bytes < maxBytes*3/4 {
			break
		}
		k.remove(e)
	}
	k.deleted = append(k.deleted[:0], k.deleted[n:]...)
}

// remove forgets an entry, unless another has taken its place.
func (k *known) remove(e *entry) {
	if e.size == 0 {
		return
	}
	k.bytes -= e.size
	e.size = 0
	if k.byUID[e.pod.UID] == e {
		delete(k.byUID, e.pod.UID)
	}
	if e.hash != "" && k.byUID[e.hash] == e {
		delete(k.byUID, e.hash)
	}
}

// count returns how many pods are known, how much memory they take, and how many were refused for want of it.
func (k *known) count() (pods int, bytes int64, refused uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for uid, e := range k.byUID {
		if uid == e.pod.UID {
			pods++
		}
	}
	return pods, k.bytes, k.refused
}
