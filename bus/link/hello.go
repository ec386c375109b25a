package link

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/bus/peer"
)

// sample is one measurement of the clock.
type sample struct {
	ahead, round time.Duration
	hub, at      time.Time // what the hub's clock said, and when that was: its monotonic part is used alone
}

// maxSamples is how many measurements are looked at: those of two minutes. The
// one with the shortest way there and back errs least.
const maxSamples = 12

// tell tells the hub how this peer is, until the link is closed.
func (l *Link) tell() {
	t := time.NewTicker(helloEvery)
	defer t.Stop()
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-t.C:
		case <-l.met:
		}
		if l.session() == nil {
			continue
		}
		first := l.Offset() == nil
		if err := l.hello(); err != nil && l.ctx.Err() == nil {
			l.o.Log.Debug("the hub did not hear how this peer is", "error", err)
			continue
		}
		if first && l.Offset() != nil { // tell what was just measured
			_ = l.hello() // it is told again in ten seconds
		}
	}
}

// hello says how this peer is, and measures the clock by the answer.
func (l *Link) hello() error {
	h := l.o.Hello()
	h.Offset, h.Sent = l.Offset(), l.o.Now()
	b, err := peer.Encode(h)
	if err != nil {
		return err
	}
	began := time.Now()
	answer, err := l.ask(l.ctx, l.name.HelloSubject(), b)
	round := time.Since(began)
	if err != nil {
		return err
	}
	var w peer.Welcome
	if err := json.Unmarshal(answer, &w); err != nil {
		return fmt.Errorf("link: the answer to a hello: %w", err)
	}
	l.measured(sample{h.Sent.Add(round / 2).Sub(w.Received), round, w.Received, began.Add(round / 2)})
	return nil
}

// measured takes a measurement of the clock in. One that contradicts the last
// ones says that a clock was set, and they are forgotten.
func (l *Link) measured(s sample) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if o := l.offset; o != nil && (s.ahead-o.Ahead).Abs() > o.Error+s.round/2 {
		l.samples = l.samples[:0]
	}
	if len(l.samples) == maxSamples {
		l.samples = append(l.samples[:0], l.samples[1:]...)
	}
	l.samples = append(l.samples, s)
	best := s
	for _, x := range l.samples {
		if x.round < best.round {
			best = x
		}
	}
	l.offset = &peer.Offset{Ahead: best.ahead, Error: best.round / 2}
	l.best = best
}

// hubNow is what the hub's clock says, as far as this machine knows: whatever became of its own since it was measured.
func (l *Link) hubNow() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.offset == nil {
		return l.o.Now()
	}
	return l.best.hub.Add(time.Since(l.best.at))
}

// Offset is how far this machine's clock is ahead of the hub's, nil before it
// was measured.
func (l *Link) Offset() *peer.Offset {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.offset == nil {
		return nil
	}
	o := *l.offset
	return &o
}

// Renew asks the hub for this peer's next certificate; request is in PEM. See
// package bus/enroll, whose Holder does so in time.
func (l *Link) Renew(ctx context.Context, request string) (issued peer.Issued, err error) {
	answer, err := l.ask(ctx, l.name.RenewSubject(), []byte(request))
	if err != nil {
		return issued, err
	}
	if err := json.Unmarshal(answer, &issued); err != nil {
		return issued, fmt.Errorf("link: the answer to a certificate request: %w", err)
	}
	if issued.Refused != "" {
		return issued, fmt.Errorf("link: %w: %s", ErrRefused, issued.Refused)
	}
	return issued, nil
}
