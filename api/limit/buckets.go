// Package limit keeps one client of the API from taking what is there for all:
// how often it may ask, and how much at a time. Its memory is bounded, however
// many clients there are.
package limit

import (
	"container/list"
	"math"
	"sync"
	"time"
)

// Rate is how often something may happen: Burst times at once, and PerSecond
// on and on.
type Rate struct {
	PerSecond float64
	Burst     int
}

// maxKeys bounds how many keys are told apart, some 200 B each. The one that
// was used longest ago is forgotten first, and begins anew when it comes again.
const maxKeys = 16_384

// Buckets count what each of many keys does. It is safe for concurrent use.
type Buckets struct {
	rate Rate
	now  func() time.Time

	mu    sync.Mutex
	keys  map[string]*list.Element
	order list.List // of *bucket, what was used last in front
}

// bucket is how much a key may still do, at a time.
type bucket struct {
	key  string
	left float64
	at   time.Time
}

// NewBuckets returns buckets that are all full.
func NewBuckets(r Rate, now func() time.Time) *Buckets {
	return &Buckets{rate: r, now: now, keys: map[string]*list.Element{}}
}

// Take counts one of a key. Where it may not be it is not counted, and wait is
// after which time the next may.
func (b *Buckets) Take(key string) (wait time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := b.bucket(key)
	if k.left < 1 {
		return b.until(k), false
	}
	k.left--
	return 0, true
}

// Empty reports whether a key has nothing left, and for how long; it counts
// nothing.
func (b *Buckets) Empty(key string) (wait time.Duration, empty bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.keys[key]; !ok {
		return 0, false
	}
	k := b.bucket(key)
	return b.until(k), k.left < 1
}

func (b *Buckets) until(k *bucket) time.Duration {
	return time.Duration(math.Ceil(max(1-k.left, 0) / b.rate.PerSecond * float64(time.Second)))
}

// bucket returns the bucket of a key, filled up to now.
func (b *Buckets) bucket(key string) *bucket {
	now := b.now()
	if at, ok := b.keys[key]; ok {
		if k, ok := at.Value.(*bucket); ok {
			b.order.MoveToFront(at)
			if d := now.Sub(k.at); d > 0 { // a clock that was set back fills nothing
				k.left = min(k.left+d.Seconds()*b.rate.PerSecond, float64(b.rate.Burst))
			}
			k.at = now
			return k
		}
	}
	k := &bucket{key: key, left: float64(b.rate.Burst), at: now}
	b.keys[key] = b.order.PushFront(k)
	if b.order.Len() > maxKeys {
		last := b.order.Back()
		if old, ok := last.Value.(*bucket); ok {
			delete(b.keys, old.key)
		}
		b.order.Remove(last)
	}
	return k
}
