package hub

import (
	"context"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/cases"
	"github.com/lynceus-io/lynceus/store/nodesets"
	"github.com/lynceus-io/lynceus/store/state"
	"github.com/lynceus-io/lynceus/store/switches"
	"github.com/lynceus-io/lynceus/store/triage"
)

// openDecisions opens what people decide about incidents, findings and rules.
func (u *Up) openDecisions(ctx context.Context, kept *state.Store) (err error) {
	u.cases, err = cases.Open(ctx, kept, cases.Options{Now: u.o.Now, Damaged: func(err error) {
		u.o.Log.Error("what was decided about an incident cannot be read", "error", err)
	}})
	if err != nil {
		return err
	}
	u.run(ctx, "incident status", u.cases.Follow)
	u.triage, err = triage.Open(ctx, kept, triage.Options{Now: u.o.Now, Damaged: func(err error) {
		u.o.Log.Error("what was decided about findings cannot be read", "error", err)
	}})
	if err != nil {
		return err
	}
	u.run(ctx, "what was decided about findings", u.triage.Follow)
	u.switches, err = switches.Open(ctx, kept, switches.Options{Now: u.o.Now, Damaged: func(err error) {
		u.o.Log.Error("a switch of a rule cannot be read; the rule is on", "error", err)
	}})
	if err != nil {
		return err
	}
	u.run(ctx, "switches", u.switches.Follow)
	if err := u.openRules(ctx, kept); err != nil {
		return err
	}
	sets, err := nodesets.Open(ctx, kept, nodesets.Options{Now: u.o.Now, Damaged: func(err error) {
		u.o.Log.Error("what nodes are to run cannot be read", "error", err)
	}})
	if err != nil {
		return err
	}
	u.run(ctx, "what nodes are to run", sets.Follow)
	u.nodeSets = newNodeSets(sets, u.switches, u.o.NodeRules)
	return nil
}

// off reports whether a rule is switched off.
func (u *Up) off(r *rule.Rule, cluster string, at time.Time) bool {
	return u.switches.Off(r.ID, cluster, at)
}

// blind tells which rules are off: what they would find, nobody sees.
func (u *Up) blind() (out []coverage.Condition) {
	for _, s := range u.switches.List() {
		r := u.ruleByID(s.Rule)
		if r == nil {
			continue
		}
		where, until := "", "somebody switches it on"
		if s.Cluster != "" {
			where = " for cluster " + s.Cluster
		}
		if !s.Until.IsZero() {
			until = s.Until.Format(time.RFC3339)
		}
		out = append(out, coverage.Condition{
			Code: "rule-off", About: r.ID + where, Level: coverage.Notice, Cluster: s.Cluster,
			Text: fmt.Sprintf("the rule %q (%s) is off%s until %s: %s (%s)", r.Title, r.ID, where, until, s.Reason, s.Author),
		})
	}
	return out
}
