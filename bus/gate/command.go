package gate

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/bus/peer"
)

// question is a command that waits for its answer.
type question struct {
	key    string        // of the peer that is asked
	ready  chan struct{} // closed when it listens
	answer chan peer.Answer
}

// maxAsked bounds the commands that wait at a time.
const maxAsked = 1000

// Command asks something of a peer and returns its answer. The command must not
// be begun after life, and is given up then. The error wraps ErrAway where the
// peer is not connected; an answer with an Error is no error of Command.
func (g *Gate) Command(ctx context.Context, to peer.Name, kind string, body any, life time.Duration) (a peer.Answer, err error) {
	c := peer.Command{ID: rand.Text(), Kind: kind, Expires: g.o.Now().Add(life)}
	defer func() { g.o.Asked(to, c, a, err) }()
	if body != nil {
		if c.Body, err = json.Marshal(body); err != nil {
			return a, fmt.Errorf("gate: command %s: %w", kind, err)
		}
	}
	message, err := peer.Encode(c)
	if err != nil {
		return a, fmt.Errorf("gate: command %s: %w", kind, err)
	}
	q, err := g.ask(to, c.ID)
	if err != nil {
		return a, fmt.Errorf("gate: command %s to the %s: %w", kind, to, err)
	}
	defer g.unask(c.ID)
	ctx, cancel := context.WithTimeout(ctx, life)
	defer cancel()
	select {
	case <-q.ready:
	case <-ctx.Done():
		return a, fmt.Errorf("gate: command %s to the %s: it does not listen: %w", kind, to, ctx.Err())
	}
	if err := g.conn.Publish(to.CommandSubject(), message); err != nil {
		return a, fmt.Errorf("gate: command %s to the %s: %w", kind, to, err)
	}
	select {
	case a = <-q.answer:
		return a, nil
	case <-ctx.Done():
		return a, fmt.Errorf("gate: command %s to the %s: no answer: %w", kind, to, ctx.Err())
	case <-g.work.Done():
		return a, fmt.Errorf("gate: command %s to the %s: the gate is closed", kind, to)
	}
}

func (g *Gate) ask(to peer.Name, id string) (*question, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.peers[to.Key()]
	switch {
	case g.closed:
		return nil, errors.New("the gate is closed")
	case p == nil || g.server.GetClient(p.id) == nil:
		return nil, ErrAway
	case len(g.asked) >= maxAsked:
		return nil, fmt.Errorf("%d commands wait for their answers already", len(g.asked))
	}
	q := &question{to.Key(), p.ready, make(chan peer.Answer, 1)}
	g.asked[id] = q
	return q, nil
}

func (g *Gate) unask(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.asked, id)
}

// answered hands an answer to who waits for it, if it comes from who was asked.
func (g *Gate) answered(p *remote, key string, data []byte) {
	a, err := peer.ParseAnswer(data)
	if err != nil {
		g.strike(p, "an answer to a command cannot be read", err)
		return
	}
	g.mu.Lock()
	q := g.asked[a.ID]
	asked := q != nil && q.key == key
	if asked {
		delete(g.asked, a.ID)
		q.answer <- a
	}
	g.mu.Unlock()
	if !asked {
		g.strike(p, "a peer answers what it was not asked, or too late", nil)
	}
}
