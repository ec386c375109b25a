package gate

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/lynceus-io/lynceus/bus/peer"
)

// lane is the batches of a peer that wait to be taken, in order.
type lane struct {
	waiting []*nats.Msg
	working bool
}

const (
	// fullPause is about how long a peer is told to wait when too much is on its
	// way from all, troublePause when the hub has trouble of its own.
	fullPause    = 500 * time.Millisecond
	troublePause = 5 * time.Second
)

// about returns a time near d, so that not all come again together.
func about(d time.Duration) time.Duration { return d/2 + rand.N(d) }

// put admits a batch, by its bytes.
func (g *Gate) put(p *remote, l peer.Lane, m *nats.Msg) {
	size := int64(len(m.Data))
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.closed:
		return
	case p.bytes+size > g.o.PeerBytes:
		// One that waits for answers cannot have so much on its way.
		g.cut(p, "it sends without waiting for answers")
		return
	case g.inflight.Load()+size > g.o.TotalBytes:
		g.counts.busy.Add(1)
		g.answer(m.Reply, peer.Verdict{Busy: about(fullPause)}.Encode())
		return
	}
	p.bytes += size
	g.inflight.Add(size)
	q := p.lanes[l]
	if q == nil {
		q = &lane{}
		p.lanes[l] = q
	}
	q.waiting = append(q.waiting, m)
	if !q.working {
		q.working = true
		g.hands.do(g.work, &g.running, func() { g.drain(p, l, q) })
	}
}

// drain takes the batches of a lane until none waits.
func (g *Gate) drain(p *remote, l peer.Lane, q *lane) {
	for {
		g.mu.Lock()
		if len(q.waiting) == 0 || g.closed {
			q.waiting, q.working = nil, false
			g.mu.Unlock()
			return
		}
		m := q.waiting[0]
		q.waiting[0] = nil
		q.waiting = q.waiting[1:]
		name := p.name
		g.mu.Unlock()

		v := g.judge(p, name, l, m.Data)
		size := int64(len(m.Data))
		g.inflight.Add(-size)
		g.mu.Lock()
		p.bytes -= size
		if v.Durable() {
			p.batches++
			p.taken += size
			p.heard = g.o.Now()
		}
		g.mu.Unlock()
		g.answer(m.Reply, v.Encode())
	}
}

// judge hands a batch on and returns what to answer.
func (g *Gate) judge(p *remote, name peer.Name, l peer.Lane, data []byte) peer.Verdict {
	b, err := peer.ParseBatch(data)
	if err != nil {
		g.strike(p, "a batch is refused", err)
		return peer.Verdict{Refused: err.Error()}
	}
	err = g.o.Take(g.work, name, l, b)
	var refused *Refused
	var busy *Busy
	switch {
	case err == nil:
		g.counts.batches.Add(1)
		g.counts.bytes.Add(int64(len(data)))
		return peer.Verdict{}
	case errors.As(err, &refused):
		g.counts.malformed.Add(1)
		g.complaints.warn("a batch is refused", "peer", name.String(), "epoch", b.Epoch, "sequence", b.Sequence, "error", err)
		return peer.Verdict{Refused: refused.Reason}
	case errors.As(err, &busy):
		g.counts.busy.Add(1)
		return peer.Verdict{Busy: about(max(busy.After, time.Millisecond))}
	}
	if g.work.Err() == nil {
		g.counts.busy.Add(1)
		g.o.Log.Error("a peer's batch could not be made durable; it comes again", "component", "gate", "peer", name.String(), "error", err)
	}
	return peer.Verdict{Busy: about(troublePause)}
}
