package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/local"
	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/detect/backtest"
	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/hub/past"
	"github.com/lynceus-io/lynceus/rule"
)

// backtestFlags are the flags of rules backtest.
type backtestFlags struct {
	pastFlags
	all    bool
	learn  string
	inside []string
	feeds  []string
}

// backtestSince is how far back rules are tried where nothing else is said.
const backtestSince = 30 * 24 * time.Hour

func (f *backtestFlags) register(s *pflag.FlagSet) {
	s.SortFlags = false
	s.BoolVar(&f.all, "all", false, "try all rules that come with Lynceus and make findings")
	s.StringVar(&f.learn, "learn", "", "learn what is usual from so long before --since, such as `7d`; nothing in it is judged")
	s.StringArrayVar(&f.inside, "inside", nil, "`CIDR` of a network that calls of the cluster's own and of its users come from (repeatable)")
	s.StringArrayVar(&f.feeds, "feed", nil, "list of addresses as `[NAME=]FILE`; rules ask for it by name (repeatable)")
	f.pastFlags.register(s, "judge events from `TIME` on: 2026-03-04T10:00:00Z, or how long ago: 90m, 24h, 7d; 30 days ago where it is not given")
}

func (a *app) rulesBacktest() *cobra.Command {
	f := &backtestFlags{pastFlags: a.pastFlags()}
	c := &cobra.Command{
		Use:   "backtest [flags] ID|NAME|PATH...",
		Short: "Say what rules would have found in the stored past",
		Long: `Judge the stored events by rules, those that come with Lynceus by id or name, or your own in files and directories:
how often, when and where they would have fired, how that compares with what was found then, and what of it the
exclusions in force would cover. Correlations and novelty work as they do live. Nothing is changed.

The data directory is read directly, beside a running lynceus up or without one. docs/backtest.md has the details.`,
		Example: "  lynceus rules backtest token_read_by_command --since 30d\n  lynceus rules backtest my-rules/ --since 7d --learn 23d\n  lynceus rules backtest --all --since 24h --output json",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 && !f.all {
				return usagef(c, "name a rule by its id or name, or a file with rules, or give --all; lynceus rules list shows those that come with Lynceus")
			}
			return f.check(c)
		},
		RunE: func(c *cobra.Command, args []string) error { return a.runBacktest(c, f, args) },
	}
	f.register(c.Flags())
	return c
}

func (a *app) runBacktest(c *cobra.Command, f *backtestFlags, args []string) error {
	o, err := a.backtestOptions(c, f, args)
	if err != nil {
		return err
	}
	if o.Exclusions, err = a.exclusionsInForce(c.Context(), o.Dir); err != nil {
		a.say("the exclusions in force are not known: " + explain(err))
	}
	line := f.progress(a)
	if line != nil {
		o.Progress = func(at past.Progress) {
			line.draw(func(elapsed time.Duration) string { return backtestText(at, elapsed) })
		}
	}
	return lookBack(a, &f.pastFlags, o.Dir, line,
		func() (*backtest.Result, error) { return hub.Backtest(c.Context(), o) },
		func(r *backtest.Result) error {
			return output.WriteBacktest(a.stdout, r, a.textOptions(a.stdout, colorAuto))
		})
}

// backtestText says how far a backtest has come.
func backtestText(at past.Progress, elapsed time.Duration) string {
	text := fmt.Sprintf("Judging  %s of about %s events", output.Number(at.Events), output.Number(max(at.Total, at.Events)))
	if s := elapsed.Seconds(); s > 0 && at.Events > 0 {
		text += fmt.Sprintf("  %s/s", output.Number(int64(float64(at.Events)/s)))
		if left := at.Total - at.Events; left > 0 {
			text += "  " + output.Duration(time.Duration(float64(elapsed)*float64(left)/float64(at.Events))) + " left"
		}
	}
	return text + "  (Ctrl-C cancels)"
}

// backtestOptions returns what flags and arguments say.
func (a *app) backtestOptions(c *cobra.Command, f *backtestFlags, args []string) (hub.BacktestOptions, error) {
	o := hub.BacktestOptions{Dir: a.dir(&sourceFlags{data: f.data}), Since: f.since.at, Until: f.until.at, Now: a.now()}
	if o.Since.IsZero() {
		o.Since = a.now().Add(-backtestSince)
	}
	if !o.Until.IsZero() && !o.Since.Before(o.Until) {
		return o, usagef(c, "--since %s is not before --until %s: no event can be between them", o.Since.Format(time.RFC3339), &f.until)
	}
	if f.learn != "" {
		var err error
		if o.Learn, err = hunt.ParseSpan(f.learn); err != nil {
			return o, usagef(c, "--learn: %v", err)
		}
	}
	for _, text := range f.inside {
		p, err := parseNetwork(text)
		if err != nil {
			return o, usagef(c, "--inside: %v", err)
		}
		o.Inside = append(o.Inside, p)
	}
	for _, text := range f.feeds {
		feed, err := readFeed(text)
		if err != nil {
			return o, fmt.Errorf("--feed %s: %w", text, err)
		}
		o.Feeds = append(o.Feeds, feed)
	}
	var err error
	o.Rules, o.All, err = a.backtestRules(f.all, args)
	return o, err
}

// backtestRules returns the rules that arguments mean, and those that these
// may refer to. A broken file is an error: a backtest without it would say
// less than it was asked for.
func (a *app) backtestRules(everything bool, args []string) (chosen, all []*rule.Rule, err error) {
	all = readRules(nil, true).Rules
	if everything {
		for _, r := range all {
			if !r.Silent && !r.Disabled {
				chosen = append(chosen, r)
			}
		}
	}
	for _, arg := range args {
		found := matching(all, arg)
		if _, statErr := os.Stat(arg); statErr == nil {
			if found, err = a.ownRules(arg); err != nil {
				return nil, nil, err
			}
			all = slices.Concat(found, all) // theirs stand before ours of the same name
		}
		if len(found) == 0 {
			return nil, nil, fmt.Errorf("%s is neither a file with rules nor the id or name of one; lynceus rules list shows the rules", arg)
		}
		for _, r := range found {
			if !slices.ContainsFunc(chosen, func(x *rule.Rule) bool { return x.ID == r.ID && x.Table == r.Table }) {
				chosen = append(chosen, r)
			}
		}
	}
	return chosen, all, nil
}

// ownRules reads the rules at a path, which may refer to those that come with
// Lynceus.
func (a *app) ownRules(path string) ([]*rule.Rule, error) {
	loaded, err := loadRules([]string{path}, true)
	if err != nil {
		return nil, err
	}
	for _, p := range loaded.Unsupported {
		a.say(p.Detail())
	}
	return slices.DeleteFunc(loaded.Rules, func(r *rule.Rule) bool { return strings.HasPrefix(r.Source.File, builtin().Name+"/") }), nil
}

// exclusionsInForce asks the server that runs on a data directory for its
// exclusions; nil where none runs.
func (a *app) exclusionsInForce(ctx context.Context, dir string) ([]exclude.Exclusion, error) {
	server, err := a.remote(&sourceFlags{data: dir})
	if errors.Is(err, local.ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := struct {
		Exclusions []exclude.Exclusion `json:"exclusions"`
	}{Exclusions: []exclude.Exclusion{}}
	if err := server.Do(ctx, "GET", exclusionsPath, nil, nil, &out); err != nil {
		return nil, err
	}
	return out.Exclusions, nil
}
