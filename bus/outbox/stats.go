package outbox

import "github.com/lynceus-io/lynceus/bus/spool"

// Stats are what an outbox holds and has done.
type Stats struct {
	spool.Stats
	// Large are events that were larger than MaxEvent.
	Large uint64
}

// Stats returns them.
func (b *Outbox) Stats() Stats {
	b.mu.Lock()
	large := b.large
	b.mu.Unlock()
	return Stats{Stats: b.spool.Stats(), Large: large}
}

// TakeShed returns what the spool gave up since it was called last, the most first.
func (b *Outbox) TakeShed() []spool.Share { return b.spool.TakeShed() }

// TakeLost returns what the spool lost or the hub refused since it was called last, the most first.
func (b *Outbox) TakeLost() []spool.Share { return b.spool.TakeLost() }
