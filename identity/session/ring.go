package session

// ring remembers in which order keys came, as many as it has room for.
type ring[K any] struct {
	keys []K
	next int
}

// push adds a key. When there were most of them already, it returns the oldest, which is not remembered any more.
func (r *ring[K]) push(k K, most int) (old K, full bool) {
	if len(r.keys) < most {
		r.keys = append(r.keys, k)
		return old, false
	}
	old = r.keys[r.next]
	r.keys[r.next] = k
	r.next = (r.next + 1) % most
	return old, true
}
