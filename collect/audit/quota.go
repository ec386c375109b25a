package audit

import "sync"

// A quota bounds how many batches are in use at once. Every source may have
// one in any case, since the merge waits for the next record of each; what is
// over limits the rest.
type quota struct {
	mu     sync.Mutex
	change sync.Cond
	limit  int // of batches beyond the first of each source
	extra  int
	closed bool
}

func newQuota(limit int) *quota {
	q := &quota{limit: limit}
	q.change.L = &q.mu
	return q
}

// take waits until s may have one more batch. It returns false when the quota
// is closed.
func (q *quota) take(s *source) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.closed && s.inUse > 0 && q.extra >= q.limit {
		q.change.Wait()
	}
	if q.closed {
		return false
	}
	if s.inUse > 0 {
		q.extra++
	}
	s.inUse++
	return true
}

// give returns one batch of s.
func (q *quota) give(s *source) {
	q.mu.Lock()
	defer q.mu.Unlock()
	s.inUse--
	if s.inUse > 0 {
		q.extra--
	}
	q.change.Broadcast()
}

// close lets nobody wait any more.
func (q *quota) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.change.Broadcast()
}
