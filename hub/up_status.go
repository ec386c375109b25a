package hub

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/coverage"
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
	switch {
	case u.consumer != nil && !u.consumer.Ready():
		return fmt.Errorf("detection takes up the past of the store")
	case u.share != nil:
		return u.share.ready()
	}
	return nil
}

// status says how the server does.
func (u *Up) status(ctx context.Context) (api.Status, error) {
	conditions := u.look(ctx)
	st := api.Status{
		Version: u.o.Version, Started: u.started, Store: u.storeName(), Health: coverage.Worst(conditions), Conditions: conditions, Problems: texts(conditions),
		Tables: []api.TableStatus{}, Sources: []api.SourceStatus{},
	}
	for _, t := range u.lakeStats().Tables {
		st.Tables = append(st.Tables, api.TableStatus{
			Name: t.Class.String(), Rows: t.Rows, Bytes: t.Bytes, Segments: int64(t.Segments), Oldest: timeOrNil(t.OldestReceived), Newest: timeOrNil(t.NewestReceived),
		})
	}
	st.Sources = append(st.Sources, u.ownSources()...)
	st.Processes, st.Holds = u.processes()
	others, says := u.others()
	for i, p := range says {
		if !others[i].Mine {
			st.Sources = append(st.Sources, p.Sources...)
		}
	}
	return st, nil
}

// ownSources are the sources that come in by this process.
func (u *Up) ownSources() (out []api.SourceStatus) {
	for _, a := range u.ledger.Accounts() {
		out = append(out, api.SourceStatus{Name: a.Name, Events: a.Events, Broken: a.Broken, Last: timeOrNil(a.Durable)})
	}
	out = append(out, u.sensorStatus()...)
	out = append(out, u.gateStatus()...)
	for _, c := range u.fleet.Clusters() {
		if c.Agent != nil {
			out = append(out, api.SourceStatus{Name: agentSource(c.Name), Events: c.Agent.Rows, Last: timeOrNil(c.Agent.LastSeen)})
		}
	}
	return out
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// metrics registers what /metrics shows of the server.
func (u *Up) metrics() {
	counter := func(name, help string, f func() float64) {
		u.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, f))
	}
	gauge := func(name, help string, f func() float64) {
		u.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, f))
	}
	c := &u.counts
	counter("lynceus_events_stored_total", "Events that were judged and stored.", func() float64 { return float64(u.stored()) })
	counter("lynceus_events_repeated_total", "Events that had come before and were not stored again.", func() float64 { return float64(c.Repeated.Load()) })
	counter("lynceus_documents_rejected_total", "Documents that are no event or cannot be read; the table health has them.", func() float64 { return float64(u.sink.Rejected()) })
	counter("lynceus_events_amended_total", "Requests to which what was learned late of their pods was added.", func() float64 { return float64(c.Amended.Load()) })
	counter("lynceus_events_amendable_shed_total", "Requests that waited for that and did not fit.", func() float64 { return float64(c.Shed.Load()) })
	counter("lynceus_batches_resent_total", "Batches of peers that were stored already when they came again.", func() float64 { return float64(c.Resent.Load()) })
	counter("lynceus_events_future_total", "Events that were more than five minutes ahead of their receipt.", func() float64 { return float64(c.Future.Load()) })
	counter("lynceus_batches_quarantined_total", "Batches on the bus that could not be read.", func() float64 { return float64(c.Quarantined.Load()) })
	gauge("lynceus_disk_full", "1 while nothing can be stored for want of room.", func() float64 { return float64(max(c.Full.Load(), u.storing.Full.Load())) })
	gauge("lynceus_store_rows", "Rows in the store.", func() float64 { return float64(u.lakeStats().Rows) })
	gauge("lynceus_store_bytes", "Bytes of the store's segments.", func() float64 { return float64(u.lakeStats().Bytes) })
	gauge("lynceus_store_segments", "Segments of the store.", func() float64 { return float64(u.lakeStats().Segments) })
	gauge("lynceus_store_segments_aside", "Segments that could not be read and were set aside.", func() float64 { return float64(len(u.lakeStats().Aside)) })
	gauge("lynceus_agent_silent_seconds", "How long the agent that is silent for longest gave no sign of life; 0 where no cluster is known.", func() float64 { return u.fleet.silence().Seconds() })
	u.shippingMetrics(counter, gauge)
	u.sensorMetrics()
	u.ledgerMetrics(gauge)
	u.gateMetrics(counter, gauge)
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
