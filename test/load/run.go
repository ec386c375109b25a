package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/api/client"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus/enroll"
)

// templates is how many different events there are.
const templates = 20_000

// run starts the hub and the nodes, measures, and prints.
func run(ctx context.Context, w io.Writer, o *options) (err error) {
	dir := o.data
	if dir == "" {
		if dir, err = os.MkdirTemp("", "lynceus-load-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	f := &fleet{o: o}
	if f.templates, err = makeTemplates(templates); err != nil {
		return err
	}
	h, err := startHub(ctx, o, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	f.hub = enroll.Hub{URL: h.api}
	if f.token, err = h.token(token.New{Name: "load", Role: token.Sensor, Cluster: "load"}); err != nil {
		return err
	}
	analyst, err := h.token(token.New{Name: "probe", Role: token.Analyst})
	if err != nil {
		return err
	}
	api, err := client.New(client.Options{Server: h.api, Token: analyst})
	if err != nil {
		return err
	}
	began := time.Now()
	nodes, err := f.connect(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d nodes enrolled and connected in %v\n", len(nodes), time.Since(began).Round(time.Millisecond))

	first, err := h.usage()
	if err != nil {
		return err
	}
	running, stop := context.WithCancelCause(ctx)
	var wait sync.WaitGroup
	start := func(run func(context.Context) error) {
		wait.Go(func() {
			if err := run(running); err != nil {
				stop(err)
			}
		})
	}
	for _, n := range nodes {
		start(n.run)
	}
	observer := newNode(f, len(nodes))
	observer.ahead = 0
	if err := errors.Join(observer.enrol(ctx), observer.dial()); err != nil {
		return err
	}
	p := &probe{n: observer, api: api}
	start(p.run)
	start(func(ctx context.Context) error { return f.disturb(ctx, nodes) })
	err = f.measure(running, w, h, p)
	stop(nil)
	wait.Wait()
	if err == nil {
		err = f.drain(ctx, w, h, p, first.cpu)
	}
	for _, n := range append(nodes, observer) {
		err = errors.Join(err, n.link.Close())
	}
	return err
}

// connect enrols and connects all nodes, some at a time.
func (f *fleet) connect(ctx context.Context) ([]*node, error) {
	nodes := make([]*node, f.o.nodes)
	errs := make([]error, len(nodes))
	var wait sync.WaitGroup
	places := make(chan struct{}, 8)
	for i := range nodes {
		nodes[i] = newNode(f, i)
		wait.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if errs[i] = nodes[i].enrol(ctx); errs[i] == nil {
				errs[i] = nodes[i].dial()
			}
		})
	}
	wait.Wait()
	return nodes, errors.Join(errs...)
}

// disturb makes bursts go round, and storms.
func (f *fleet) disturb(ctx context.Context, nodes []*node) error {
	bursts := time.NewTicker(15 * time.Second)
	defer bursts.Stop()
	storms := make(<-chan time.Time)
	if f.o.storm > 0 {
		t := time.NewTicker(f.o.storm)
		defer t.Stop()
		storms = t.C
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-bursts.C:
			f.bursting.Add(1)
		case <-storms:
			var wait sync.WaitGroup
			errs := make([]error, len(nodes))
			for i, n := range nodes {
				if i%3 == 0 {
					wait.Go(func() { errs[i] = n.dial() })
				}
			}
			wait.Wait()
			if err := errors.Join(errs...); err != nil {
				return err
			}
		}
	}
}

// measure waits until all is warm, measures, and prints how it goes.
func (f *fleet) measure(ctx context.Context, w io.Writer, h *hub, p *probe) error {
	if err := sleep(ctx, f.o.warm); err != nil {
		return err
	}
	fmt.Fprintf(w, "%8s %10s %8s %9s %12s %8s %8s  %-28s %-28s %s\n",
		"time", "events/s", "batch/s", "bytes/ev", "cpu us/ev", "hub cpu", "rss MB", "durable (50/99/100 %)", "queryable (50/99/100 %)", "busy away late")
	all, err := f.stretches(ctx, w, h, p)
	if err != nil {
		return err
	}
	u, err := h.usage()
	if err != nil {
		return err
	}
	sum := joined(all)
	fmt.Fprintf(w, "in all: %d events in %d batches (%d MB), %.0f events/s, %.2f us of the hub's processor time an event; durable %s; queryable %s; at most %d MB of memory\n",
		sum.events, sum.batches, sum.bytes>>20, float64(sum.events)/sum.span.Seconds(), sum.perEvent(), &sum.durable, &sum.found, u.top>>20)
	if part := len(all) / 5; part > 0 {
		first, last := joined(all[:part]), joined(all[len(all)-part:])
		fmt.Fprintf(w, "the first %v: %s\nthe last %v:  %s\n", first.span.Round(time.Second), first.short(), last.span.Round(time.Second), last.short())
	}
	return nil
}

// drain waits until the last event is found, and says what all of them took together, so that a hub that falls behind has
// saved nothing.
func (f *fleet) drain(ctx context.Context, w io.Writer, h *hub, p *probe, before time.Duration) error {
	began := time.Now()
	if _, err := p.once(ctx, fmt.Sprintf("lynceus-load-probe last %d", began.UnixNano()), drainBound); err != nil {
		return err
	}
	u, err := h.usage()
	if err != nil {
		return err
	}
	events := f.counts.events.Load()
	fmt.Fprintf(w, "from the first event until the last was found, %v after it was sent: %d events, %.2f us of the hub's processor time an event\n",
		time.Since(began).Round(10*time.Millisecond), events, float64((u.cpu-before).Microseconds())/float64(max(events, 1)))
	return nil
}

// drainBound bounds how long the last event is asked for.
const drainBound = 5 * time.Minute

// sleep waits, or returns why ctx ended.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
