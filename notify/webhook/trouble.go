package webhook

import (
	"errors"
	"time"
)

// Trouble is what keeps documents from being delivered, or kept some from it.
type Trouble struct {
	// Since is when the first request failed of those that have failed since; the zero time where none does now.
	Since time.Time
	// Waiting is how many documents wait then, Err the last failure.
	Waiting int
	Err     error
	// Gone counts documents that were refused for good or found no room; GoneAt is when the last of them was, GoneErr why.
	Gone    uint64
	GoneAt  time.Time
	GoneErr error
}

// errNoRoom is why a document was shed.
var errNoRoom = errors.New("too many wait already")

// Trouble returns how delivery stands. The zero value says that all was delivered.
func (s *Sender) Trouble() Trouble {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.trouble
	if !t.Since.IsZero() {
		t.Waiting = len(s.queue)
	}
	return t
}

// failed notes a request that will be repeated.
func (s *Sender) failed(err error) {
	s.failures.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.trouble.Since.IsZero() {
		s.trouble.Since = s.opts.Now()
	}
	s.trouble.Err = err
}

// answered notes a request that needs no repetition; err is why its document was refused, nil for one that was taken.
func (s *Sender) answered(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble.Since, s.trouble.Err = time.Time{}, nil
	if err != nil {
		s.gone(err)
	}
}

// gone notes a document that nobody will get. The lock must be held.
func (s *Sender) gone(err error) {
	s.trouble.Gone++
	s.trouble.GoneAt, s.trouble.GoneErr = s.opts.Now(), err
}
