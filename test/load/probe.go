package main

import (
	"context"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/api/client"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/kql/value"
)

// probe sends an event of its own now and then and asks for it until it is found.
type probe struct {
	n     *node
	api   *client.Client
	found histogram
	late  int // not found within the bound
}

// probeEvery is how often, probePause how long between two questions, probeBound how long is asked at most.
const (
	probeEvery = 5 * time.Second
	probePause = 250 * time.Millisecond
	probeBound = 30 * time.Second
)

// run probes until ctx ends.
func (p *probe) run(ctx context.Context) error {
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(probeEvery):
		}
		took, err := p.once(ctx, fmt.Sprintf("lynceus-load-probe %d %d", time.Now().UnixNano(), i), probeBound)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		case took >= probeBound:
			p.late++
		}
		p.found.add(took)
	}
}

// once sends one, after it has waited for others as long as any event does, and returns how long it took from when it came
// about until a query found it, or the bound.
func (p *probe) once(ctx context.Context, line string, bound time.Duration) (time.Duration, error) {
	began := time.Now()
	var e event.Event
	e.Reset(event.ClassProcess)
	event.MetadataUID.Set(&e, p.n.hasher.Sum("probe", line).String())
	event.Time.Set(&e, began.UnixNano())
	event.ReceivedTime.Set(&e, began.UnixNano())
	event.Activity.Set(&e, "Launch")
	event.ProcessCmdLine.Set(&e, line)
	var b wire.Builder
	b.Reset("sensor", began.UnixNano())
	if err := b.Add(&e); err != nil {
		return 0, err
	}
	if err := sleep(ctx, p.n.o.linger); err != nil {
		return 0, err
	}
	if err := p.n.send(ctx, peer.Events, b.AppendTo(nil), 1); err != nil {
		return 0, err
	}
	for time.Since(began) < bound {
		rows := 0
		question := hunt.Request{KQL: fmt.Sprintf("process | where time > ago(5m) and process.cmd_line == %q | take 1", line)}
		_, err := hunt.Collect(ctx, p.api, question, func([]value.Value) error {
			rows++
			return nil
		})
		if err != nil {
			return 0, err
		}
		if rows > 0 {
			return time.Since(began), nil
		}
		time.Sleep(probePause)
	}
	return bound, nil
}
