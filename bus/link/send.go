package link

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"

	"github.com/lynceus-io/lynceus/bus/peer"
)

// Send brings a batch (package event/wire) to the hub and returns when it is
// durable there. Batches of a lane are sent one after the other: the next one
// waits here until this one is answered, which is what keeps them in order.
//
// The error wraps ErrAway, ErrBusy (a *BusyError), ErrRefused or ErrClosed, or
// is ctx's. After ErrAway, and where ctx ended, the batch may be durable or not:
// send it again with its own epoch and sequence, and the hub keeps it once,
// however often it comes.
func (l *Link) Send(ctx context.Context, lane peer.Lane, epoch string, sequence uint64, payload []byte) error {
	b := peer.Batch{Epoch: epoch, Sequence: sequence, Payload: payload}
	if err := b.Valid(); err != nil {
		return fmt.Errorf("link: %w: %w", ErrRefused, err)
	}
	turn := l.lanes[lane]
	if turn == nil {
		return fmt.Errorf("link: %w: there is no lane %q", ErrRefused, lane)
	}
	turn.Lock()
	defer turn.Unlock()
	answer, err := l.ask(ctx, l.name.PutSubject(lane), b.Append(make([]byte, 0, len(payload)+len(epoch)+16)))
	if err != nil {
		return err
	}
	v, err := peer.ParseVerdict(answer)
	switch {
	case err != nil:
		return fmt.Errorf("link: %w: %w", ErrAway, err)
	case v.Refused != "":
		return fmt.Errorf("link: %w: %s", ErrRefused, v.Refused)
	case v.Busy > 0:
		return fmt.Errorf("link: %w", &BusyError{v.Busy})
	}
	return nil
}

// ask sends a message and returns the answer.
func (l *Link) ask(ctx context.Context, subject string, data []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if l.ctx.Err() != nil {
		return nil, fmt.Errorf("link: %w", ErrClosed)
	}
	session := l.session()
	if session == nil {
		return nil, fmt.Errorf("link: %w: %s", ErrAway, l.trouble())
	}
	wait, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	defer context.AfterFunc(session, cancel)() // no answer comes by a connection that is gone
	m, err := l.conn.RequestMsgWithContext(wait, &nats.Msg{Subject: subject, Data: data})
	switch {
	case err == nil:
		return m.Data, nil
	case l.ctx.Err() != nil || errors.Is(err, nats.ErrConnectionClosed):
		return nil, fmt.Errorf("link: %w", ErrClosed)
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, fmt.Errorf("link: %w: %w", ErrAway, err)
}

// trouble is why there is no connection.
func (l *Link) trouble() string {
	if err := l.conn.LastError(); err != nil {
		return err.Error()
	}
	return "there is no connection yet"
}
