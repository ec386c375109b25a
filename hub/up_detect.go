package hub

import (
	"context"
	"fmt"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/identity"
	"github.com/lynceus-io/lynceus/rule"
)

// makeConsumer starts what judges and stores events.
func (u *Up) makeConsumer(ctx context.Context) error {
	set, err := detect.Compile(u.o.Rules, detect.Options{Lists: u.lists})
	if err != nil {
		return fmt.Errorf("compile the rules: %w", err)
	}
	source, err := u.bus.Consumer(ctx, consumerName, 0)
	if err != nil {
		return err
	}
	u.consumer = &live.Consumer{
		Source: source, Lake: u.store.lake, Log: u.o.Log, Now: u.o.Now,
		NewJudge: func(ctx context.Context) (*live.Judge, error) { return u.newJudge(ctx, set) },
	}
	u.run(ctx, "detection and store", u.consumer.Run)
	return nil
}

// newJudge makes a judge that knows what the store holds.
func (u *Up) newJudge(ctx context.Context, set *detect.Set) (*live.Judge, error) {
	callers, err := identity.NewCallers(identity.CallersOptions{Inside: u.o.Inside, Feeds: u.o.Feeds, Agent: u.fleet.requestKey})
	if err != nil {
		return nil, fmt.Errorf("prepare identities: %w", err)
	}
	writers, err := u.state.loadWriters(ctx)
	if err == nil && writers != nil {
		err = callers.Restore(writers)
	}
	if err != nil {
		u.o.Log.Error("who wrote what cannot be read; it is known again from what comes", "error", err)
	}
	novelty, err := u.state.loadNovelty(ctx)
	if err != nil {
		// It is learned again from what comes; until then nothing is called new.
		u.o.Log.Error("what was learned cannot be read; learning begins again", "error", err)
	}
	state, err := detect.NewState(u.o.Rules, detect.StateOptions{Context: callers, Lists: u.lists, Novelty: novelty, Lateness: live.Lateness, Off: u.off})
	if err != nil {
		return nil, fmt.Errorf("compile the rules: %w", err)
	}
	j := live.NewJudge(live.Options{
		Set: set, State: state, Callers: callers, Requests: audit.NewRequests(0), Lake: u.store.lake,
		Excluded: u.exclusions.covers, Exclusions: u.exclusions.version, Cases: u.cases, Checkpoint: u.state.saveNovelty, Keep: u.state.saveWriters, Tap: u.watchers.Tap, Log: u.o.Log, Now: u.o.Now,
	})
	restored, err := j.Restore(ctx, u.ruleByID)
	if err != nil {
		return nil, err
	}
	u.o.Log.Info("detection knows the past again", "events", restored.Events, "findings", restored.Findings, "incidents", restored.Incidents, "objects", restored.Objects)
	return j, nil
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

func (u *Up) rules() []*rule.Rule { return u.o.Rules }

func (u *Up) ruleByID(id string) *rule.Rule {
	for _, r := range u.o.Rules {
		if r.ID == id {
			return r
		}
	}
	return nil
}
