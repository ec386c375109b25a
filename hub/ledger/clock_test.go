package ledger

import (
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
)

// The hub's clock jumps: minutes are accounted for as before, and a sensor that falls silent after it is red within a minute.
func TestClockJumps(t *testing.T) {
	for _, jump := range []time.Duration{-time.Hour, -30 * time.Second, time.Hour} {
		t.Run(jump.String(), func(t *testing.T) {
			b := newBench(t)
			b.pass(3*time.Minute, "w1", "w2")
			b.now = b.now.Add(jump)
			jumped := b.now
			b.pass(3*time.Minute, "w1", "w2")
			if got := b.holding(); len(got) != 0 {
				t.Errorf("minutes after it holds: %q", got)
			}
			for _, s := range b.Book().Sources(b.now) {
				if s.Role == coverage.Sensor && (s.Last.After(b.now) || b.now.Sub(s.Minute) > 2*time.Minute) {
					t.Errorf("%s was heard of last at %v, its last minute is %v, and it is %v", s.Key, s.Last, s.Minute, b.now)
				}
			}
			if b.accounted.Before(jumped) || b.accounted.After(b.now) {
				t.Errorf("accounts reach to %v, the clock jumped to %v", b.accounted, jumped)
			}
			b.until("silence is told", time.Minute, func() bool { return b.holds("sensor-silent") })
		})
	}
}
