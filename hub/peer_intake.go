package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/bus/gate"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/store/clusters"
)

const (
	// maxPeerBody bounds the events of a peer's batch before compression, in
	// bytes; the batch has at most peer.MaxBatch.
	maxPeerBody = 16 << 20
	// peerTakers is how many batches are read at a time: what they hold in
	// memory is bounded by it, and more than the cores there are help nobody.
	peerTakers = 8
	// fullWait is how long a peer is told to wait while the bus is full.
	fullWait = 5 * time.Second
)

// sensorClasses are the tables that a node's sensor may write.
var sensorClasses = []event.Class{
	event.ClassProcess, event.ClassFile, event.ClassNetwork, event.ClassDNS, event.ClassKernel, event.ClassModule, event.ClassMemory, event.ClassFinding, event.ClassHealth,
}

// peerIntake takes what peers send.
type peerIntake struct {
	book  *clusters.Book
	marks marker
	now   func() time.Time
	takes chan *live.Rows // those that are free
	// writes is the version of a batch that may go onto the bus.
	writes func() int

	offsets atomic.Pointer[map[string]time.Duration] // by how much the clocks of peers are ahead, by their keys

	mu       sync.Mutex
	accounts map[string]*peerAccount // by the key of the peer
}

// peerAccount is what came from a peer.
type peerAccount struct {
	name            peer.Name
	events, refused int64
	last            time.Time // when something became durable last
}

func newPeerIntake(to live.Originator, f *fleet, marks marker, flight *coverage.Flight, writes func() int, now func() time.Time) *peerIntake {
	in := &peerIntake{book: f.book, marks: marks, now: now, writes: writes, takes: make(chan *live.Rows, peerTakers), accounts: map[string]*peerAccount{}}
	for range peerTakers {
		rows := live.NewRows(to, maxPeerBody)
		rows.Track(flight)
		in.takes <- rows
	}
	return in
}

// clusterOf is a peer's cluster, as far as it is known.
func (in *peerIntake) clusterOf(n peer.Name) clusters.Cluster {
	if n.ClusterUID == "" {
		return clusters.Cluster{Name: n.Cluster, UID: in.book.UID(n.Cluster)}
	}
	c, ok := in.book.Get(n.ClusterUID)
	if !ok {
		return clusters.Cluster{UID: n.ClusterUID}
	}
	return c
}

// errForeign says that a row is none that a sensor may send, errFinding that a finding cannot be read.
var (
	errForeign = errors.New("a sensor may not write into this table")
	errFinding = errors.New("what rules found there cannot be read")
)

// take makes a batch durable: gate.Options.Take.
func (in *peerIntake) take(ctx context.Context, from peer.Name, lane peer.Lane, b peer.Batch) error {
	if from.Kind != peer.Sensor {
		return in.refuse(from, &gate.Refused{Reason: "agents report by the API, not here"})
	}
	cluster, key := in.clusterOf(from), from.Key()
	s := stamp{plain: in.writes() < wire.VersionStamped, set: wire.Stamp{Cluster: cluster.Name, ClusterUID: cluster.UID, Node: from.Node, Source: sensorSource, Mark: in.marks.mark(from), Received: in.now().UnixNano()}}
	if m := in.offsets.Load(); m != nil {
		s.ahead, s.timed = (*m)[key]
	}
	o := bus.Origin{Source: key + "/" + string(lane), Epoch: b.Epoch, Sequence: b.Sequence}
	ready, err := in.prepare(ctx, b.Payload, &s)
	if err == nil {
		err = ready.Offer(ctx, o)
	}
	var format *wire.FormatError
	switch {
	case errors.As(err, &format), errors.Is(err, errForeign), errors.Is(err, errFinding), errors.Is(err, wire.ErrTooLarge), errors.Is(err, wire.ErrFull), errors.Is(err, bus.ErrTooLarge):
		return in.refuse(from, &gate.Refused{Reason: err.Error()})
	case errors.Is(err, bus.ErrFull):
		return &gate.Busy{After: fullWait, Err: err}
	case err != nil:
		return err
	}
	in.account(key, from, func(a *peerAccount) {
		a.events += int64(ready.Events)
		a.last = in.now()
	})
	return nil
}

// prepare reads a batch. The gate bounds how many bytes wait to become durable after that: many may, since those that wait
// together become so together.
func (in *peerIntake) prepare(ctx context.Context, batch []byte, s *stamp) (*live.Ready, error) {
	select {
	case rows := <-in.takes:
		defer func() { in.takes <- rows }()
		return rows.Prepare(batch, s)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (in *peerIntake) refuse(from peer.Name, err error) error {
	in.account(from.Key(), from, func(a *peerAccount) { a.refused++ })
	return err
}

// account changes the account of a peer and its key.
func (in *peerIntake) account(key string, n peer.Name, change func(*peerAccount)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	a := in.accounts[key]
	if a == nil {
		a = &peerAccount{}
		in.accounts[key] = a
	}
	a.name = n
	change(a)
}

// all returns the accounts, by name.
func (in *peerIntake) all() []peerAccount {
	in.mu.Lock()
	defer in.mu.Unlock()
	out := make([]peerAccount, 0, len(in.accounts))
	for _, a := range in.accounts {
		out = append(out, *a)
	}
	slices.SortFunc(out, func(x, y peerAccount) int { return strings.Compare(x.name.String(), y.name.String()) })
	return out
}

// stamp is what is set on each row of a peer, whatever the row says. It implements live.Filler.
type stamp struct {
	set   wire.Stamp
	ahead time.Duration // of the peer's clock
	timed bool          // ahead is known
	plain bool          // somebody who judges cannot read stamps: rows are written anew instead
}

// Stamp implements live.Filler.
func (s *stamp) Stamp() *wire.Stamp { return &s.set }

// Check implements live.Filler.
func (s *stamp) Check(e *event.Event) (own bool, err error) {
	if !slices.Contains(sensorClasses, e.Class) {
		return false, fmt.Errorf("%w: %s", errForeign, e.Class)
	}
	return s.plain || e.Class == event.ClassFinding || s.timed && event.CoverageKind.Has(e), nil
}

// Fill implements live.Filler.
func (s *stamp) Fill(e *event.Event) error {
	if e.Class == event.ClassFinding {
		if err := s.finding(e); err != nil {
			return err
		}
		s.set.ApplySource(e)
	} else {
		s.set.Apply(e)
	}
	if s.timed && event.CoverageKind.Has(e) {
		event.CoverageClockOffsetMs.Set(e, s.ahead.Milliseconds())
	}
	return nil
}
