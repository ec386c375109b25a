package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/collect/audit/policy"
	"github.com/lynceus-io/lynceus/hub"
)

func (a *app) auditPolicyLint() *cobra.Command {
	var rules policyRules
	var format string
	var samples []string
	c := &cobra.Command{
		Use:   "lint FILE",
		Short: "Say what is wrong with a policy, and what it makes impossible",
		Long: `Check the audit policy in FILE (- is standard input): whether an API server starts with it, which
entries never decide, whom it hides, whether it writes secrets into the log, and which detections
it makes impossible, with what they would need.

Exit codes: 0 nothing but notes, 1 something is wrong, 2 wrong use, 3 FILE cannot be read.`,
		Example: "  lynceus audit-policy lint audit-policy.yaml\n  lynceus audit-policy lint --sample audit.log --output json audit-policy.yaml",
		Args:    onePolicy,
		RunE: func(c *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return usagef(c, "--output %q is neither text nor json", format)
			}
			report, err := a.lintPolicy(c, args[0], &rules, samples)
			if err != nil {
				return err
			}
			write := output.WritePolicyLintJSON
			if format == "text" {
				write = output.PolicyLintWriter(a.textOptions(a.stdout, colorAuto))
			}
			if err := write(a.stdout, report); err != nil {
				return err
			}
			if report.Worst() > policy.Note {
				return &metError{}
			}
			return nil
		},
	}
	rules.register(c.Flags())
	c.Flags().StringArrayVar(&samples, "sample", nil, "estimate the volume on the audit log in `PATH` (repeatable)")
	c.Flags().StringVarP(&format, "output", "o", "text", "format: text or json")
	return c
}

func onePolicy(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef(c, "name one policy file, or - for standard input; got %d", len(args))
	}
	return nil
}

func (a *app) lintPolicy(c *cobra.Command, path string, rules *policyRules, samples []string) (*output.PolicyLint, error) {
	if err := allExist(samples); err != nil {
		return nil, err
	}
	needs, err := rules.needs(c)
	if err != nil {
		return nil, err
	}
	text, p, problems, err := a.readPolicy(path)
	if err != nil {
		return nil, err
	}
	report := &output.PolicyLint{File: path, Text: text, Problems: problems}
	if p == nil || policy.Illegal(problems) {
		return report, nil
	}
	report.Problems = append(report.Problems, needs.Lint(p)...)
	if len(samples) > 0 {
		if report.Meter, err = measure(c.Context(), samples, p); err != nil {
			return nil, err
		}
	}
	return report, nil
}

func measure(ctx context.Context, files []string, p *policy.Policy) (*policy.Meter, error) {
	m, err := hub.Measure(ctx, hub.ScanOptions{Files: files}, p, io.Discard)
	if err != nil {
		return nil, fmt.Errorf("measure %s: %w", strings.Join(files, ", "), err)
	}
	return m, nil
}
