package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/hub/ledger"
)

// makeLedger opens the ledger: what the store has of it.
func (u *Up) makeLedger(ctx context.Context) (err error) {
	u.tally, u.told = coverage.NewTally(), map[string]int64{}
	if u.o.whole() {
		u.flight = coverage.NewFlight(u.tally)
	}
	if u.store == nil {
		return nil
	}
	u.books, err = ledger.New(ctx, ledger.Options{
		Lake: u.store.lake, Tally: u.tally, Gather: u.gather, Conditions: u.conditions,
		Muted: u.muted, Title: u.ruleTitle, Silence: u.o.Silence, Bus: u.bus, Queries: u.store, Tap: u.watchers.Tap, Log: u.o.Log, Now: u.o.Now,
	})
	if err != nil {
		return err
	}
	if u.fleet != nil {
		u.fleet.tried = u.books.Tried
	}
	u.store.books.Store(u.books.Book())
	return nil
}

// runLedger keeps the ledger, once all parts are there that it asks.
func (u *Up) runLedger(ctx context.Context) error {
	if u.store == nil {
		u.run(ctx, "accounts", u.sendAccounts)
		return nil
	}
	u.run(ctx, "ledger", u.books.Run)
	return nil
}

func (u *Up) ruleTitle(id string) string {
	if r := u.ruleByID(id); r != nil {
		return r.Title
	}
	return id
}

// gather adds to the tally what intake counts: documents that could not be read, and agents that were heard of.
func (u *Up) gather(t *coverage.Tally) {
	for _, a := range u.ledger.Accounts() {
		if n := a.Broken - u.told[a.Name]; n > 0 {
			t.Lose(coverage.Key{Cluster: u.clusterOf(a.Name), Source: a.Name}, coverage.Audit, coverage.Parse, n)
		}
		u.told[a.Name] = a.Broken
	}
	now := u.o.Now()
	for _, c := range u.fleet.Clusters() {
		if c.Agent != nil && now.Sub(c.Agent.LastSeen) <= api.AgentSilence {
			t.Heard(coverage.Key{Cluster: c.Name, Source: agentSource(c.Name)}, coverage.Inventory, c.UID)
		}
	}
}

// clusterOf returns which cluster a source of audit events is of.
func (u *Up) clusterOf(source string) string {
	if u.o.Webhook != nil {
		for _, c := range u.o.Webhook.Clients {
			if c.Name == source && c.Cluster != "" {
				return c.Cluster
			}
		}
	}
	return u.o.Cluster
}

// texts are conditions as people read them.
func texts(list []coverage.Condition) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].String()
	}
	return out
}

// problems are what somebody should look at, in words.
func (u *Up) problems(ctx context.Context) []string { return texts(u.look(ctx)) }

// conditions are what the server knows that somebody should look at, of itself and of the other processes; the ledger adds
// what it knows of sources.
func (u *Up) conditions(ctx context.Context) []coverage.Condition {
	out := u.ownConditions(ctx)
	for _, c := range u.othersConditions() {
		if !slices.ContainsFunc(out, func(x coverage.Condition) bool { return x.Code == c.Code && x.About == c.About }) {
			out = append(out, c) // what all know is said once
		}
	}
	return out
}

// fullAdvice is what helps where a disk is full.
const fullAdvice = "make room, or lower --retention or --max-size"

// ownConditions are those of this process.
func (u *Up) ownConditions(ctx context.Context) (out []coverage.Condition) {
	add := func(code, about string, level coverage.Level, since time.Time, advice, format string, args ...any) {
		out = append(out, coverage.Condition{Code: code, About: about, Level: level, Since: since, Text: fmt.Sprintf(format, args...), Advice: advice})
	}
	var none time.Time
	if u.counts.Full.Load()+u.storing.Full.Load() > 0 {
		add("disk-full", "store", coverage.Failure, none, fullAdvice, "the disk is full: events wait at their sources")
	}
	if n := u.counts.Quarantined.Load() + u.storing.Quarantined.Load(); n > 0 {
		add("quarantined", "bus", coverage.Warning, none, "", "%d batches could not be read and were put aside on the bus", n)
	}
	for _, a := range u.damaged() {
		add("segment-damaged", a.Name, coverage.Failure, none, "", "segment %s is damaged (%s): its %d %s events are missing from every answer", a.Name, a.Reason, a.Rows, a.Class)
	}
	for _, a := range u.ledger.Accounts() {
		if a.Trouble != "" {
			add("source-trouble", a.Name, coverage.Warning, none, "", "%s: %s", a.Name, a.Trouble)
		}
		if a.Broken > 0 {
			add("source-unreadable", a.Name, coverage.Warning, none, "the table health says which and why", "%s: documents that could not be read: %d", a.Name, a.Broken)
		}
	}
	out = append(out, u.blind()...)
	out = append(out, u.fleet.problems()...)
	out = append(out, u.sensorProblems()...)
	out = append(out, u.shippingProblems()...)
	if u.peers != nil {
		out = append(out, u.peers.push.conditions(u.o.Now())...)
	}
	if u.o.Conditions != nil {
		out = append(out, u.o.Conditions(u.o.Now())...)
	}
	if u.tail != nil || u.webhook != nil {
		last := u.ledger.Last()
		if last.IsZero() {
			last = u.started
		}
		if quiet := u.o.Now().Sub(last); quiet > u.o.Silence {
			add("audit-silent", "audit", coverage.Failure, last, "look whether the API server has an audit policy and where it writes to", "no audit events arrived for %s", quiet.Round(time.Second))
		}
	}
	lag, err := u.lag(ctx)
	if err == nil {
		err = u.bus.Health()
	}
	switch {
	case errors.Is(err, bus.ErrFull):
		add("disk-full", "bus", coverage.Failure, none, fullAdvice, "the disk is full: intake takes nothing, events wait at their sources (%v)", err)
	case err != nil && ctx.Err() == nil:
		add("bus-down", "bus", coverage.Failure, none, "see the log; events wait at their sources", "the bus does not answer: %v", err)
	case err == nil && u.store != nil && lag.Messages > 0 && u.o.Now().Sub(lag.Oldest) > time.Minute:
		add("store-behind", "store", coverage.Warning, lag.Oldest, "", "the store is %s behind intake (%d batches wait)", u.o.Now().Sub(lag.Oldest).Round(time.Second), lag.Messages)
	}
	return out
}

