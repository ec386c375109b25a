package gate

import (
	"errors"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/lynceus-io/lynceus/bus/peer"
)

// said takes what a peer said. The server has made sure that a peer says
// nothing under another's subjects. It is called by one goroutine, and does not
// wait for anything.
func (g *Gate) said(m *nats.Msg) {
	at := g.o.Now()
	s, err := peer.ParseSubject(m.Subject)
	g.mu.Lock()
	p := g.peers[s.Key]
	gone := p == nil || p.cut
	g.mu.Unlock()
	if gone {
		return
	}
	if err != nil {
		g.strike(p, "a peer speaks under a subject that nobody has", err)
		return
	}
	// An answer goes to who asked, and to nobody whom it names.
	if s.Verb != peer.AnswerCommand && !strings.HasPrefix(m.Reply, p.inbox) {
		g.strike(p, "a peer wants its answer sent to somebody else", nil)
		return
	}
	switch s.Verb {
	case peer.Put:
		g.put(p, s.Lane, m)
	case peer.SayHello:
		g.hello(p, m, at)
	case peer.Renew:
		g.renew(p, m)
	case peer.AnswerCommand:
		g.answered(p, s.Key, m.Data)
	}
}

// answer sends an answer. One that does not arrive is asked for again.
func (g *Gate) answer(to string, data []byte) {
	_ = g.conn.Publish(to, data) // fails when the gate is being closed
}

// A peer may greet so often within so long. A link does each ten seconds.
const (
	helloEvery   = time.Second
	maxGreetings = 20
)

func (g *Gate) hello(p *remote, m *nats.Msg, at time.Time) {
	h, err := peer.ParseHello(m.Data)
	g.mu.Lock()
	often := at.Sub(p.greeted).Abs() < helloEvery && p.greetings > maxGreetings
	if at.Sub(p.greeted).Abs() >= helloEvery {
		p.greeted, p.greetings = at, 0
	}
	p.greetings++
	g.mu.Unlock()
	if err == nil && often {
		err = errors.New("it greets too often")
	}
	if err != nil {
		g.strike(p, "a hello is passed over", err)
		return
	}
	g.mu.Lock()
	p.hello, p.heard = h, at
	select {
	case <-p.ready:
	default:
		close(p.ready)
	}
	g.mu.Unlock()
	if b, err := peer.Encode(peer.Welcome{Received: at}); err == nil {
		g.answer(m.Reply, b)
	}
}

// renewEvery is how often a peer may ask for a certificate.
const renewEvery = time.Second

func (g *Gate) renew(p *remote, m *nats.Msg) {
	g.mu.Lock()
	soon := g.o.Now().Sub(p.renewed) < renewEvery
	if !soon {
		p.renewed = g.o.Now()
	}
	name, closed := p.name, g.closed
	if !closed {
		g.running.Add(1)
	}
	g.mu.Unlock()
	if closed {
		return
	}
	go func() {
		defer g.running.Done()
		var issued peer.Issued
		var err error
		switch {
		case soon:
			err = errors.New("ask once a second at most")
		case len(m.Data) > peer.MaxNote:
			err = errors.New("the request is too large")
		default:
			issued, err = g.o.Renew(name, m.Data)
		}
		if err != nil {
			issued = peer.Issued{Refused: err.Error()}
			g.complaints.warn("a certificate is not renewed", "peer", name.String(), "error", err)
		}
		if b, err := peer.Encode(issued); err == nil {
			g.answer(m.Reply, b)
		}
	}()
}
