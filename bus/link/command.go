package link

import (
	"context"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/lynceus-io/lynceus/bus/peer"
)

// command takes a command in.
func (l *Link) command(m *nats.Msg) {
	select {
	case l.commands <- m:
	default:
		if c, err := peer.ParseCommand(m.Data); err == nil {
			l.reply(peer.Answer{ID: c.ID, Error: "too many commands wait at this peer"})
		}
	}
}

// obey does commands, one at a time, until the link is closed.
func (l *Link) obey() {
	for {
		select {
		case <-l.ctx.Done():
			return
		case m := <-l.commands:
			c, err := peer.ParseCommand(m.Data)
			if err != nil {
				l.o.Log.Warn("a command cannot be read", "error", err)
				continue
			}
			a := l.do(c)
			a.ID = c.ID
			l.reply(a)
			l.greet() // what this peer runs may be something else now
		}
	}
}

// do does a command, unless it has expired by the hub's clock.
func (l *Link) do(c peer.Command) peer.Answer {
	left := c.Expires.Sub(l.hubNow())
	if left <= 0 {
		return peer.Answer{Error: "the command expired before it was begun"}
	}
	ctx, cancel := context.WithTimeout(l.ctx, min(left, time.Hour))
	defer cancel()
	return l.o.Do(ctx, c)
}

// reply answers a command. The hub gives up waiting where that does not arrive.
func (l *Link) reply(a peer.Answer) {
	b, err := peer.Encode(a)
	if err != nil {
		b, err = peer.Encode(peer.Answer{ID: a.ID, Error: "the answer cannot be sent: " + err.Error()})
	}
	if err == nil {
		err = l.conn.Publish(l.name.AnswerSubject(), b)
	}
	if err != nil {
		l.o.Log.Warn("a command could not be answered", "error", err)
	}
}
