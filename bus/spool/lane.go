package spool

// Lane is a kind of batches. The lesser value is the more important.
type Lane uint8

// The lanes, in the order in which they are sent.
const (
	Findings Lane = iota
	Health
	Events
	lanes
)

var laneNames = [lanes]string{"findings", "health", "events"}

// String returns the lane's name as it is told to the hub.
func (l Lane) String() string {
	if l >= lanes {
		return ""
	}
	return laneNames[l]
}

// Lanes returns all lanes, the most important first.
func Lanes() []Lane { return []Lane{Findings, Health, Events} }

// lane is what is held of one kind.
type lane struct {
	sequence uint64 // of the last batch of this epoch
	done     mark
	streams  []*stream // each with a segment at least
}

// stream is a row of segments of one epoch and one owner.
type stream struct {
	generation uint64
	owner      string
	segments   []*segment // the oldest first
	bytes      int64      // of their files, or memory
}

// stream returns the stream of a generation and an owner, nil if nothing of it is held.
func (l *lane) stream(generation uint64, owner string) *stream {
	for _, s := range l.streams {
		if s.generation == generation && s.owner == owner {
			return s
		}
	}
	return nil
}

// add adds a segment that is newer than all of its stream.
func (l *lane) add(g *segment) {
	s := l.stream(g.header.generation, g.header.owner)
	if s == nil {
		s = &stream{generation: g.header.generation, owner: g.header.owner}
		l.streams = append(l.streams, s)
	}
	s.segments = append(s.segments, g)
	s.bytes += g.size
}

// bytes is what all streams hold.
func (l *lane) bytes() (sum int64) {
	for _, s := range l.streams {
		sum += s.bytes
	}
	return sum
}

// mark is up to where a lane was sent: all older generations, and this one up to a number.
type mark struct{ generation, sequence uint64 }

// covers reports whether a batch was sent.
func (m mark) covers(generation, sequence uint64) bool {
	return generation < m.generation || generation == m.generation && sequence <= m.sequence
}
