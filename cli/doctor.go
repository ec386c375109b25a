package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/local"
	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/coverage"
)

func (a *app) doctor() *cobra.Command {
	var f sourceFlags
	var rules policyRules
	var policyFile string
	c := &cobra.Command{
		Use:   "doctor [flags]",
		Short: "Check this machine, the data directory and a running server, with advice",
		Long: `Check what Lynceus needs: the data directory and its disk, the clock, the kernel, certificates, and of a running
server everything that its status tells, which sources are silent and which there are not. It judges the audit policy
for the detections and prints the lines to add: the policy in --audit-policy, else that of an API server on this machine,
else what can be told from the events that were recorded. Exit code 1 when something does not work.`,
		Example: "  lynceus doctor\n  lynceus doctor --data /var/lib/lynceus\n  lynceus doctor --audit-policy /etc/kubernetes/audit-policy.yaml",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			needs, err := rules.needs(c)
			if err != nil {
				return err
			}
			list := a.checks(c.Context(), &f)
			policies := a.judgePolicies(c.Context(), &f, needs, policyFile)
			list = append(list, policies.checks...)
			if err := output.WriteChecks(a.stdout, list, a.now(), a.textOptions(a.stdout, colorAuto)); err != nil {
				return err
			}
			for _, x := range policies.adds {
				if err := output.WriteAddition(a.stdout, x.about, x.lines); err != nil {
					return err
				}
			}
			if coverage.Worst(list) == coverage.Failure {
				return &metError{}
			}
			return nil
		},
	}
	f.register(c.Flags())
	rules.register(c.Flags())
	c.Flags().StringVar(&policyFile, "audit-policy", "", "judge the audit policy in `FILE` (- is standard input)")
	return c
}

// checks are what doctor finds, in the order in which it looks.
func (a *app) checks(ctx context.Context, f *sourceFlags) (out []coverage.Condition) {
	if f.server == "" {
		out = append(out, a.checkDirectory(ctx, f)...)
		out = append(out, checkClock(), checkKernel())
	}
	server, err := a.remote(f)
	switch {
	case errors.Is(err, local.ErrNone):
		return append(out, check("server", coverage.Warning, "start one: lynceus up --data "+a.dir(f), "no server runs on %s: nothing is recorded now", a.dir(f)))
	case err != nil:
		return append(out, check("server", coverage.Failure, "", "%v", err))
	}
	var st api.Status
	if err := server.Do(ctx, "GET", "/api/v1/status", nil, nil, &st); err != nil {
		return append(out, check("server", coverage.Failure, "look whether it runs, and at its log", "%v", err))
	}
	out = append(out, check("server", coverage.Fine, "", "a server of version %s runs", st.Version))
	if len(st.Conditions) == 0 {
		out = append(out, check("conditions", coverage.Fine, "", "it says that all is well: store, bus, detection"))
	}
	out = append(out, st.Conditions...)
	var sources api.SourceStates
	if err := server.Do(ctx, "GET", "/api/v1/sources", nil, nil, &sources); err != nil {
		return append(out, check("sources", coverage.Failure, "", "%v", err))
	}
	return append(out, checkSources(&sources)...)
}

// checkSources says how many sources there are and which kinds there are not; silent ones are conditions already.
func checkSources(s *api.SourceStates) (out []coverage.Condition) {
	seen := 0
	for i := range s.Sources {
		if one := &s.Sources[i]; !one.Silent && !one.Ended && !one.Last.IsZero() {
			seen++
		}
	}
	level := coverage.Fine
	if seen == 0 {
		level = coverage.Failure
	}
	out = append(out, check("sources", level, "", "%s", countNoun(seen, "source is heard of", "sources are heard of")))
	for _, m := range s.Missing {
		out = append(out, check("sources", coverage.Notice, m.Enable, "there is no %s: %s", m.Role, m.What))
	}
	return out
}

// check is the result of one check.
func check(code string, level coverage.Level, advice, format string, args ...any) coverage.Condition {
	return coverage.Condition{Code: code, Level: level, Text: fmt.Sprintf(format, args...), Advice: advice}
}
