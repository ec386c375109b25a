package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/rule"
)

func (a *app) rulesTest() *cobra.Command {
	var verbose bool
	c := &cobra.Command{
		Use:   "test [PATH]...",
		Short: "Run the tests that rules bring along",
		Long: `Run the tests inside the rules at PATHs, or inside those that come with Lynceus. Each test's events
go through the same pipeline as a scan, with that rule (and the rules it refers to) alone.

Exit codes: 0 all passed, 1 a test failed or a rule is broken, 2 wrong use, 3 a PATH cannot be read.`,
		Example: "  lynceus rules test\n  lynceus rules test --verbose my-rules/exec.yml",
		RunE: func(c *cobra.Command, paths []string) error {
			if err := allExist(paths); err != nil {
				return err
			}
			return a.runRulesTest(c.Context(), paths, verbose)
		},
	}
	c.Flags().BoolVarP(&verbose, "verbose", "v", false, "name the tests that passed, too")
	return c
}

func (a *app) runRulesTest(ctx context.Context, paths []string, verbose bool) error {
	loaded := ruleTrees(paths)
	p := output.NewTestWriter(a.stdout, a.textOptions(a.stdout, colorAuto), verbose)
	for _, problem := range loaded.Errors {
		p.Broken(problem)
	}
	for _, r := range loaded.Rules {
		if r.Ext == nil {
			continue
		}
		for i := range r.Ext.Tests {
			t := &r.Ext.Tests[i]
			result, err := hub.Test(ctx, loaded.Rules, r, t)
			if err != nil {
				return fmt.Errorf("%s: test %q: %w", r.Source, t.Name, err)
			}
			p.Result(r, t, result, func() []string { return why(r, t.Events) })
		}
	}
	if err := p.Close(untested(loaded.Rules)); err != nil {
		return err
	}
	if p.Failed() > 0 {
		return &metError{}
	}
	return nil
}

// untested names the rules without tests.
func untested(rules []*rule.Rule) []string {
	var out []string
	for _, r := range rules {
		if testCount(r) == 0 {
			out = append(out, cmp.Or(r.Name, r.ID))
		}
	}
	return out
}

// matching returns the rules that a name means: by id, by name, or by title
// without regard to case.
func matching(rules []*rule.Rule, name string) []*rule.Rule {
	var out []*rule.Rule
	for _, r := range rules {
		if r.ID == name || r.Name == name || strings.EqualFold(r.Title, name) {
			out = append(out, r)
		}
	}
	return out
}