// healthy returns why health is not as it should be, by the last look; nil while it is.
func (u *Up) healthy() error {
	list := u.known()
	worst := coverage.Worst(list)
	if worst < coverage.Warning {
		return nil
	}
	n := 0
	for i := range list {
		if list[i].Level == worst {
			n++
		}
	}
	return errors.New(worst.String() + ": " + fmt.Sprint(n) + " conditions, the first: " + list[0].Code)
}

// ledgerMetrics registers what /metrics shows of the ledger.
func (u *Up) ledgerMetrics(gauge func(name, help string, f func() float64)) {
	gauge("lynceus_health", "The level of the worst condition: 0 ok, 1 notice, 2 warning, 3 failure.", func() float64 { return float64(coverage.Worst(u.known())) })
	if u.books == nil {
		return
	}
	gauge("lynceus_canary_seconds", "How long the last trial took from the bus until a query found it; 0 before the first.", func() float64 {
		own, _ := u.books.Delays()
		return own.Seconds()
	})
	u.registry.MustRegister(ledgerCollector{u})
}

// ledgerCollector shows conditions and sources, of which there are as many as there are. It implements
// prometheus.Collector.
type ledgerCollector struct{ u *Up }

var (
	conditionDesc = prometheus.NewDesc("lynceus_conditions", "Conditions that hold, by code and level.", []string{"code", "level"}, nil)
	missingDesc   = prometheus.NewDesc("lynceus_source_missing_events", "Events of a source that went missing in the last minute that was accounted for.", []string{"cluster", "node", "source", "hop"}, nil)
	seenDesc      = prometheus.NewDesc("lynceus_source_seen_events", "Events that a source saw in the last minute that was accounted for.", []string{"cluster", "node", "source"}, nil)
	silentDesc    = prometheus.NewDesc("lynceus_source_silent", "1 for a source that should have said something and did not.", []string{"cluster", "node", "source"}, nil)
	auditDesc     = prometheus.NewDesc("lynceus_audit_canary_seconds", "How long the last trial of a cluster's audit log took from the request until it was stored.", []string{"cluster"}, nil)
	sensorDesc    = prometheus.NewDesc("lynceus_sensor_canary_seconds", "How long the last trial of a sensor took from its hook until it was stored.", []string{"cluster", "node"}, nil)
)

// Describe implements prometheus.Collector.
func (c ledgerCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{conditionDesc, missingDesc, seenDesc, silentDesc, auditDesc, sensorDesc} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (c ledgerCollector) Collect(to chan<- prometheus.Metric) {
	show := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	type kind struct{ code, level string }
	counts := map[kind]int{}
	for _, x := range c.u.books.Conditions() {
		counts[kind{x.Code, x.Level.String()}]++
	}
	for k, n := range counts {
		show(conditionDesc, float64(n), k.code, k.level)
	}
	for _, s := range c.u.books.Book().Sources(c.u.o.Now()) {
		show(seenDesc, float64(s.Seen), s.Cluster, s.Node, s.Source)
		silent := 0.0
		if s.Silent {
			silent = 1
		}
		show(silentDesc, silent, s.Cluster, s.Node, s.Source)
		for h := range coverage.Hops {
			if n := s.Missing[h]; n > 0 {
				show(missingDesc, float64(n), s.Cluster, s.Node, s.Source, h.String())
			}
		}
	}
	for cluster, d := range c.u.books.AuditDelays() {
		show(auditDesc, d.Seconds(), cluster)
	}
	_, delays := c.u.books.Delays()
	for k, d := range delays {
		show(sensorDesc, d.Seconds(), k.Cluster, k.Node)
	}
}
