package gate

import (
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/bus/peer"
)

// remote is a peer as the gate knows it. The gate's lock guards it.
type remote struct {
	name      peer.Name
	inbox     string // with the dot behind it: what answers go to begins so
	id        uint64 // of its connection
	address   string
	since     time.Time // when it connected
	heard     time.Time // when it said something last
	renewed   time.Time // when it asked for a certificate last
	hello     peer.Hello
	greeted   time.Time // when greetings began to be counted
	greetings int
	ready     chan struct{} // closed when it said hello, and so listens to commands

	lanes   map[peer.Lane]*lane
	bytes   int64 // of batches on their way
	batches int64
	taken   int64 // bytes
	strikes int   // messages of this connection that made no sense
	cut     bool  // this connection is being ended
}

// Peer is a peer that is connected, or was since the gate was opened.
type Peer struct {
	Name      peer.Name
	Connected bool
	Address   string
	Since     time.Time // when it connected last
	Heard     time.Time // when it said something last
	Hello     peer.Hello
	Batches   int64 // that became durable
	Bytes     int64 // of those, as they came
}

// Peers returns who is and was connected, sorted by cluster and node.
func (g *Gate) Peers() []Peer {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make([]Peer, 0, len(g.peers))
	// The keys are at hand: making them for each comparison would take longer than all else.
	for _, key := range slices.Sorted(maps.Keys(g.peers)) {
		p := g.peers[key]
		out = append(out, Peer{
			Name: p.name, Connected: g.server.GetClient(p.id) != nil, Address: p.address, Since: p.since, Heard: p.heard, Hello: p.hello, Batches: p.batches, Bytes: p.taken,
		})
	}
	return out
}

// Disconnect ends the connection of each peer of which f says so. They may come
// back: who is let in is said by Options.Allowed.
func (g *Gate) Disconnect(f func(peer.Name) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range g.peers {
		if f(p.name) && g.server.GetClient(p.id) != nil {
			g.cut(p, "the hub ends the connection")
		}
	}
}

// counts are what happened since the gate was opened.
type counts struct {
	batches, bytes, busy                          atomic.Int64
	refused, violations, malformed, cut, replaced atomic.Int64
}

// Counts are what happened since the gate was opened.
type Counts struct {
	Batches, Bytes int64 // that became durable
	Busy           int64 // answers that said to come again
	Refused        int64 // clients without a certificate of a peer that may come in
	Violations     int64 // subjects that are not the peer's own, messages that are too large, broken protocol
	Malformed      int64 // messages and batches that cannot be read, or hold what a peer may not send
	Cut            int64 // peers that were cut off
	Slow           int64 // connections that did not read what was sent to them
	Replaced       int64 // connections of peers that connected again
}

// Counts returns what happened since the gate was opened.
func (g *Gate) Counts() Counts {
	c := &g.counts
	return Counts{
		Batches: c.batches.Load(), Bytes: c.bytes.Load(), Busy: c.busy.Load(), Refused: c.refused.Load(), Violations: c.violations.Load(),
		Malformed: c.malformed.Load(), Cut: c.cut.Load(), Slow: g.server.NumSlowConsumers(), Replaced: c.replaced.Load(),
	}
}
