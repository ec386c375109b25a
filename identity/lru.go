package identity

// lru is a map of bounded size that forgets what was used longest ago.
type lru[K comparable, V any] struct {
	m       map[K]*entry[K, V]
	head    *entry[K, V] // used last
	tail    *entry[K, V]
	max     int
	evicted int64
}

type entry[K comparable, V any] struct {
	key        K
	value      V
	prev, next *entry[K, V]
}

// newLRU returns an lru that holds as many entries of so many bytes each as
// fit, at least 64.
func newLRU[K comparable, V any](bytes int64, each int64) *lru[K, V] {
	return &lru[K, V]{m: map[K]*entry[K, V]{}, max: int(max(bytes/each, 64))}
}

// get returns a pointer to the value of k, or nil. The pointer is good as
// long as the entry is not forgotten.
func (l *lru[K, V]) get(k K) *V {
	e := l.m[k]
	if e == nil {
		return nil
	}
	if l.head != e {
		l.unlink(e)
		l.front(e)
	}
	return &e.value
}

// put adds an entry for k, which must not be there, and returns its value to
// be filled in.
func (l *lru[K, V]) put(k K) *V {
	if len(l.m) >= l.max {
		last := l.tail
		l.unlink(last)
		delete(l.m, last.key)
		l.evicted++
	}
	e := &entry[K, V]{key: k}
	l.m[k] = e
	l.front(e)
	return &e.value
}

// remove forgets k.
func (l *lru[K, V]) remove(k K) {
	if e := l.m[k]; e != nil {
		l.unlink(e)
		delete(l.m, k)
	}
}

func (l *lru[K, V]) front(e *entry[K, V]) {
	e.prev, e.next = nil, l.head
	if l.head != nil {
		l.head.prev = e
	}
	l.head = e
	if l.tail == nil {
		l.tail = e
	}
}

func (l *lru[K, V]) unlink(e *entry[K, V]) {
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		l.head = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	} else {
		l.tail = e.prev
	}
}
