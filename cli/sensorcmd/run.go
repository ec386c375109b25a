//go:build linux

// Package sensorcmd is the node sensor on the command line. It stands apart from package cli so that lynceus-sensor, the
// program with privileges, links no more than it needs.
//
// Exit codes: 0 done, 1 probe found that the sensor cannot work here, 2 the command was used wrongly, 3 it failed.
package sensorcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// The exit codes.
const (
	exitDone   = 0
	exitUnable = 1
	exitUsage  = 2
	exitFailed = 3
)

// errUnable says that probe's verdict is no.
var errUnable = errors.New("the sensor cannot work here")

// usageError is a command that was used wrongly.
type usageError struct{ err error }

func (u *usageError) Error() string { return u.err.Error() }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// app is one run of the command.
type app struct {
	stdout, stderr io.Writer
	now            func() time.Time
}

// Run runs the command with the given arguments, without the program's name, and returns the exit code. Errors are
// written to stderr.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	a := &app{stdout: stdout, stderr: stderr, now: time.Now}
	root := a.root()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var usage *usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errUnable):
		return exitUnable
	case errors.As(err, &usage):
		a.say("%v", err)
		return exitUsage
	}
	a.say("%v", err)
	return exitFailed
}

// say writes a line to stderr, under the name of the program. What an error quotes cannot steer the terminal.
func (a *app) say(format string, args ...any) {
	fmt.Fprintln(a.stderr, "lynceus-sensor: "+printable(fmt.Sprintf(format, args...)))
}

func (a *app) root() *cobra.Command {
	root := a.watch()
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(a.probe())
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	return root
}

// noArgs refuses arguments.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no argument, and got %q; see %s --help", c.CommandPath(), args[0], c.CommandPath())
	}
	return nil
}

// printable returns s, quoted when it has characters that could steer a terminal or end the line.
func printable(s string) string {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || !strconv.IsPrint(r) {
			return strconv.Quote(s)
		}
		i += n
	}
	return s
}
