package hub

import (
	"context"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/cases"
	"github.com/lynceus-io/lynceus/store/state"
	"github.com/lynceus-io/lynceus/store/switches"
)

// openDecisions opens what people decide about incidents and rules.
func (u *Up) openDecisions(ctx context.Context, kept *state.Store) (err error) {
	u.cases, err = cases.Open(ctx, kept, cases.Options{Now: u.o.Now, Damaged: func(err error) {
		u.o.Log.Error("what was decided about an incident cannot be read", "error", err)
	}})
	if err != nil {
		return err
	}
	u.run(ctx, "incident status", u.cases.Follow)
	u.switches, err = switches.Open(ctx, kept, switches.Options{Now: u.o.Now, Damaged: func(err error) {
		u.o.Log.Error("a switch of a rule cannot be read; the rule is on", "error", err)
	}})
	if err != nil {
		return err
	}
	u.run(ctx, "switches", u.switches.Follow)
	return nil
}

// off reports whether a rule is switched off.
func (u *Up) off(r *rule.Rule, cluster string, at time.Time) bool {
	return u.switches.Off(r.ID, cluster, at)
}

// blind tells which rules are off: what they would find, nobody sees.
func (u *Up) blind() []string {
	var out []string
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
		out = append(out, fmt.Sprintf("the rule %q (%s) is off%s until %s: %s (%s)", r.Title, r.ID, where, until, s.Reason, s.Author))
	}
	return out
}
