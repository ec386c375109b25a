package hub

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/token"
)

// maintain keeps the store in order until ctx ends. What fails is tried again.
func (u *Up) maintain(ctx context.Context) error {
	tick := time.NewTicker(u.o.Maintain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if _, err := u.store.lake.Maintain(ctx); err != nil && ctx.Err() == nil {
				u.o.Log.Error("the store could not be kept in order; it is tried again", "error", err)
			}
		}
	}
}

// ready returns why the server cannot serve yet: what it remembers is being
// rebuilt.
func (u *Up) ready() error {
	if !u.consumer.Ready() {
		return fmt.Errorf("detection takes up the past of the store")
	}
	return nil
}

// status says how the server does.
func (u *Up) status(ctx context.Context) (api.Status, error) {
	st := api.Status{Version: u.o.Version, Started: u.started, Store: u.store.identity, Problems: u.problems(ctx), Tables: []api.TableStatus{}, Sources: []api.SourceStatus{}}
	for _, t := range u.store.lake.Stats().Tables {
		st.Tables = append(st.Tables, api.TableStatus{
			Name: t.Class.String(), Rows: t.Rows, Bytes: t.Bytes, Segments: int64(t.Segments), Oldest: timeOrNil(t.OldestReceived), Newest: timeOrNil(t.NewestReceived),
		})
	}
	for _, a := range u.ledger.Accounts() {
		st.Sources = append(st.Sources, api.SourceStatus{Name: a.Name, Events: a.Events, Broken: a.Broken, Last: timeOrNil(a.Durable)})
	}
	for _, c := range u.fleet.Clusters() {
		if c.Agent != nil {
			st.Sources = append(st.Sources, api.SourceStatus{Name: agentSource(c.Name), Events: c.Agent.Rows, Last: timeOrNil(c.Agent.LastSeen)})
		}
	}
	return st, nil
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// problems are what somebody should look at.
func (u *Up) problems(ctx context.Context) []string {
	out := []string{}
	c := u.consumer.Counts()
	if c.Full.Load() > 0 {
		out = append(out, "the disk is full: events wait at their sources; make room, or lower --retention or --max-size")
	}
	if n := c.Quarantined.Load(); n > 0 {
		out = append(out, fmt.Sprintf("%d batches could not be read and were put aside on the bus", n))
	}
	out = append(out, u.blind()...)
	for _, a := range u.store.lake.Stats().Aside {
		out = append(out, fmt.Sprintf("segment %s is damaged (%s): its %d %s events are missing from every answer", a.Name, a.Reason, a.Rows, a.Class))
	}
	for _, a := range u.ledger.Accounts() {
		if a.Trouble != "" {
			out = append(out, a.Name+": "+a.Trouble)
		}
		if a.Broken > 0 {
			out = append(out, fmt.Sprintf("%s: documents that could not be read: %d; the table health says which and why", a.Name, a.Broken))
		}
	}
	out = append(out, u.fleet.problems()...)
	out = append(out, u.shippingProblems()...)
	if u.tail != nil || u.webhook != nil {
		last := u.ledger.Last()
		if last.IsZero() {
			last = u.started
		}
		if quiet := u.o.Now().Sub(last); quiet > u.o.Silence {
			out = append(out, fmt.Sprintf("no audit events arrived for %s: look whether the API server has an audit policy and where it writes to", quiet.Round(time.Second)))
		}
	}
	if lag, err := u.bus.Lag(ctx, consumerName, 0); err == nil && lag.Messages > 0 && u.o.Now().Sub(lag.Oldest) > time.Minute {
		out = append(out, fmt.Sprintf("the store is %s behind intake (%d batches wait)", u.o.Now().Sub(lag.Oldest).Round(time.Second), lag.Messages))
	}
	return out
}

// metrics registers what /metrics shows of the server.
func (u *Up) metrics() {
	counter := func(name, help string, f func() float64) {
		u.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, f))
	}
	gauge := func(name, help string, f func() float64) {
		u.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, f))
	}
	c := u.consumer.Counts()
	counter("lynceus_events_stored_total", "Events that were judged and stored.", func() float64 { return float64(c.Events.Load()) })
	counter("lynceus_events_repeated_total", "Events that had come before and were not stored again.", func() float64 { return float64(c.Repeated.Load()) })
	counter("lynceus_documents_rejected_total", "Documents that are no event or cannot be read; the table health has them.", func() float64 { return float64(u.sink.Rejected()) })
	counter("lynceus_events_amended_total", "Requests to which what was learned late of their pods was added.", func() float64 { return float64(c.Amended.Load()) })
	counter("lynceus_events_amendable_shed_total", "Requests that waited for that and did not fit.", func() float64 { return float64(c.Shed.Load()) })
	counter("lynceus_events_future_total", "Events that were more than five minutes ahead of their receipt.", func() float64 { return float64(c.Future.Load()) })
	counter("lynceus_batches_quarantined_total", "Batches on the bus that could not be read.", func() float64 { return float64(c.Quarantined.Load()) })
	gauge("lynceus_disk_full", "1 while nothing can be stored for want of room.", func() float64 { return float64(c.Full.Load()) })
	gauge("lynceus_store_rows", "Rows in the store.", func() float64 { return float64(u.store.lake.Stats().Rows) })
	gauge("lynceus_store_bytes", "Bytes of the store's segments.", func() float64 { return float64(u.store.lake.Stats().Bytes) })
	gauge("lynceus_store_segments", "Segments of the store.", func() float64 { return float64(u.store.lake.Stats().Segments) })
	gauge("lynceus_store_segments_aside", "Segments that could not be read and were set aside.", func() float64 { return float64(len(u.store.lake.Stats().Aside)) })
	gauge("lynceus_agent_silent_seconds", "How long the agent that is silent for longest gave no sign of life; 0 where no cluster is known.", func() float64 { return u.fleet.silence().Seconds() })
	u.shippingMetrics(counter, gauge)
	gauge("lynceus_last_event_seconds", "Unix time of the last event that was made durable, 0 for none.", func() float64 {
		if t := u.ledger.Last(); !t.IsZero() {
			return float64(t.Unix())
		}
		return 0
	})
}

// localToken makes the token with which commands of this machine's user ask
// the server. That of an earlier start is revoked.
func (u *Up) localToken(tokens *token.Store) (string, error) {
	list, err := tokens.List()
	if err != nil {
		return "", err
	}
	for _, t := range list {
		if t.Name == localName {
			if _, err := tokens.Revoke(t.ID); err != nil {
				return "", err
			}
		}
	}
	_, secret, err := tokens.Create(token.New{Name: localName, Role: token.Admin, Life: localLife, By: "lynceus up"})
	return secret, err
}

// localName is the name of that token.
const localName = "local"
