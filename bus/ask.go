package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	// headerMore is on a message that another one of the same part follows,
	// headerEnd on the last message of an answer: what went wrong, or "ok".
	headerMore = "Lynceus-More"
	headerEnd  = "Lynceus-End"
	// headerSign is on a message that says nothing but that its sender is
	// there, and asks whether the other one is.
	headerSign = "Lynceus-Sign"
	// answerers is how many questions of one name are answered at a time; more
	// wait.
	answerers = 8
	// signEvery is how often who answers gives a sign of life, and askerLife
	// how long who asks waits for one.
	signEvery = 2 * time.Second
	askerLife = 15 * time.Second
	// partTimeout bounds how long who asks may take over one part.
	partTimeout = 5 * time.Minute
)

// Answerer answers a question: it calls send with each part of the answer, in
// order, which returns when the part was taken. What it returns is told to who
// asked.
type Answerer func(ctx context.Context, question []byte, send func(part []byte) error) error

// Answer answers questions of a name, of other processes on the same bus, until
// ctx ends.
func (b *Bus) Answer(ctx context.Context, name string, f Answerer) error {
	if err := b.alive(); err != nil {
		return err
	}
	questions := make(chan *nats.Msg, 64)
	sub, err := b.conn.ChanSubscribe(b.asks(name), questions)
	if err != nil {
		return fmt.Errorf("bus: answer %s: %w", name, err)
	}
	defer func() { _ = sub.Unsubscribe() }() // it ends with the connection
	var running sync.WaitGroup
	defer running.Wait()
	free := make(chan struct{}, answerers)
	for {
		select {
		case <-ctx.Done():
			return nil
		case m := <-questions:
			select {
			case <-ctx.Done():
				return nil
			case free <- struct{}{}:
			}
			running.Go(func() {
				defer func() { <-free }()
				b.answer(ctx, m, f)
			})
		}
	}
}

func (b *Bus) asks(name string) string { return b.opts.Name + ".ask." + name }

// answer answers one question. Who asked learns of a failure here by silence,
// or by the end.
func (b *Bus) answer(ctx context.Context, m *nats.Msg, f Answerer) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	answered := b.conn.NewInbox()
	sub, err := b.conn.SubscribeSync(answered)
	if err != nil {
		return // the connection is closed
	}
	defer func() { _ = sub.Unsubscribe() }() // it ends with the connection
	signs := time.NewTicker(signEvery)
	defer signs.Stop()
	var signing sync.WaitGroup
	defer signing.Wait()
	done := make(chan struct{})
	defer close(done)
	signing.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-signs.C:
				_ = b.conn.PublishMsg(&nats.Msg{Subject: m.Reply, Reply: answered, Header: nats.Header{headerSign: {"1"}}}) // see above
			}
		}
	})
	deliver := func(header nats.Header, data []byte) error {
		ctx, stop := context.WithTimeoutCause(ctx, partTimeout, errors.New("who asked takes nothing"))
		defer stop()
		if err := b.conn.PublishMsg(&nats.Msg{Subject: m.Reply, Reply: answered, Header: header, Data: data}); err != nil {
			return err
		}
		// A sign that nobody is there for is answered by the server, as this message itself.
		_, err := sub.NextMsgWithContext(ctx)
		if errors.Is(err, nats.ErrNoResponders) {
			cancel(ErrNobody)
		}
		return err
	}
	err = f(ctx, m.Data, func(part []byte) error {
		for len(part) > b.part {
			if err := deliver(nats.Header{headerMore: {"1"}}, part[:b.part]); err != nil {
				return err
			}
			part = part[b.part:]
		}
		return deliver(nil, part)
	})
	end := "ok"
	if err != nil {
		end = err.Error()
	}
	_ = b.conn.PublishMsg(&nats.Msg{Subject: m.Reply, Header: nats.Header{headerEnd: {oneLine(end)}}}) // see above
}

// Ask asks another process, and calls take with each part of its answer, in
// order; the bytes are take's. The error wraps ErrNobody when nobody answers
// questions of that name.
func (b *Bus) Ask(ctx context.Context, name string, question []byte, take func(part []byte) error) error {
	if err := b.alive(); err != nil {
		return err
	}
	inbox := b.conn.NewInbox()
	sub, err := b.conn.SubscribeSync(inbox)
	if err != nil {
		return fmt.Errorf("bus: ask %s: %w", name, err)
	}
	defer func() { _ = sub.Unsubscribe() }() // it ends with the connection
	if err := b.conn.PublishMsg(&nats.Msg{Subject: b.asks(name), Reply: inbox, Data: question}); err != nil {
		return fmt.Errorf("bus: ask %s: %w", name, err)
	}
	var part []byte
	for {
		m, err := nextPart(ctx, sub)
		if errors.Is(err, nats.ErrNoResponders) {
			return fmt.Errorf("bus: ask %s: %w", name, ErrNobody)
		}
		if err != nil {
			return fmt.Errorf("bus: ask %s: %w", name, err)
		}
		if m.Header.Get(headerSign) != "" {
			continue
		}
		if end := m.Header.Get(headerEnd); end == "ok" {
			return nil
		} else if end != "" {
			return fmt.Errorf("bus: ask %s: %s", name, end)
		}
		if part = append(part, m.Data...); len(part) > MaxPayload {
			return fmt.Errorf("bus: ask %s: %w", name, ErrTooLarge)
		}
		if m.Header.Get(headerMore) == "" {
			if err := take(part); err != nil {
				return err
			}
			part = nil
		}
		if err := m.Respond(nil); err != nil {
			return fmt.Errorf("bus: ask %s: %w", name, err)
		}
	}
}

func nextPart(ctx context.Context, sub *nats.Subscription) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, askerLife, errors.New("who answers gives no sign of life"))
	defer cancel()
	m, err := sub.NextMsgWithContext(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return m, err
}
