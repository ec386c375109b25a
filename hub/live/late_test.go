package live

import (
	"math"
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

// A revision that a sensor makes and one that is made here never have the same number, and a later one of the sensor is
// above all that were made here before it.
func TestRevisionsAreApart(t *testing.T) {
	row := func(n int64) *event.Event {
		e := &event.Event{Class: event.ClassProcess}
		if n != 0 {
			event.MetadataRevision.Set(e, n)
		}
		return e
	}
	highest := int64(-1)
	for n := range int64(5) {
		e := row(n)
		if got := ownRevision(e); got != (n > 0) {
			t.Errorf("revision %d: amended %v", n, got)
		}
		for made := 0; ; made++ {
			at, _ := event.MetadataRevision.Get(e)
			if at <= highest {
				t.Fatalf("revision %d, amended %d times, has number %d, after %d", n, made, at, highest)
			}
			if highest = at; !amendable(e) {
				if made != maxRevision {
					t.Errorf("revision %d can be amended %d times", n, made)
				}
				break
			}
			event.MetadataRevision.Set(e, at+1)
		}
	}
	for _, n := range []int64{-1, math.MinInt64, math.MaxInt64} {
		e := row(n)
		ownRevision(e)
		if at, _ := event.MetadataRevision.Get(e); n > 0 && at <= highest {
			t.Errorf("%d became %d", n, at)
		}
	}
}
