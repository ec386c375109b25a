package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/bus/enroll"
	"github.com/lynceus-io/lynceus/bus/link"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/pki"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// maxBatch is what a sensor puts in a batch, before compression.
const maxBatch = 160 << 10

// fleet is all nodes.
type fleet struct {
	o         *options
	templates []template
	hub       enroll.Hub
	token     string
	bursting  atomic.Int64 // which part of a minute it is
	counts    counts
}

// node is one simulated sensor.
type node struct {
	*fleet
	number int
	name   string
	ahead  time.Duration // of its clock
	id     *pki.Identity
	gate   string
	epoch  string
	hasher *event.UIDHasher

	mu   sync.Mutex
	link *link.Link
	last map[peer.Lane]uint64
	sent uint64
	rand *rand.Rand
	seen uint64 // since it reported of itself
}

func newNode(f *fleet, number int) *node {
	n := &node{
		fleet: f, number: number, name: fmt.Sprintf("node-%04d", number), rand: rand.New(rand.NewPCG(uint64(number), 7)), last: map[peer.Lane]uint64{},
		hasher: event.NewUIDHasher(), epoch: fmt.Sprintf("%08x%08x%016x", number, rand.Uint32(), rand.Uint64()),
	}
	if n.rand.Float64() < f.o.skewed {
		n.ahead = time.Duration((n.rand.Float64()*2 - 1) * float64(5*time.Minute))
	}
	return n
}

func (n *node) now() time.Time { return time.Now().Add(n.ahead) }

// enrol gets the node's certificate.
func (n *node) enrol(ctx context.Context) error {
	for {
		var err error
		n.id, n.gate, err = n.hub.Enroll(ctx, enroll.Proof{Token: n.token, Node: n.name})
		if err == nil || ctx.Err() != nil || errors.Is(err, enroll.ErrRefused) {
			return err
		}
		time.Sleep(time.Duration(20+rand.IntN(100)) * time.Millisecond)
	}
}

// dial connects, in place of what was connected.
func (n *node) dial() error {
	l, err := link.Dial(link.Options{Gate: n.gate, Identity: func() (*pki.Identity, error) { return n.id, nil }, Now: n.now})
	if err != nil {
		return err
	}
	n.mu.Lock()
	before := n.link
	n.link = l
	n.mu.Unlock()
	if before != nil {
		return before.Close()
	}
	return nil
}

// run sends until ctx ends.
func (n *node) run(ctx context.Context) error {
	var b wire.Builder
	b.Limit = maxBatch
	var buf, payload []byte
	var lane peer.Lane = peer.Events
	each := n.o.rate / float64(n.o.nodes)
	begun := time.Now()
	due := 0.0
	report := time.Now().Add(time.Duration(n.rand.Float64() * float64(time.Minute)))
	wait := time.Duration(n.rand.Float64() * float64(n.o.linger))
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		wait = n.o.linger
		now := time.Now()
		rate := each
		if n.bursts() {
			rate *= 10
		}
		due += rate * now.Sub(begun).Seconds()
		begun = now
		if now.After(report) {
			report = report.Add(time.Minute)
			if err := n.report(ctx, &b); err != nil {
				return err
			}
		}
		for due >= 1 {
			b.Reset("sensor", n.now().UnixNano())
			events := uint64(0)
			for due >= 1 {
				t := &n.templates[n.rand.IntN(len(n.templates))]
				age := time.Duration(n.rand.Float64() * float64(n.o.linger))
				buf = t.appendTo(buf[:0], uint32(n.number), n.sent+1, n.now().Add(-age).UnixNano())
				if err := b.AddEncoded(buf); errors.Is(err, wire.ErrFull) {
					break
				} else if err != nil {
					return err
				}
				n.sent++
				events++
				due--
			}
			payload = b.AppendTo(payload[:0])
			if err := n.send(ctx, lane, payload, events); err != nil {
				return err
			}
		}
	}
}

// bursts reports whether it is this node's turn to send more.
func (n *node) bursts() bool {
	part := int64(n.o.burst * 1000)
	return part > 0 && (int64(n.number)*7919+n.bursting.Load()*part)%1000 < part
}

// send sends a batch until it is durable.
func (n *node) send(ctx context.Context, lane peer.Lane, payload []byte, events uint64) error {
	n.last[lane]++
	n.seen += events
	began := time.Now()
	for {
		n.mu.Lock()
		l := n.link
		n.mu.Unlock()
		err := l.Send(ctx, lane, n.epoch, n.last[lane], payload)
		if err == nil {
			n.counts.done(events, len(payload), time.Since(began))
			return nil
		}
		var busy *link.BusyError
		pause := 100 * time.Millisecond
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &busy):
			n.counts.busy.Add(1)
			pause = busy.After
		case errors.Is(err, link.ErrRefused):
			return fmt.Errorf("%s: %w", n.name, err)
		default: // away, or its link was closed by a storm
			n.counts.away.Add(1)
		}
		time.Sleep(pause + rand.N(pause))
	}
}

// report sends what a sensor says of itself each minute.
func (n *node) report(ctx context.Context, b *wire.Builder) error {
	now := n.now()
	a := &coverage.Account{
		Key: coverage.Key{Node: n.name, Source: coverage.SensorSource}, Role: coverage.Sensor, Kind: coverage.Total, Reporter: coverage.SensorSource,
		From: now.Add(-time.Minute), To: now, Detail: strings.Repeat("tp_btf/some_hook: 1234 sent; ", 20),
	}
	a.Seen = int64(n.seen)
	n.seen = 0
	var e event.Event
	coverage.Fill(&e, a, now, n.hasher)
	b.Reset("sensor", now.UnixNano())
	if err := b.Add(&e); err != nil {
		return err
	}
	return n.send(ctx, peer.Health, b.AppendTo(nil), 1)
}
