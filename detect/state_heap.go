package detect

// ordered is what a minHeap holds.
type ordered[T any] interface{ less(T) bool }

// minHeap gives back the least of what was put into it.
type minHeap[T ordered[T]] []T

func (h *minHeap[T]) push(x T) {
	s := append(*h, x)
	i := len(s) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !x.less(s[up]) {
			break
		}
		s[i] = s[up]
		i = up
	}
	s[i] = x
	*h = s
}

// pop takes out the least; there must be one.
func (h *minHeap[T]) pop() T {
	s := *h
	least, last := s[0], len(s)-1
	x := s[last]
	var zero T
	s[last] = zero
	s = s[:last]
	i := 0
	for {
		down := 2*i + 1
		if down >= last {
			break
		}
		if down+1 < last && s[down+1].less(s[down]) {
			down++
		}
		if !s[down].less(x) {
			break
		}
		s[i] = s[down]
		i = down
	}
	if last > 0 {
		s[i] = x
	}
	*h = s
	return least
}
