package live

import (
	"encoding/binary"

	"github.com/lynceus-io/lynceus/event"
)

// repeatedRows is how many rows of the inventory are remembered at least, to
// know those that come again; twice as many at most, which take some 16 MiB.
// An agent brings again at most the batch whose acknowledgement it missed, of a
// few hundred rows, so this does for hundreds of agents.
const repeatedRows = 128 << 10

// storedTime is what the lake keeps of a time, in nanoseconds.
const storedTime = 1000

// Repeated remembers rows of the inventory, and what other people's tools saw, which may be brought again. What is delivered twice is the same
// state told at the same time; the same state told at another time is a report
// of its own, which says that the object was still there, or is there again.
type Repeated struct {
	limit             int
	current, previous map[event.UID]struct{}
}

// NewRepeated returns a Repeated that remembers nothing yet.
func NewRepeated() *Repeated { return newRepeated(repeatedRows) }

func newRepeated(limit int) *Repeated {
	return &Repeated{limit: limit, current: map[event.UID]struct{}{}}
}

// Note remembers a row, and reports whether it was remembered already.
func (r *Repeated) Note(e *event.Event) (again bool) {
	key := event.UIDOf(e)
	at := binary.LittleEndian.Uint64(key[:8]) ^ uint64(event.Time.Get(e)/storedTime)
	binary.LittleEndian.PutUint64(key[:8], at)
	if _, again = r.current[key]; again {
		return true
	}
	_, again = r.previous[key]
	if len(r.current) >= r.limit {
		r.current, r.previous = make(map[event.UID]struct{}, r.limit), r.current
	}
	r.current[key] = struct{}{}
	return again
}
