package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/hub/seek"
)

// huntFlags are the flags of hunt.
type huntFlags struct {
	pastFlags
	feeds []string
}

func (f *huntFlags) register(s *pflag.FlagSet) {
	s.SortFlags = false
	s.StringArrayVar(&f.feeds, "feed", nil, "also look for what `FILE` lists, one indicator a line; - is standard input (repeatable)")
	f.pastFlags.register(s, "leave out events before `TIME`: 2026-03-04T10:00:00Z, or how long ago: 90m, 24h, 7d")
}

func (a *app) hunt() *cobra.Command {
	f := &huntFlags{pastFlags: a.pastFlags()}
	c := &cobra.Command{
		Use:   "hunt [flags] [INDICATOR]...",
		Short: "Find where addresses, networks, domains, hashes, users or files were seen",
		Long: `Look through the stored events for indicators: addresses, networks (192.0.2.0/24), host names and those below
them, hashes, users, files and images. Lists of many thousands can be given with --feed. Each sighting says in which
table and field, from when to when, how often, by whom and where.

The data directory is read directly, beside a running lynceus up or without one. docs/backtest.md has the details;
lynceus ask indicator shows every event of one indicator.`,
		Example: "  lynceus hunt 203.0.113.66\n  lynceus hunt --feed indicators.txt --since 90d --output json\n  lynceus hunt evil.example 198.51.100.0/24",
		Args: func(c *cobra.Command, args []string) error {
			if len(args)+len(f.feeds) == 0 {
				return usagef(c, "name an indicator, or a file of them with --feed")
			}
			return f.check(c)
		},
		RunE: func(c *cobra.Command, args []string) error { return a.runHunt(c, f, args) },
	}
	f.register(c.Flags())
	return c
}

func (a *app) runHunt(c *cobra.Command, f *huntFlags, args []string) error {
	o := hub.HuntOptions{Now: a.now, Dir: a.dir(&sourceFlags{data: f.data}), Indicators: &seek.Indicators{}, Since: f.since.at, Until: f.until.at}
	for _, text := range args {
		if err := o.Indicators.Add(text); err != nil {
			return usagef(c, "%q: %v", text, err)
		}
	}
	for _, path := range f.feeds {
		if err := a.readIndicators(o.Indicators, path); err != nil {
			return fmt.Errorf("--feed %s: %w", path, err)
		}
	}
	if o.Indicators.Len() == 0 {
		return errors.New("there is no indicator to look for; a list has one a line")
	}
	line := f.progress(a)
	if line != nil {
		o.Progress = func(events int64) {
			line.draw(func(elapsed time.Duration) string {
				return fmt.Sprintf("Looking  %s  %s events  (Ctrl-C cancels)", output.Duration(elapsed), output.Number(events))
			})
		}
	}
	return lookBack(a, &f.pastFlags, o.Dir, line,
		func() (*seek.Result, error) { return hub.Hunt(c.Context(), o) },
		func(r *seek.Result) error {
			if err := output.WriteHunt(a.stdout, r, a.textOptions(a.stdout, colorAuto)); err != nil {
				return err
			}
			a.tellCoverage(r.Coverage, colorAuto)
			return nil
		})
}

// readIndicators adds those that a file lists, and says what in it is none.
func (a *app) readIndicators(to *seek.Indicators, path string) error {
	r := io.NopCloser(a.stdin)
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		r = file
	}
	defer r.Close() // it was only read
	skipped, err := to.Read(r)
	if skipped > 0 {
		a.say(countNoun(skipped, "line of "+path+" is no indicator and was left out", "lines of "+path+" are no indicators and were left out"))
	}
	return err
}
