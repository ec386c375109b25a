package coverage

import (
	"maps"
	"sync"
)

// maxFlying bounds the batches on the bus that are remembered. Of those beyond it is not known when they are lost.
const maxFlying = 256 << 10

// Flight remembers which batches were put on the bus until they come out at the other end, in their order, and counts
// what is gone then. It is safe for use by several goroutines; nil remembers
// nothing.
type Flight struct {
	tally *Tally

	mu      sync.Mutex
	flying  map[uint64]Sent
	early   map[uint64]struct{} // came out before they were noted, which whoever puts a batch on the bus does afterwards
	settled uint64
}

// Sent is what is known of a batch under way.
type Sent struct {
	Key    Key
	Role   Role
	Events int
}

// NewFlight returns a flight that tells a tally what was lost.
func NewFlight(t *Tally) *Flight {
	return &Flight{tally: t, flying: map[uint64]Sent{}, early: map[uint64]struct{}{}}
}

// Sent notes a batch that is on the bus under a number. It keeps the texts of its key.
func (f *Flight) Sent(number uint64, b Sent) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.early[number]; ok {
		delete(f.early, number)
		return
	}
	if number > f.settled && len(f.flying) < maxFlying {
		f.flying[number] = b
	}
}

// Arrived notes a batch that came out, whatever becomes of it, and returns what is known of it: of one that was sent
// before this process began, that it came by the bus.
func (f *Flight) Arrived(number uint64) Sent {
	unknown := Sent{Key{Source: "bus"}, Hub, 0}
	if f == nil {
		return unknown
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok := f.flying[number]
	if !ok {
		if number > f.settled && len(f.early) < maxFlying {
			f.early[number] = struct{}{}
		}
		return unknown
	}
	delete(f.flying, number)
	return b
}

// Settle says that whatever has a number up to this one has come out, or never will: what did not is lost.
func (f *Flight) Settle(number uint64) {
	if f == nil {
		return
	}
	for _, b := range f.take(number) {
		f.tally.Lose(b.Key, b.Role, Bus, int64(b.Events))
	}
}

// take removes and returns the batches up to a number.
func (f *Flight) take(number uint64) (lost []Sent) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if number <= f.settled {
		return nil
	}
	if number-f.settled > uint64(len(f.flying)) {
		for n, b := range f.flying {
			if n <= number {
				lost = append(lost, b)
				delete(f.flying, n)
			}
		}
	} else {
		for n := f.settled + 1; n <= number; n++ {
			if b, ok := f.flying[n]; ok {
				lost = append(lost, b)
				delete(f.flying, n)
			}
		}
	}
	f.settled = number
	maps.DeleteFunc(f.early, func(n uint64, _ struct{}) bool { return n <= number })
	return lost
}
