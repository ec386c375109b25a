package relay

import "time"

const (
	// maxNodes bounds the nodes whose latest event is remembered; the largest
	// clusters that Kubernetes is made for have as many.
	maxNodes = 5000
	// fresh is how long ago a node must have told of something for a stream to be
	// taken up where it left off.
	fresh = 10 * time.Minute
	// overlap is how much earlier a stream is taken up: events of one node come in
	// the order of its processors' buffers, not quite in that of time.
	overlap = 10 * time.Second
)

// marks remember how far each node has told. Nodes have clocks of their own, so
// what one of them has told says nothing of another.
type marks struct {
	start time.Time // until a node told of anything
	nodes map[string]mark
}

type mark struct {
	latest time.Time // of its events, by its clock
	heard  time.Time // by ours
}

// note remembers an event of a node that is durable.
func (m *marks) note(node string, at, now time.Time) {
	old, known := m.nodes[node]
	if !known {
		if len(m.nodes) >= maxNodes {
			return
		}
		if m.nodes == nil {
			m.nodes = map[string]mark{}
		}
	}
	if at.After(now) {
		at = now // a clock that is ahead is not to hide what others tell
	}
	if at.Before(old.latest) {
		at = old.latest
	}
	m.nodes[node] = mark{at, now}
}

// since returns from when on events are to be asked for again: the earliest
// mark of a node that told of something lately, by what was heard last.
func (m *marks) since() time.Time {
	var heard time.Time
	for _, n := range m.nodes {
		if n.heard.After(heard) {
			heard = n.heard
		}
	}
	var earliest time.Time
	for node, n := range m.nodes {
		if heard.Sub(n.heard) > fresh {
			delete(m.nodes, node)
		} else if earliest.IsZero() || n.latest.Before(earliest) {
			earliest = n.latest
		}
	}
	if earliest.IsZero() {
		return m.start
	}
	return earliest.Add(-overlap)
}
