package detect

import "time"

const (
	// DefaultReorder is how long events are held for others that happened
	// before them. API servers write an event within milliseconds; what makes
	// several sources differ is mostly how often each is looked at.
	DefaultReorder = 2 * time.Second
	// DefaultReorderBytes bounds the events that are held.
	DefaultReorderBytes = 32 << 20
	// DefaultIdle is how long a source may be silent before others do not
	// wait for it any more.
	DefaultIdle = 10 * time.Second
	// maxAhead is how far ahead of its receipt an event is believed.
	maxAhead = 5 * time.Minute
	// maxLag is how far a source may be behind the furthest without others
	// passing it by: one that catches up on hours does not hold up the rest.
	maxLag = time.Minute
	// maxDelay is the longest way of events that is taken into account when
	// time passes in silence, and how long silent sources are remembered.
	maxDelay = time.Hour
	// maxSequenced bounds the sources that are told apart. All beyond count as
	// one.
	maxSequenced = 4096
	// clockAhead is how many arrivals in a row must lie ahead of their receipt
	// for their clock to be taken for fast.
	clockAhead = 16
	// settleEvery is how many arrivals pass between two looks at what can go on.
	settleEvery = 64
)

// SequencerOptions are what a [Sequencer] is made with. Zero values mean the
// defaults.
type SequencerOptions struct {
	// Reorder is how long, by event time, events are held.
	Reorder time.Duration
	// Idle is how long, by time of receipt, a source may be silent before
	// nobody waits for it.
	Idle time.Duration
	// Bytes bounds what is held. When it is reached the earliest go on at once.
	Bytes int64
}

func (o SequencerOptions) withDefaults() SequencerOptions {
	if o.Reorder <= 0 {
		o.Reorder = DefaultReorder
	}
	if o.Idle <= 0 {
		o.Idle = DefaultIdle
	}
	if o.Bytes <= 0 {
		o.Bytes = DefaultReorderBytes
	}
	return o
}
