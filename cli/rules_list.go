package cli

import (
	"cmp"
	"slices"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/switches"
)

func (a *app) rulesList() *cobra.Command {
	var format string
	var f sourceFlags
	c := &cobra.Command{
		Use:     "list [PATH]...",
		Short:   "List rules with their severity, techniques and number of tests",
		Long:    "List the rules at PATHs, or those that come with Lynceus, the most severe first. Where a lynceus up runs, those that are switched off there say so.",
		Example: "  lynceus rules list\n  lynceus rules list --output json my-rules/",
		RunE: func(c *cobra.Command, paths []string) error {
			write, err := ruleListWriter(c, format)
			if err != nil {
				return err
			}
			if err := allExist(paths); err != nil {
				return err
			}
			loaded := ruleTrees(paths)
			if n := len(loaded.Errors) + len(loaded.Unsupported); n > 0 {
				a.say(countNoun(n, "problem keeps rules", "problems keep rules") + " from being listed; see lynceus rules check")
			}
			list := rule.Distinct(loaded.Rules)
			slices.SortStableFunc(list, func(x, y *rule.Rule) int {
				return cmp.Or(cmp.Compare(y.Severity, x.Severity), cmp.Compare(x.ID, y.ID))
			})
			return write(a, list, a.switchedOff(c.Context(), &f))
		},
	}
	c.Flags().StringVarP(&format, "output", "o", "text", "format: text or json")
	f.register(c.Flags())
	return c
}

// ruleListWriter returns what writes a list of rules in a format.
func ruleListWriter(c *cobra.Command, format string) (func(*app, []*rule.Rule, map[string][]switches.Stored) error, error) {
	switch format {
	case "text":
		return func(a *app, list []*rule.Rule, off map[string][]switches.Stored) error {
			return output.WriteRules(a.stdout, list, off, a.textOptions(a.stdout, colorAuto))
		}, nil
	case "json":
		return func(a *app, list []*rule.Rule, _ map[string][]switches.Stored) error {
			return output.WriteRulesJSON(a.stdout, list)
		}, nil
	}
	return nil, usagef(c, "--output %q is neither text nor json", format)
}
