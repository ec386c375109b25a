//go:build linux

package sensorcmd

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/collect/sensor"
	"github.com/lynceus-io/lynceus/collect/sensor/need"
	"github.com/lynceus-io/lynceus/collect/sensor/plan"
)

// defaultMeasure is how long probe measures unless told otherwise: long enough for some programs to have started.
const defaultMeasure = 3 * time.Second

// probe says what the kernel can do, what would be attached, and what that costs.
func (a *app) probe() *cobra.Command {
	measure := defaultMeasure
	var rules []string
	c := &cobra.Command{
		Use:   "probe",
		Short: "Say whether the sensor works here, and what each of its hooks costs",
		Long: "probe says what this kernel can do and what is missing, attaches the sensor for a moment and lets the kernel measure each\n" +
			"hook, then removes it again. With --rules it says what these have the sensor observe, for whom, and which of them are costly. The exit code is 1 when the sensor cannot work here. It can be run by anybody.",
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if measure <= 0 {
				return usagef("--measure %v: give a time above 0", measure)
			}
			spec := a.here(sensor.Spec{Now: a.now, Plan: plan.Plan{Network: true, DNS: true}}) // as without rules
			var needs []need.Need
			if len(rules) > 0 {
				judge, err := a.loadRules(rules)
				if err != nil {
					return err
				}
				spec.Plan, needs = need.All(judge.Rules())
			}
			report, err := sensor.Probe(c.Context(), spec, measure)
			if err != nil {
				return err
			}
			if err := writeReport(a.stdout, report, &spec.Plan, needs); err != nil {
				return err
			}
			if !report.Able() {
				return errUnable
			}
			return nil
		},
	}
	c.Flags().StringArrayVar(&rules, "rules", nil, "a file or directory of rules, or the word builtin for Lynceus' own: what they ask for is shown, and attached; it may be given several times")
	c.Flags().DurationVar(&measure, "measure", measure, "how long to measure the hooks")
	return c
}

func writeReport(out io.Writer, r *sensor.Report, p *plan.Plan, needs []need.Need) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "kernel\t%s\ncgroups\t%s\n\n", printable(r.Kernel), r.Cgroups)
	for _, a := range r.Abilities {
		switch {
		case a.Err == nil:
			fmt.Fprintf(t, "%s\tyes\n", a.Name)
		case a.Needed:
			fmt.Fprintf(t, "%s\tno, and it is needed\t%s\n", a.Name, printable(a.Err.Error()))
		default:
			fmt.Fprintf(t, "%s\tno\t\n", a.Name)
		}
	}
	if len(needs) > 0 {
		writePlan(t, p, needs)
	}
	if r.Hooks != nil {
		fmt.Fprintf(t, "\nhook\truns\ttime each\trecords\tlost\tin %v\n", r.Measured.Round(time.Millisecond))
		for _, h := range r.Hooks {
			each := "-"
			if h.Runs > 0 {
				each = (h.Time / time.Duration(h.Runs)).String()
			}
			fmt.Fprintf(t, "%s\t%d\t%s\t%d\t%d\t\n", h.Hook, h.Runs, each, h.Sent, h.Full+h.Missed)
		}
		fmt.Fprintf(t, "\nloaded in %v\n", r.Took.Round(time.Millisecond))
	}
	verdict := "The sensor works here."
	if !r.Able() {
		verdict = "The sensor cannot work here."
	}
	fmt.Fprintln(t, verdict)
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
