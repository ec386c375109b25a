package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/hub/seek"
	"github.com/lynceus-io/lynceus/incident/report"
)

// huntFlags are the flags of hunt.
type huntFlags struct {
	data         string
	feeds        []string
	since, until timeFlag
	format       string
	quiet        bool
}

func (f *huntFlags) register(s *pflag.FlagSet) {
	s.SortFlags = false
	s.StringArrayVar(&f.feeds, "feed", nil, "also look for what `FILE` lists, one indicator a line; - is standard input (repeatable)")
	s.Var(&f.since, "since", "leave out events before `TIME`: 2026-03-04T10:00:00Z, or how long ago: 90m, 24h, 7d")
	s.Var(&f.until, "until", "leave out events from `TIME` on")
	s.StringVar(&f.data, "data", "", "the data directory `DIR` of lynceus up, whether that runs or not; $"+dataEnv+", else "+defaultData)
	s.StringVarP(&f.format, "output", "o", "text", "`FORMAT`: text or json")
	s.BoolVarP(&f.quiet, "quiet", "q", false, "no progress on standard error")
}

func (a *app) hunt() *cobra.Command {
	f := &huntFlags{since: timeFlag{now: a.now}, until: timeFlag{now: a.now}}
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
			switch {
			case len(args)+len(f.feeds) == 0:
				return usagef(c, "name an indicator, or a file of them with --feed")
			case f.format != "text" && f.format != "json":
				return usagef(c, "--output %q is neither text nor json", f.format)
			case !f.since.at.IsZero() && !f.until.at.IsZero() && !f.since.at.Before(f.until.at):
				return usagef(c, "--since %s is not before --until %s: no event can be between them", &f.since, &f.until)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.runHunt(c, f, args) },
	}
	f.register(c.Flags())
	return c
}

func (a *app) runHunt(c *cobra.Command, f *huntFlags, args []string) error {
	o := hub.HuntOptions{Dir: a.dir(&sourceFlags{data: f.data}), Indicators: &seek.Indicators{}, Since: f.since.at, Until: f.until.at}
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
	fd, onTerminal := terminal(a.stderr)
	var line *progress
	if onTerminal && !f.quiet {
		line = newProgress(a.stderr, terminalWidth(fd), a.now)
		o.Progress = func(events int64) {
			line.draw(func(elapsed time.Duration) string {
				return fmt.Sprintf("Looking  %s  %s events  (Ctrl-C cancels)", output.Duration(elapsed), output.Number(events))
			})
		}
	}
	r, err := hub.Hunt(c.Context(), o)
	if line != nil {
		line.clear()
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s holds no store; name the data directory of lynceus up with --data", o.Dir)
	}
	if err != nil {
		return err
	}
	return a.writeHunt(r, f.format)
}

func (a *app) writeHunt(r *seek.Result, format string) error {
	if format == "json" {
		b, err := report.Encode(r, "  ")
		if err != nil {
			return err
		}
		_, err = a.stdout.Write(append(b, '\n'))
		return err
	}
	return output.WriteHunt(a.stdout, r, a.textOptions(a.stdout, colorAuto))
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
