package cli

import (
	"fmt"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/coverage"
)

func (a *app) status() *cobra.Command {
	var f sourceFlags
	var format string
	check := false
	c := &cobra.Command{
		Use:   "status [flags]",
		Short: "Show how a server does, and what somebody should look at",
		Long: `Show what somebody should look at, the worst first, each with what to do; what is missing of the last hour; and what
the store holds. /metrics, /healthz and the health findings tell the same conditions. docs/coverage.md lists them.`,
		Example: "  lynceus status\n  lynceus status --check    # exit code 1 when something is a warning or worse",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if format != "text" && format != "json" {
				return usagef(c, "--output %q is neither text nor json", format)
			}
			server, err := a.needServer(&f, "the status")
			if err != nil {
				return err
			}
			var st api.Status
			if err := server.Do(c.Context(), "GET", "/api/v1/status", nil, nil, &st); err != nil {
				return err
			}
			covered := new(coverage.Statement)
			if err := server.Do(c.Context(), "GET", "/api/v1/coverage", url.Values{"since": {"1h"}}, nil, covered); err != nil {
				return err
			}
			if format == "json" {
				err = output.WriteDocument(a.stdout, map[string]any{"status": st, "coverage": covered})
			} else {
				err = output.WriteStatus(a.stdout, &st, covered, a.now(), a.textOptions(a.stdout, colorAuto))
			}
			if err == nil && check && st.Health >= coverage.Warning {
				return &metError{text: fmt.Sprintf("health is %s", st.Health)}
			}
			return err
		},
	}
	s := c.Flags()
	s.SortFlags = false
	s.BoolVar(&check, "check", false, "exit with 1 when something is a warning or worse")
	s.StringVarP(&format, "output", "o", "text", "format: text or json")
	f.register(s)
	return c
}

func (a *app) sources() *cobra.Command {
	var f sourceFlags
	var format string
	c := &cobra.Command{
		Use:   "sources [flags]",
		Short: "List the sources of events: seen, silent, never seen and how to have them",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if format != "text" && format != "json" {
				return usagef(c, "--output %q is neither text nor json", format)
			}
			server, err := a.needServer(&f, "listing sources")
			if err != nil {
				return err
			}
			var out api.SourceStates
			if err := server.Do(c.Context(), "GET", "/api/v1/sources", nil, nil, &out); err != nil {
				return err
			}
			if format == "json" {
				return output.WriteDocument(a.stdout, out)
			}
			return output.WriteSources(a.stdout, &out, a.now(), a.textOptions(a.stdout, colorAuto))
		},
	}
	s := c.Flags()
	s.SortFlags = false
	s.StringVarP(&format, "output", "o", "text", "format: text or json")
	f.register(s)
	return c
}

// tellCoverage says what is missing of an answer, below it; nothing where nobody can say.
func (a *app) tellCoverage(s *coverage.Statement, mode colorMode) {
	if s != nil {
		fmt.Fprintln(a.stderr, output.CoverageLine(s, a.textOptions(a.stderr, mode)))
	}
}
