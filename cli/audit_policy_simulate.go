package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/audit/policy"
	"github.com/lynceus-io/lynceus/hub"
)

func (a *app) auditPolicySimulate() *cobra.Command {
	var rules policyRules
	var format string
	var failOn severityFlag
	c := &cobra.Command{
		Use:   "simulate FILE LOG...",
		Short: "Try a policy on a recorded log: its volume, and the findings it costs",
		Long: `Apply the audit policy in FILE to LOGs that were recorded with everything (level RequestResponse),
and show how much it would have written, and which findings would have been lost, compared with a
scan of the whole log.

Exit codes: 0 done, 1 --fail-on was met or the policy is illegal, 2 wrong use, 3 it failed.`,
		Example: "  lynceus audit-policy simulate audit-policy.yaml full.jsonl.gz\n  lynceus audit-policy generate | lynceus audit-policy simulate --fail-on low - full.jsonl.gz",
		Args: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) < 2:
				return usagef(c, "name a policy file and recorded logs")
			case slices.Contains(args[1:], "-"):
				return usagef(c, "logs are read twice, so they cannot come from standard input")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return usagef(c, "--output %q is neither text nor json", format)
			}
			if err := allExist(args[1:]); err != nil {
				return err
			}
			list, err := rules.load(c)
			if err != nil {
				return err
			}
			_, p, problems, err := a.readPolicy(args[0])
			if err != nil {
				return err
			}
			if policy.Illegal(problems) {
				return &metError{fmt.Sprintf("%s: an API server does not start with it; see why with\n  lynceus audit-policy lint %s", args[0], args[0])}
			}
			s, err := hub.Simulate(c.Context(), hub.ScanOptions{Files: args[1:], Rules: list}, p)
			switch {
			case errors.Is(err, audit.ErrNoLog):
				return fmt.Errorf("%w, in %s; %s", err, strings.Join(args[1:], ", "), logHint)
			case err != nil:
				return err
			}
			write := output.WriteSimulationJSON
			if format == "text" {
				write = output.SimulationWriter(a.textOptions(a.stdout, colorAuto))
			}
			if err := write(a.stdout, s); err != nil {
				return err
			}
			if failOn.set && slices.ContainsFunc(s.Costs(), func(x hub.Cost) bool { return x.Finding.Severity >= failOn.severity }) {
				return &metError{}
			}
			return nil
		},
	}
	rules.register(c.Flags())
	c.Flags().Var(&failOn, "fail-on", "end with exit code 1 where a finding of `SEVERITY` or above is lost or becomes less severe")
	c.Flags().StringVarP(&format, "output", "o", "text", "format: text or json")
	return c
}
