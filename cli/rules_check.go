package cli

import (
	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/collect/sensor/need"
)

func (a *app) rulesCheck() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "check [PATH]...",
		Short: "Read rules and say what is broken or not supported in them",
		Long: `Read the Sigma and Falco files at PATHs (files and directories), or the rules that come with Lynceus. Say
how many can be run, which ask for what is not supported or for system calls that no event covers, and
which are broken, with places and reasons.

Exit codes: 0 nothing is broken, 1 something is, 2 wrong use, 3 a PATH cannot be read.`,
		Example: "  lynceus rules check my-rules/\n  lynceus rules check falco_rules.yaml\n  lynceus rules check --output json sigma/rules | jq .errors",
		RunE: func(c *cobra.Command, paths []string) error {
			if format != "text" && format != "json" {
				return usagef(c, "--output %q is neither text nor json", format)
			}
			if err := allExist(paths); err != nil {
				return err
			}
			loaded := ruleTrees(paths)
			loaded.Warnings = append(loaded.Warnings, need.Unseen(loaded.Rules)...)
			write := output.WriteCheckJSON
			if format == "text" {
				write = output.CheckWriter(a.textOptions(a.stdout, colorAuto))
			}
			if err := write(a.stdout, loaded); err != nil {
				return err
			}
			if len(loaded.Errors) > 0 {
				return &metError{}
			}
			return nil
		},
	}
	c.Flags().StringVarP(&format, "output", "o", "text", "format: text or json")
	return c
}
