package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

// stretch is what came about in a part of the time.
type stretch struct {
	span, cpu              time.Duration
	events, batches, bytes uint64
	resident               int64 // bytes of memory at its end
	durable, found         tally
}

// perEvent is the hub's processor time in microseconds.
func (s *stretch) perEvent() float64 {
	return float64(s.cpu.Microseconds()) / float64(max(s.events, 1))
}

// short says how it went.
func (s *stretch) short() string {
	return fmt.Sprintf("%.0f events/s, %.2f us an event, %d MB of memory, durable %s, queryable %s",
		float64(s.events)/s.span.Seconds(), s.perEvent(), s.resident>>20, &s.durable, &s.found)
}

// joined is several stretches after each other as one.
func joined(list []stretch) (out stretch) {
	for i := range list {
		s := &list[i]
		out.span, out.cpu, out.resident = out.span+s.span, out.cpu+s.cpu, s.resident
		out.events, out.batches, out.bytes = out.events+s.events, out.batches+s.batches, out.bytes+s.bytes
		out.durable.add(&s.durable)
		out.found.add(&s.found)
	}
	return out
}

// stretches measures stretch by stretch, and tells how it goes.
func (f *fleet) stretches(ctx context.Context, w io.Writer, h *hub, p *probe) (all []stretch, err error) {
	began := time.Now()
	last, err := h.usage()
	if err != nil {
		return nil, err
	}
	at := began
	e, b, n := f.counts.events.Load(), f.counts.batches.Load(), f.counts.bytes.Load()
	f.counts.durable.take()
	p.found.take()
	for time.Since(began) < f.o.time {
		if err := sleep(ctx, f.o.every); err != nil {
			return nil, err
		}
		now := time.Now()
		u, err := h.usage()
		if err != nil {
			return nil, err
		}
		s := stretch{span: now.Sub(at), cpu: u.cpu - last.cpu, resident: u.resident, durable: f.counts.durable.take(), found: p.found.take(),
			events: f.counts.events.Load() - e, batches: f.counts.batches.Load() - b, bytes: f.counts.bytes.Load() - n}
		e, b, n, last, at = e+s.events, b+s.batches, n+s.bytes, u, now
		all = append(all, s)
		fmt.Fprintf(w, "%8s %10.0f %8.0f %9.0f %12.2f %7.0f%% %8d  %-28s %-28s %d %d %d\n",
			now.Sub(began).Round(time.Second), float64(s.events)/s.span.Seconds(), float64(s.batches)/s.span.Seconds(), float64(s.bytes)/float64(max(s.events, 1)),
			s.perEvent(), 100*s.cpu.Seconds()/s.span.Seconds(), u.resident>>20, &s.durable, &s.found, f.counts.busy.Load(), f.counts.away.Load(), p.late)
	}
	return all, nil
}
