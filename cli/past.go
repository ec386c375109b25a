package cli

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/incident/report"
)

// pastFlags are the flags of commands that look through a data directory and
// report what they found.
type pastFlags struct {
	data         string
	since, until timeFlag
	format       string
	quiet        bool
}

func (a *app) pastFlags() pastFlags {
	return pastFlags{since: timeFlag{now: a.now}, until: timeFlag{now: a.now}}
}

// register adds the flags. since says what --since does.
func (f *pastFlags) register(s *pflag.FlagSet, since string) {
	s.Var(&f.since, "since", since)
	s.Var(&f.until, "until", "leave out events from `TIME` on")
	s.StringVar(&f.data, "data", "", "the data directory `DIR` of lynceus up, whether that runs or not; $"+dataEnv+", else "+defaultData)
	s.StringVarP(&f.format, "output", "o", "text", "`FORMAT`: text or json")
	s.BoolVarP(&f.quiet, "quiet", "q", false, "no progress on standard error")
}

func (f *pastFlags) check(c *cobra.Command) error {
	switch {
	case f.format != "text" && f.format != "json":
		return usagef(c, "--output %q is neither text nor json", f.format)
	case !f.since.at.IsZero() && !f.until.at.IsZero() && !f.since.at.Before(f.until.at):
		return usagef(c, "--since %s is not before --until %s: no event can be between them", &f.since, &f.until)
	}
	return nil
}

// progress returns a line that shows how far it is, nil where it is not wanted
// or nobody would see it.
func (f *pastFlags) progress(a *app) *progress {
	fd, onTerminal := terminal(a.stderr)
	if !onTerminal || f.quiet {
		return nil
	}
	return newProgress(a.stderr, terminalWidth(fd), a.now)
}

// lookBack looks through the data directory dir and writes what that found: as
// JSON, or by text.
func lookBack[R any](a *app, f *pastFlags, dir string, line *progress, look func() (R, error), text func(R) error) error {
	r, err := look()
	if line != nil {
		line.clear()
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s holds no store; name the data directory of lynceus up with --data", dir)
	}
	if err != nil {
		return err
	}
	if f.format != "json" {
		return text(r)
	}
	b, err := report.Encode(r, "  ")
	if err != nil {
		return err
	}
	_, err = a.stdout.Write(append(b, '\n'))
	return err
}
