package cli

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/collect/audit/policy/advise"
)

func (a *app) auditPolicyGenerate() *cobra.Command {
	var rules policyRules
	var profile, out string
	c := &cobra.Command{
		Use:   "generate",
		Short: "Make the policy that records what the detections need",
		Long: `Write an audit policy (audit.k8s.io/v1) that records what the rules read, and not much more. Each
entry says why it is there. Bodies of secrets and tokens are never recorded.

Profiles: minimal records bodies only where a rule cannot match without them; balanced records
what rules read; forensic records the body of every change and drops no noise.`,
		Example: "  lynceus audit-policy generate > audit-policy.yaml\n  lynceus audit-policy generate --profile minimal --rules my-rules/ --out audit-policy.yaml",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			chosen, err := advise.ParseProfile(profile)
			if err != nil {
				return usagef(c, "--profile: %v", err)
			}
			needs, err := rules.needs(c)
			if err != nil {
				return err
			}
			text := output.CleanLines(needs.Generate(chosen).YAML())
			if out != "" {
				return toFile(out, func(w io.Writer) error { return writeText(w, text) })
			}
			return writeText(a.stdout, text)
		},
	}
	rules.register(c.Flags())
	c.Flags().StringVar(&profile, "profile", string(advise.Balanced), "what to prefer: minimal, balanced or forensic")
	c.Flags().StringVar(&out, "out", "", "write to `FILE` instead of standard output")
	return c
}

func writeText(w io.Writer, text string) error {
	_, err := io.WriteString(w, text)
	return err
}
