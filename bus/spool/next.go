package spool

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Next returns the batch that is to be sent next, waiting for one: of the most important lane that has any the oldest. It
// returns the same again until Done is called for it, unless a more important one has come or it was given up.
func (s *Spool) Next(ctx context.Context) (Batch, error) {
	for {
		b, ok, err := s.peek()
		if err != nil || ok {
			return b, err
		}
		select {
		case <-ctx.Done():
			return Batch{}, fmt.Errorf("spool: wait for a batch: %w", ctx.Err())
		case <-s.some:
		}
	}
}

func (s *Spool) peek() (Batch, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return Batch{}, false, ErrClosed
	}
	for i := range s.lanes {
		for {
			g := s.first(Lane(i))
			if g == nil {
				break
			}
			payload, err := g.payload()
			if err != nil {
				s.damaged(g, err)
				s.passed(Lane(i), g)
				continue
			}
			s.sending = Batch{
				Lane: Lane(i), Epoch: g.header.epoch, Sequence: g.first.sequence, Sealed: time.Unix(0, g.first.sealed),
				Events: g.first.events, generation: g.header.generation,
			}
			b := s.sending
			b.Payload = payload
			return b, true, nil
		}
	}
	s.sending = Batch{}
	return Batch{}, false, nil
}

// first returns the segment with the oldest batch of a lane that is not done, nil when there is none. Its head has been
// read.
func (s *Spool) first(at Lane) (out *segment) {
	l := &s.lanes[at]
	for i := 0; i < len(l.streams); i++ {
		t := l.streams[i]
		g := t.segments[0]
		if g.left == 0 {
			if len(t.segments) > 1 {
				s.drop(at, g)
				i--
			}
			continue
		}
		e, err := g.head(s.buf)
		if err != nil { // the rest of it cannot be found
			s.damaged(g, err)
			s.drop(at, g)
			i = -1
			out = nil
			continue
		}
		if out == nil || g.header.generation < out.header.generation ||
			g.header.generation == out.header.generation && e.sequence < out.first.sequence {
			out = g
		}
	}
	return out
}

// damaged counts what cannot be read: the first batch of a segment, or all that are left when not even its head can be.
func (s *Spool) damaged(g *segment, err error) {
	s.trouble = err
	if !errors.Is(err, errDamaged) {
		s.trouble = fmt.Errorf("read what was kept: %w", err)
	}
	if g.first == nil {
		s.counts.Damaged += uint64(g.left)
		return
	}
	s.counts.Damaged++
	s.lost.add(g.first.shares, &s.counts.Lost)
}

// Done says that a batch of Next is durable at the hub.
func (s *Spool) Done(b Batch) { s.done(b, false) }

// Refused says that the hub will never take a batch of Next: it is removed and counted as lost.
func (s *Spool) Refused(b Batch) { s.done(b, true) }

func (s *Spool) done(b Batch, refused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.first(b.Lane)
	if s.closed || g == nil || g.header.generation != b.generation || g.first.sequence != b.Sequence {
		return // it was given up meanwhile
	}
	if refused {
		s.counts.Refused++
		s.lost.add(g.first.shares, &s.counts.Lost)
	} else {
		s.counts.Sent++
	}
	s.passed(b.Lane, g)
}

// passed takes in that the first batch of a lane, which is the first of a segment, need not be sent any more.
func (s *Spool) passed(at Lane, g *segment) {
	l := &s.lanes[at]
	l.done = mark{g.header.generation, g.first.sequence}
	g.pass()
	s.sending = Batch{}
	if err := s.marks.write(s.opts.Dir, at, l.done); err != nil {
		s.trouble = err
	}
	if g.left == 0 && (g.closed || g.header.generation != s.generation || g.size >= idleSegment) {
		s.drop(at, g)
	}
}
