package ledger

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/kql/value"
)

const (
	// trialEvery is how often a trial is sent; sensors do as often.
	trialEvery = time.Minute
	// trialLimit is how long one may take until a query finds it, trialWait how long it is looked for.
	trialLimit = 10 * time.Second
	trialWait  = 30 * time.Second
	// trialPause lies between two looks.
	trialPause = 100 * time.Millisecond
	// sensorLate is how long no trial of a sensor may come that sends some.
	sensorLate = 3 * trialEvery
	// maxSensors bounds the sensors whose trials are remembered.
	maxSensors = 16 << 10
)

// OwnWay is what the hub's own way is called, from the bus to who answers queries.
const OwnWay = "bus"

// trials are rows that are sent to see whether they arrive. They are safe for use by several goroutines.
type trials struct {
	mu      sync.Mutex
	sent    time.Time // of the hub's own, the last
	running bool
	last    result // of the hub's own
	sensors map[coverage.Key]result
	audits  map[string]*auditTrials // by cluster
	rows    []coverage.Account      // results that are not written yet
}

// result is what became of a trial.
type result struct {
	at    time.Time
	delay time.Duration
	err   error
	none  bool // no trial came yet, and at is since when some should
	heard time.Time
}

func newTrials() *trials {
	return &trials{sensors: map[coverage.Key]result{}, audits: map[string]*auditTrials{}}
}

// expect notes that a sensor accounts for itself: its trials should come, too.
func (t *trials) expect(a *coverage.Account, now time.Time) {
	if a.Role != coverage.Sensor || a.Kind != coverage.Total || a.Source != coverage.SensorSource || a.Reporter == coverage.HubReporter {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	r, known := t.sensors[a.Key]
	r.heard = now
	switch {
	case known:
		t.sensors[a.Key] = r
	case len(t.sensors) < maxSensors:
		r.at, r.none = now, true
		t.sensors[a.Key.Clone()] = r
	}
}

// forget forgets a sensor that is no more.
func (t *trials) forget(k coverage.Key) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.sensors, k)
}

// arrived takes in a trial of a sensor that is being stored.
func (t *trials) arrived(a *coverage.Account, now time.Time) {
	if a.Role != coverage.Sensor {
		return
	}
	a.ByHub(now)
	delay := now.Sub(a.From)
	t.mu.Lock()
	defer t.mu.Unlock()
	k := a.Key
	if _, known := t.sensors[k]; !known {
		if len(t.sensors) >= maxSensors {
			return
		}
		k = k.Clone()
	}
	t.sensors[k] = result{at: now, delay: delay, heard: now}
	t.add(coverage.Account{
		Key: k, ClusterUID: strings.Clone(a.ClusterUID), Role: coverage.Sensor, Kind: coverage.Canary, Reporter: coverage.HubReporter, From: a.From, To: now, Delay: max(delay, time.Millisecond),
	})
}

// add notes a result to be written.
func (t *trials) add(a coverage.Account) {
	if len(t.rows) < maxWaiting {
		t.rows = append(t.rows, a)
	}
}

// take returns the results that are not written yet.
func (t *trials) take() []coverage.Account {
	t.mu.Lock()
	defer t.mu.Unlock()
	rows := t.rows
	t.rows = nil
	return rows
}

// try sends a trial when it is time to, and takes in what became of those before.
func (l *Ledger) try(ctx context.Context, now time.Time) {
	t := l.trials
	rows := t.take()
	l.waiting = append(l.waiting, rows[:min(len(rows), maxWaiting-len(l.waiting))]...)
	if l.o.Bus == nil || l.o.Queries == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running || now.Sub(t.sent) < trialEvery {
		return
	}
	t.sent, t.running = now, true
	l.trying.Go(func() {
		if err := l.trial(ctx, now); ctx.Err() == nil {
			t.end(now, l.o.Now(), err)
		}
	})
}

// setBack has the next trial sent at once.
func (t *trials) setBack(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent = now.Add(-trialEvery)
}

