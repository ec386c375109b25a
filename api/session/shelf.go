package session

import (
	"container/list"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"
)

// newSecret returns a text of 256 random bits.
func newSecret() string {
	var raw [32]byte
	rand.Read(raw[:]) // never fails: see its documentation
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// entry is what a secret stands for. Of the secret there is the hash only.
type entry[T any] struct {
	hash  [sha256.Size]byte
	until time.Time
	what  T
}

// shelf is a bounded set of entries; the oldest give way. Its keeper locks it.
type shelf[T any] struct {
	most  int
	by    map[[sha256.Size]byte]*list.Element
	order *list.List // of *entry[T], the newest in front
}

func newShelf[T any](most int) shelf[T] {
	return shelf[T]{most, map[[sha256.Size]byte]*list.Element{}, list.New()}
}

// add puts something on the shelf under a secret.
func (s *shelf[T]) add(secret string, until time.Time, what T) {
	e := &entry[T]{sha256.Sum256([]byte(secret)), until, what}
	s.by[e.hash] = s.order.PushFront(e)
	for s.order.Len() > s.most {
		if last, ok := s.order.Back().Value.(*entry[T]); ok {
			s.drop(last.hash)
		}
	}
}

// take returns what a secret stands for, and forgets it where it is good once.
func (s *shelf[T]) take(secret string, now time.Time, once bool) (what T, err error) {
	hash := sha256.Sum256([]byte(secret))
	at, ok := s.by[hash]
	if !ok {
		return what, ErrUnknown
	}
	e, ok := at.Value.(*entry[T])
	if !ok || !now.Before(e.until) {
		s.drop(hash)
		return what, ErrUnknown
	}
	if once {
		s.drop(hash)
	}
	return e.what, nil
}

func (s *shelf[T]) drop(hash [sha256.Size]byte) {
	if at, ok := s.by[hash]; ok {
		s.order.Remove(at)
		delete(s.by, hash)
	}
}

// each goes through what is on the shelf and not over, the newest first, and
// drops that of which drop is true.
func (s *shelf[T]) each(now time.Time, drop func(T) bool) {
	for at := s.order.Front(); at != nil; {
		e, ok := at.Value.(*entry[T])
		at = at.Next()
		if ok && (!now.Before(e.until) || drop(e.what)) {
			s.drop(e.hash)
		}
	}
}
