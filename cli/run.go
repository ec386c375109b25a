// Package cli is Lynceus on the command line: it reads arguments, calls the
// packages that do the work, and writes what they say. It alone reads the
// environment.
//
// Exit codes: 0 done, 1 --fail-on was met or a rule's test failed, 2 the
// command was used wrongly, 3 it failed or there was nothing to read.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/hub"
)

// The exit codes.
const (
	exitDone   = 0
	exitMet    = 1
	exitUsage  = 2
	exitFailed = 3
)

// app is one run of the command.
type app struct {
	args           []string // all of them, as they were given
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
	getenv         func(string) string
	// openStore opens the store of a data directory for reading.
	openStore func(ctx context.Context, dir string) (Store, error)
	// proc is where the processes of this machine are described, see proc(5).
	proc string
}

// Run runs the command with the given arguments, without the program's name,
// and returns the exit code. Errors are written to stderr.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{args: args, stdin: stdin, stdout: stdout, stderr: stderr, now: time.Now, getenv: os.Getenv, openStore: openStore, proc: "/proc"}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return a.exit(root.ExecuteContext(ctx))
}

// openStore opens the store of a data directory for reading.
func openStore(ctx context.Context, dir string) (Store, error) { return hub.OpenStore(ctx, dir) }

// exit says what went wrong and returns the exit code for it.
func (a *app) exit(err error) int {
	var met *metError
	var usage *usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &met):
		if met.text != "" {
			a.say(met.text)
		}
		return exitMet
	case errors.As(err, &usage):
		a.say(usage.Error())
		return exitUsage
	case errors.Is(err, context.Canceled):
		a.say("interrupted; nothing was reported")
		return exitFailed
	}
	a.say(explain(err))
	return exitFailed
}

// say writes a line to stderr, under the name of the program.
func (a *app) say(text string) { fmt.Fprintln(a.stderr, "lynceus: "+output.CleanLines(text)) }

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "lynceus",
		Short: "The lookout of a Kubernetes cluster",
		Long: `Lynceus reads Kubernetes audit logs and tells what happened in them: incidents, each with
who, from where, against what, when, by which technique, and why it matters. scan reads logs from
beginning to end; up keeps watching, stores every event, and answers questions about the past.`,
		Example:           "  lynceus scan audit.log\n  lynceus scan --output html --out report.html /var/log/kubernetes/audit\n  lynceus up --follow /var/log/kubernetes/audit/audit.log\n  lynceus ask secrets",
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		Args:              noArgs,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return usagef(c, "%v", err) })
	root.AddCommand(a.scan(), a.up(), a.console(), a.query(), a.ask(), a.watchEvents(), a.hunt(), a.inventory(), a.incident(), a.exclude(), a.rules(), a.auditPolicy(), a.verify(), a.token(), a.login(), a.logout(), a.agent(), a.clusters(), a.nodes(), a.status(), a.sources(), a.doctor(), a.fields(), a.version())
	return root
}