// end takes in what became of the hub's own trial.
func (t *trials) end(sent, now time.Time, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running = false
	t.last = result{at: now, delay: now.Sub(sent), err: err}
	a := coverage.Account{
		Key: coverage.Key{Source: OwnWay}, Role: coverage.Hub, Kind: coverage.Canary, Reporter: coverage.HubReporter, From: sent, To: now, Delay: max(now.Sub(sent), time.Millisecond), Failed: err != nil,
	}
	if err != nil {
		a.Detail = err.Error()
	}
	t.add(a)
}

// trial sends a row by the bus, and returns when a query finds it.
func (l *Ledger) trial(ctx context.Context, now time.Time) error {
	ctx, cancel := context.WithTimeoutCause(ctx, trialWait, fmt.Errorf("no query found it within %v", trialWait))
	defer cancel()
	var e event.Event
	a := coverage.Account{Key: coverage.Key{Source: OwnWay}, Role: coverage.Hub, Kind: coverage.Trial, Reporter: coverage.HubReporter, From: now, To: now}
	coverage.Fill(&e, &a, now, event.NewUIDHasher())
	var b wire.Builder
	b.Reset(coverage.HubReporter, now.UnixNano())
	if err := b.Add(&e); err != nil {
		return fmt.Errorf("make a trial: %w", err)
	}
	if _, err := l.o.Bus.Publish(ctx, live.PartitionOf("", l.o.Bus.Partitions()), b.AppendTo(nil)); err != nil {
		return fmt.Errorf("put a trial on the bus: %w", err)
	}
	request := hunt.Request{
		KQL: "declare query_parameters(_uid: string);\nhealth | where metadata.uid == _uid | count", Params: map[string]string{"_uid": event.MetadataUID.Get(&e)}, From: now.Add(-time.Minute),
	}
	for {
		found := false
		_, err := hunt.Collect(ctx, l.o.Queries, request, func(row []value.Value) error {
			found = row[0].Int > 0
			return nil
		})
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return fmt.Errorf("ask for a trial: %w", err)
		case found:
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(trialPause):
		}
	}
}

// conditions returns which ways do not work, by their trials.
func (t *trials) conditions(now time.Time) (out []coverage.Condition) {
	t.mu.Lock()
	defer t.mu.Unlock()
	add := func(k coverage.Key, text string) {
		out = append(out, coverage.Condition{
			Code: "trial-late", About: k.String(), Level: coverage.Failure, Text: text, Advice: "look at the log, the disk and the conditions beside this one: what happens now may not be found", Cluster: k.Cluster, Node: k.Node,
		})
	}
	own := coverage.Key{Source: OwnWay}
	switch {
	case t.running && now.Sub(t.sent) > trialLimit:
		add(own, fmt.Sprintf("a trial that was put on the bus at %s is not found by queries yet", t.sent.UTC().Format(time.TimeOnly)))
	case t.last.err != nil:
		add(own, fmt.Sprintf("a trial was not found by queries: %v", t.last.err))
	case t.last.delay > trialLimit:
		add(own, fmt.Sprintf("a trial took %v from the bus until a query found it", t.last.delay.Round(time.Millisecond)))
	}
	for k, r := range t.sensors {
		switch quiet := now.Sub(r.at); {
		case now.Sub(r.heard) > time.Hour:
			delete(t.sensors, k) // its silence is told already
		case quiet > sensorLate && r.none && now.Sub(r.heard) < sensorLate:
			add(k, fmt.Sprintf("%s accounts for itself, and no trial of its hooks has come for %v", k, quiet.Round(time.Second)))
		case quiet > sensorLate && !r.none:
			add(k, fmt.Sprintf("no trial of the hooks of %s has come for %v", k, quiet.Round(time.Second)))
		}
	}
	return out
}

// Delays returns how long the last trial of the hub's own way took, and of each sensor's.
func (l *Ledger) Delays() (own time.Duration, sensors map[coverage.Key]time.Duration) {
	l.trials.mu.Lock()
	defer l.trials.mu.Unlock()
	sensors = make(map[coverage.Key]time.Duration, len(l.trials.sensors))
	for k, r := range l.trials.sensors {
		if !r.none {
			sensors[k] = r.delay
		}
	}
	return l.trials.last.delay, sensors
}
