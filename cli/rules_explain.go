package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/rule"
)

func (a *app) rulesExplain() *cobra.Command {
	return &cobra.Command{
		Use:     "explain ID|NAME|PATH...",
		Short:   "Say in plain words what rules match",
		Long:    "Say what a rule that comes with Lynceus, or the rules in a file or directory, compile to: what they match, how their severity changes, and where they run.",
		Example: "  lynceus rules explain command_in_container\n  lynceus rules explain my-rules/exec.yml",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef(c, "name a rule by its id or name, or a file; lynceus rules list shows those that come with Lynceus")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			var found []*rule.Rule
			for _, arg := range args {
				rs, err := a.findRules(arg)
				if err != nil {
					return err
				}
				found = append(found, rs...)
			}
			for i, r := range found {
				if i > 0 {
					fmt.Fprintln(a.stdout)
				}
				if _, err := fmt.Fprintln(a.stdout, output.CleanLines(strings.TrimRight(rule.Explain(r), "\n"))); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// findRules returns the rules that an argument means: those of a file or
// directory, else the built-in one of that id or name.
func (a *app) findRules(arg string) ([]*rule.Rule, error) {
	if _, err := os.Stat(arg); err != nil {
		if found := matching(readRules(nil, true).Rules, arg); len(found) > 0 {
			return found, nil
		}
		return nil, fmt.Errorf("%s is neither a file nor the id or name of a rule; lynceus rules list shows the rules", arg)
	}
	r := readRules([]string{arg}, false)
	for _, p := range append(r.Errors, r.Unsupported...) {
		a.say(p.Detail())
	}
	if len(r.Rules)+len(r.Compiled) == 0 {
		return nil, fmt.Errorf("%s: no rule in it can be explained", arg)
	}
	return append(r.Rules, r.Compiled...), nil
}
