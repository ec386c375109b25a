package cli

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// watchFlags are the flags of watch.
type watchFlags struct {
	sourceFlags
	table, where string
	findings     bool
	process      bool
	form         string
	color        colorFlags
}

func (a *app) watchEvents() *cobra.Command {
	f := &watchFlags{}
	c := &cobra.Command{
		Use:   "watch [flags]",
		Short: "Show events or findings as they come",
		Long: `Show what a running lynceus up takes in, one line for each event, until Ctrl-C. A screen that is too slow
misses events, and says how many; nothing waits for it. With --process, lines stand in the tree of processes of their
container: + begins, > becomes another program, - ends.`,
		Example: "  lynceus watch --findings\n  lynceus watch --process --where 'k8s.namespace == \"shop\"'\n  lynceus watch --where 'api.response.code == 403 and k8s.namespace == \"shop\"'",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := f.check(c); err != nil {
				return err
			}
			server, err := a.needServer(&f.sourceFlags, "watching")
			if err != nil {
				return err
			}
			return a.runWatch(c.Context(), server, f)
		},
	}
	s := c.Flags()
	s.SortFlags = false
	s.StringVar(&f.table, "table", event.ClassAudit.String(), "the `TABLE` to watch: audit, process, file, network, dns, finding, ...")
	s.BoolVar(&f.findings, "findings", false, "watch findings: the same as --table finding")
	s.BoolVar(&f.process, "process", false, "watch processes as a tree")
	s.StringVar(&f.where, "where", "", "show only what satisfies `CONDITION`, as after where in KQL")
	s.StringVarP(&f.form, "output", "o", "text", "form: text, or json for one object on each line")
	f.sourceFlags.register(s)
	f.color.register(s)
	return c
}

func (f *watchFlags) check(c *cobra.Command) error {
	if err := f.color.check(c); err != nil {
		return err
	}
	switch {
	case f.findings && c.Flags().Changed("table") && f.table != event.ClassFinding.String():
		return usagef(c, "--findings and --table %s contradict each other: give one", f.table)
	case f.process && (f.findings || c.Flags().Changed("table") && f.table != event.ClassProcess.String()):
		return usagef(c, "--process is for table process alone: leave out --findings and --table")
	case f.form != "text" && f.form != "json":
		return usagef(c, "--output %q is neither text nor json", f.form)
	}
	if f.findings {
		f.table = event.ClassFinding.String()
	}
	if f.process {
		f.table = event.ClassProcess.String()
	}
	if _, ok := event.ClassByName(f.table); !ok {
		return usagef(c, "there is no table %q; lynceus fields lists them", f.table)
	}
	return nil
}

func (a *app) runWatch(ctx context.Context, w hunt.Watcher, f *watchFlags) error {
	answer, err := w.Watch(ctx, hunt.WatchRequest{Table: f.table, Where: f.where})
	if err != nil {
		return err
	}
	defer answer.Close()
	cols := answer.Columns()
	text := a.watchText(f, cols)
	row := make([]value.Value, len(cols))
	var buf []byte
	for answer.Next(row) {
		if f.form == "json" {
			buf = append(output.AppendObject(buf[:0], cols, row), '\n')
		} else {
			buf = text(buf[:0], row)
		}
		if _, err := a.stdout.Write(buf); err != nil {
			return &writeError{err}
		}
	}
	for _, n := range answer.Notes() {
		a.say("note: " + n)
	}
	if err := answer.Err(); err != nil && ctx.Err() == nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// watchText returns what appends the lines of a row.
func (a *app) watchText(f *watchFlags, cols []plan.Column) func(dst []byte, row []value.Value) []byte {
	o := a.textOptions(a.stdout, f.color.mode())
	if f.process {
		tree := output.NewProcessTree(cols, o)
		return func(dst []byte, row []value.Value) []byte {
			for _, line := range tree.Lines(row) {
				dst = append(append(dst, line...), '\n')
			}
			return dst
		}
	}
	lines := output.NewEventLines(f.table, cols, o)
	return func(dst []byte, row []value.Value) []byte { return append(append(dst, lines.Line(row)...), '\n') }
}
