package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/ownrules"
	"github.com/lynceus-io/lynceus/store/state"
)

// ruleset is all rules that there are at one time: those that the server was
// started with and those that people wrote here.
type ruleset struct {
	rules []*rule.Rule
	byID  map[string]*rule.Rule
	// set is all of them at once; nil in a process that judges nothing.
	set *detect.Set
	// generation tells one from the next.
	generation uint64
}

// rulesPause gathers changes that come one after another: each makes judges
// begin again.
const rulesPause = 500 * time.Millisecond

// openRules opens the rules that people write, and makes the rule set.
func (u *Up) openRules(ctx context.Context, kept *state.Store) (err error) {
	u.rulesChanged = make(chan []ownrules.Stored, 1)
	u.ownRules, err = ownrules.Open(ctx, kept, ownrules.Options{
		Now: u.o.Now, Changed: u.rulesAre,
		Damaged: func(err error) { u.o.Log.Error("a rule that was written here cannot be read", "error", err) },
	})
	if err != nil {
		return err
	}
	if err := u.makeRules(<-u.rulesChanged); err != nil {
		return err
	}
	u.run(ctx, "own rules", u.ownRules.Follow)
	u.run(ctx, "rule set", u.renewRules)
	return nil
}

// rulesAre notes what the rules are now; only the latest counts.
func (u *Up) rulesAre(all []ownrules.Stored) {
	select {
	case <-u.rulesChanged:
	default:
	}
	u.rulesChanged <- all
}

// renewRules makes a new rule set when rules were changed, until ctx ends.
func (u *Up) renewRules(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case all := <-u.rulesChanged:
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(rulesPause):
			}
			select {
			case all = <-u.rulesChanged:
			default:
			}
			if u.sameRules(all) {
				continue
			}
			if err := u.makeRules(all); err != nil {
				u.o.Log.Error("the rules were changed and cannot be judged together; those of before stay in force", "error", err)
				continue
			}
			u.o.Log.Info("the rules were changed", "rules", len(u.rules()), "own", len(all))
		}
	}
}

// sameRules reports whether the rules in force are these already: a mirror
// tells again what it has.
func (u *Up) sameRules(all []ownrules.Stored) bool {
	return slices.EqualFunc(u.ownInForce, all, func(a, b ownrules.Stored) bool { return a.ID == b.ID && a.Revision == b.Revision })
}

// makeRules puts a rule set in force. One of people's own that cannot be run is
// left out and told; the error is about all of them together.
func (u *Up) makeRules(own []ownrules.Stored) error {
	next := &ruleset{rules: slices.Clone(u.o.Rules), byID: map[string]*rule.Rule{}}
	for i := range own {
		compiled, err := own[i].Compile()
		if err == nil && u.o.has(Detection) {
			err = u.runnable(compiled)
		}
		if err != nil {
			u.o.Log.Error("a rule that was written here cannot be run", "rule", own[i].ID, "error", err)
			continue
		}
		next.rules = append(next.rules, compiled...)
	}
	for _, r := range next.rules {
		if next.byID[r.ID] == nil {
			next.byID[r.ID] = r
		}
	}
	if u.o.has(Detection) {
		var err error
		if next.set, err = detect.Compile(next.rules, detect.Options{Lists: u.lists}); err != nil {
			return fmt.Errorf("compile the rules: %w", err)
		}
	}
	if before := u.ruleset.Load(); before != nil {
		next.generation = before.generation + 1
	}
	u.ownInForce = own
	u.ruleset.Store(next)
	return nil
}

// runnable says what keeps rules from being judged, nil for nothing.
func (u *Up) runnable(list []*rule.Rule) error {
	if _, err := detect.Compile(list, detect.Options{Lists: u.lists}); err != nil {
		return err
	}
	_, err := detect.NewState(list, detect.StateOptions{Lists: u.lists})
	return err
}

// writtenHere reports whether people wrote a rule here.
func writtenHere(r *rule.Rule) bool { return strings.HasPrefix(r.Source.File, ownrules.Dir) }

// judgedBy remembers by which rules one consumer's judge judges. It is for that
// consumer's goroutine.
type judgedBy struct {
	up         *Up
	generation uint64
}

// take returns the rules in force, for a judge that is being made.
func (r *judgedBy) take() *ruleset {
	all := r.up.ruleset.Load()
	r.generation = all.generation
	return all
}

// outdated reports whether other rules are in force by now.
func (r *judgedBy) outdated() bool { return r.up.ruleset.Load().generation != r.generation }

// rules are all rules that there are.
func (u *Up) rules() []*rule.Rule { return u.ruleset.Load().rules }

// ruleByID returns the first rule of that id; nil for none.
func (u *Up) ruleByID(id string) *rule.Rule { return u.ruleset.Load().byID[id] }

// ownRuleBook is what the API asks about the rules that people write.
type ownRuleBook struct {
	*ownrules.Book
	up *Up
}

// Try says what is wrong with a rule before it is kept: what cannot be read,
// what cannot be judged, and which of its own tests fails.
func (b *ownRuleBook) Try(ctx context.Context, r ownrules.Rule) error {
	list, err := r.Compile()
	if err != nil {
		return err
	}
	if err := b.up.runnable(list); err != nil {
		return fmt.Errorf("%w: %w", ownrules.ErrInvalid, err)
	}
	var errs []error
	for _, x := range list {
		if x.Ext == nil {
			continue
		}
		for i := range x.Ext.Tests {
			t := &x.Ext.Tests[i]
			found, err := Test(ctx, list, x, t)
			switch {
			case err != nil:
				return fmt.Errorf("%w: test %q: %w", ownrules.ErrInvalid, t.Name, err)
			case t.Match && len(found) == 0:
				errs = append(errs, fmt.Errorf("test %q: the rule finds nothing, and should", t.Name))
			case !t.Match && len(found) > 0:
				errs = append(errs, fmt.Errorf("test %q: the rule finds %d, and should find nothing", t.Name, len(found)))
			}
		}
	}
	if len(errs) > 0 {
		return fmt.Errorf("%w: %w", ownrules.ErrInvalid, errors.Join(errs...))
	}
	return nil
}
