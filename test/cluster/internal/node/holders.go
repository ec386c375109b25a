package node

import "time"

// hold counts clients in and out.
func (s *supervisor) hold(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holders += n
	s.idle = time.Now()
}
