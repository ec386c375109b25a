package limit

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrShare says that a key has as much at a time as it may.
var ErrShare = errors.New("as many as may be at a time")

// Shares bound what each of many keys has at a time. It is safe for
// concurrent use, and remembers no key that has nothing.
type Shares struct {
	each int
	mu   sync.Mutex
	keys map[string]*share
}

// share is what one key has; users are those that hold it or wait for it.
type share struct {
	places chan struct{}
	users  int
}

// NewShares gives each key so many places.
func NewShares(each int) *Shares { return &Shares{each: each, keys: map[string]*share{}} }

// Acquire waits for a place of a key, for so long at most: the error is
// ErrShare then, or that of ctx. The function it returns gives the place back.
func (s *Shares) Acquire(ctx context.Context, key string, wait time.Duration) (func(), error) {
	h := s.use(key)
	select {
	case h.places <- struct{}{}:
		return func() { <-h.places; s.leave(key, h) }, nil
	default:
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case h.places <- struct{}{}:
		return func() { <-h.places; s.leave(key, h) }, nil
	case <-ctx.Done():
		s.leave(key, h)
		return nil, ctx.Err()
	case <-timer.C:
		s.leave(key, h)
		return nil, ErrShare
	}
}

func (s *Shares) use(key string) *share {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.keys[key]
	if h == nil {
		h = &share{places: make(chan struct{}, s.each)}
		s.keys[key] = h
	}
	h.users++
	return h
}

func (s *Shares) leave(key string, h *share) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h.users--; h.users == 0 {
		delete(s.keys, key)
	}
}
