package hub

import (
	"context"
	"fmt"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/identity"
)

// makeDetection starts what judges and stores events, as far as this process
// does.
func (u *Up) makeDetection(ctx context.Context) error {
	if u.o.has(Storage) && !u.o.whole() {
		if err := u.makeStorage(ctx); err != nil {
			return err
		}
	}
	if !u.o.has(Detection) {
		return nil
	}
	if !u.o.whole() {
		u.share = newShare(u)
		u.run(ctx, "detection", u.share.run)
		return nil
	}
	source, err := u.bus.Consumer(ctx, consumerName, 0)
	if err != nil {
		return err
	}
	with := &judgedBy{up: u}
	u.consumer = &live.Consumer{
		Source: source, Store: live.Lake{Lake: u.store.lake}, Counts: &u.counts, Tally: u.tally, Flight: u.flight, Log: u.o.Log, Now: u.o.Now,
		NewJudge: func(ctx context.Context) (*live.Judge, error) { return u.newJudge(ctx, u.wholeMind(), with.take()) },
		Outdated: with.outdated,
	}
	u.run(ctx, "detection and store", u.consumer.Run)
	return nil
}

// mind is what a judge is made of that differs from partition to partition.
type mind struct {
	store            live.Store
	past             live.Past
	novelty, writers *snapshot
	tap              func(*event.Event) // nil for nobody
}

// wholeMind is that of a process that has everything.
func (u *Up) wholeMind() mind {
	l := live.Lake{Lake: u.store.lake}
	return mind{store: l, past: l, novelty: u.state.snapshot(noveltyKey), writers: u.state.snapshot(writersKey), tap: u.tap}
}

// newJudge makes a judge of rules that knows what the store holds.
func (u *Up) newJudge(ctx context.Context, m mind, all *ruleset) (*live.Judge, error) {
	callers, err := identity.NewCallers(identity.CallersOptions{Inside: u.o.Inside, Feeds: u.o.Feeds, Agent: u.fleet.requestKey})
	if err != nil {
		return nil, fmt.Errorf("prepare identities: %w", err)
	}
	writers, err := m.writers.load(ctx)
	if err == nil && writers != nil {
		err = callers.Restore(writers)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		u.o.Log.Error("who wrote what cannot be read; it is known again from what comes", "error", err)
	}
	novelty, err := m.loadNovelty(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		// It is learned again from what comes; until then nothing is called new.
		u.o.Log.Error("what was learned cannot be read; learning begins again", "error", err)
	}
	state, err := detect.NewState(all.rules, detect.StateOptions{Context: callers, Lists: u.lists, Novelty: novelty, Lateness: live.Lateness, Off: u.off})
	if err != nil {
		return nil, fmt.Errorf("compile the rules: %w", err)
	}
	j := live.NewJudge(live.Options{
		Set: all.set, State: state, Rule: u.ruleByID, Callers: callers, Requests: audit.NewRequests(0), Store: m.store, Past: m.past,
		Excluded: u.exclusions.covers, Exclusions: u.exclusions.version, Cases: u.cases, Learns: writtenHere, Checkpoint: m.novelty.save, Keep: m.writers.save, Tap: m.tap, Told: u.o.Told, Log: u.o.Log, Now: u.o.Now,
	})
	restored, err := j.Restore(ctx, u.ruleByID)
	if err != nil {
		return nil, err
	}
	u.o.Log.Info("detection knows the past again", "events", restored.Events, "findings", restored.Findings, "incidents", restored.Incidents, "objects", restored.Objects, "taught", restored.Taught)
	return j, nil
}

// tap shows an event that is being stored to whoever looks at all of them.
func (u *Up) tap(e *event.Event) {
	u.watchers.Tap(e)
	u.books.Observe(e)
}

// lists finds a feed by name, for rules that look values up in it.
func (u *Up) lists(name string) expr.List {
	for _, f := range u.o.Feeds {
		if f.Name == name {
			return f
		}
	}
	return nil
}
