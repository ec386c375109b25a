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
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/cli/spawn"
	"github.com/lynceus-io/lynceus/collect/sensor/privilege"
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
	policy         string // name of the policy file, empty for none
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

// RunAlone is Run for a process that does nothing else. It gives up the capabilities that a sensor does not need before
// it does anything, which runs the program again in the same process.
func RunAlone(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if isTrial(args) {
		return exitDone
	}
	if err := spawn.Narrow(privilege.Set(), args); err != nil {
		(&app{stderr: stderr}).say("give up capabilities: %v", err)
		return exitFailed
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(min(processors, runtime.GOMAXPROCS(0)))
	}
	return Run(ctx, args, stdout, stderr)
}

// collectAt is by how many per cent the heap grows between collections, a third of what is usual: reading rules and the
// kernel's types takes twice what is kept of them, and nothing after that makes much garbage. At a thousand programs a
// second there is a collection every few seconds, of some ten milliseconds.
const collectAt = 35

// processors is how many processors a sensor uses at once. One goroutine does nearly all that there is to do, in order; for
// each processor more, the Go runtime wakes threads that look for work whenever the sensor wakes. With one alone, what the
// sensor does beside that has events wait: p99 from a call to its finding was 145 to 170 ms, with two 34 to 87 ms, on two
// cores that much else kept busy.
const processors = 2

// say writes to stderr, under the name of the program; the lines of several errors in one follow indented. What an error
// quotes cannot steer the terminal.
func (a *app) say(format string, args ...any) {
	lines := strings.Split(strings.TrimRight(fmt.Sprintf(format, args...), "\n"), "\n")
	for i, line := range lines {
		lines[i] = printable(line)
	}
	fmt.Fprintln(a.stderr, "lynceus-sensor: "+strings.Join(lines, "\n  "))
}

func (a *app) root() *cobra.Command {
	root := a.watch()
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(a.probe(), a.guard(), a.keep())
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return usagef("%w; see %s --help", err, c.CommandPath()) })
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
