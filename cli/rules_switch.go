package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/local"
	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/store/switches"
)

// rulesPath is where the API has rules.
const rulesPath = "/api/v1/rules"

// switchPath is where the API switches a rule.
func switchPath(id string) string { return rulesPath + "/" + url.PathEscape(id) + "/off" }

// oneRule takes the id or name of one rule.
func oneRule(c *cobra.Command, args []string) error {
	if len(args) != 1 || args[0] == "" {
		return usagef(c, "give the id or name of one rule; lynceus rules list shows them")
	}
	return nil
}

func (a *app) rulesOff() *cobra.Command {
	var f sourceFlags
	var in api.RuleOff
	var life string
	c := &cobra.Command{
		Use: "off ID|NAME --reason TEXT", Short: "Let a running lynceus up make no findings by a rule", Args: oneRule,
		Long: `Switch a rule off: it makes no findings from now on, in all clusters or in one, until it is switched on again or the
time given is over. What it would find is not kept and cannot be shown later; lynceus exclude keeps findings and does not tell them.
Correlations that build on the rule go on; switch them off by their own ids.`,
		Example: "  lynceus rules off command_in_container --reason 'debugging session' --for 8h",
		RunE: func(c *cobra.Command, args []string) error {
			if in.Reason == "" {
				return usagef(c, "give --reason: somebody will ask why nothing is found")
			}
			if life != "" {
				d, err := hunt.ParseSpan(life)
				if err != nil {
					return usagef(c, "--for: %v", err)
				}
				in.Until = a.now().Add(d).UTC().Truncate(time.Second)
			}
			server, err := a.needServer(&f, "switching a rule off")
			if err != nil {
				return err
			}
			var s switches.Stored
			if err := server.Do(c.Context(), "PUT", switchPath(args[0]), nil, in, &s); err != nil {
				return err
			}
			a.say(fmt.Sprintf("rule %s is off, %s; lynceus rules on switches it on", s.Rule, output.SwitchWords(&s.Switch)))
			return nil
		},
	}
	s := c.Flags()
	s.SortFlags = false
	s.StringVar(&in.Reason, "reason", "", "why; needed")
	s.StringVar(&life, "for", "", "for how long: 8h, 7d; until it is switched on unless given")
	s.StringVar(&in.Cluster, "cluster", "", "only in this `CLUSTER`")
	f.register(s)
	return c
}

func (a *app) rulesOn() *cobra.Command {
	var f sourceFlags
	var cluster string
	c := &cobra.Command{
		Use: "on ID|NAME", Short: "Let a rule that is off make findings again", Args: oneRule,
		RunE: func(c *cobra.Command, args []string) error {
			server, err := a.needServer(&f, "switching a rule on")
			if err != nil {
				return err
			}
			var s switches.Stored
			if err := server.Do(c.Context(), "DELETE", switchPath(args[0]), url.Values{"cluster": {cluster}}, nil, &s); err != nil {
				return err
			}
			a.say(fmt.Sprintf("rule %s is on again", s.Rule))
			return nil
		},
	}
	c.Flags().StringVar(&cluster, "cluster", "", "the switch that is for this `CLUSTER` only")
	f.register(c.Flags())
	return c
}

func (a *app) rulesHistory() *cobra.Command {
	var f sourceFlags
	var cluster string
	c := &cobra.Command{
		Use: "history ID|NAME", Short: "Show who switched a rule off and on, when and why", Args: oneRule,
		RunE: func(c *cobra.Command, args []string) error {
			server, err := a.needServer(&f, "the history of a rule's switch")
			if err != nil {
				return err
			}
			var out struct {
				Changes []switches.Change `json:"changes"`
			}
			if err := server.Do(c.Context(), "GET", switchPath(args[0]), url.Values{"cluster": {cluster}}, nil, &out); err != nil {
				return err
			}
			return output.WriteSwitchChanges(a.stdout, out.Changes, a.textOptions(a.stdout, colorAuto))
		},
	}
	c.Flags().StringVar(&cluster, "cluster", "", "the switch that is for this `CLUSTER` only")
	f.register(c.Flags())
	return c
}

// switchedOff returns the rules that are off on the server, by id; nothing
// where none runs. One that runs and does not answer is told: the list would
// say less than it seems to.
func (a *app) switchedOff(ctx context.Context, f *sourceFlags) map[string][]switches.Stored {
	server, err := a.remote(f)
	if errors.Is(err, local.ErrNone) {
		return nil
	}
	var out struct {
		Rules []api.Rule `json:"rules"`
	}
	if err == nil {
		err = server.Do(ctx, "GET", rulesPath, nil, nil, &out)
	}
	if err != nil {
		a.say("which rules are switched off is not known: " + explain(err))
		return nil
	}
	off := map[string][]switches.Stored{}
	for _, r := range out.Rules {
		if len(r.Off) > 0 {
			off[r.ID] = r.Off
		}
	}
	return off
}
