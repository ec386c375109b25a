package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/incident/report"
)

func (a *app) scan() *cobra.Command {
	f := a.newScanFlags()
	c := &cobra.Command{
		Use:   "scan [flags] FILE|DIRECTORY|-...",
		Short: "Find attacks in audit logs",
		Long: `Read Kubernetes audit logs and report the incidents and findings in them.

FILE is an audit log as the API server writes it, or as EKS, GKE and AKS export it, or the events
that lynceus-sensor wrote as jsonl; plain, gzip or zstd, told apart by content. A DIRECTORY is read with all logs below it; - is standard input.
All of them together are one log: they are merged by time.

Exit codes: 0 done, 1 --fail-on was met, 2 wrong use, 3 failed or no event could be read.`,
		Example: `  lynceus scan audit.log
  lynceus scan --baseline last-month/ --since 24h /var/log/kubernetes/audit
  lynceus scan --output html --out report.html audit.log.gz
  kubectl logs -n kube-system kube-apiserver-node-1 | lynceus scan --fail-on high -`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef(c, "there is nothing to scan: name audit logs, a directory of them, or - for standard input")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.runScan(c.Context(), c, f, args) },
	}
	f.register(c.Flags())
	return c
}

// logHint says what to give to a scan.
const logHint = "give audit logs in JSON, as the API server writes them (--audit-log-path) or a cloud exports them"

func (a *app) runScan(ctx context.Context, c *cobra.Command, f *scanFlags, files []string) (err error) {
	if err := f.check(c); err != nil {
		return err
	}
	if err := allExist(slices.Concat(files, f.baseline, f.inventory, f.rules)); err != nil {
		return err
	}
	if f.out != "" && sameFile(f.out, slices.Concat(files, f.baseline, f.inventory)) {
		return usagef(c, "--out %s would overwrite a log that is to be read: give another file", f.out)
	}
	o, err := f.options()
	if err != nil {
		return err
	}
	o.Files, o.Stdin = files, a.stdin
	loaded, err := loadRules(f.rules, !f.noBuiltin)
	if err != nil {
		return err
	}
	o.Rules = loaded.Rules
	check := "lynceus rules check " + strings.Join(f.rules, " ")
	if len(loaded.Rules) == 0 {
		return fmt.Errorf("no rule is left to judge by; see why with\n  %s", check)
	}
	if len(loaded.Unsupported) > 0 && !f.quiet {
		a.say("some rules ask for what is not supported, and are not run; list them with\n  " + check)
	}
	poster, err := f.alerts.Start(hostname())
	if err != nil {
		return &usageError{err.Error()}
	}
	defer func() { err = errors.Join(err, a.endPosts(poster)) }()
	done := a.watch(f, &o)
	result, err := hub.Scan(ctx, o)
	done()
	switch {
	case errors.Is(err, audit.ErrNoLog):
		return fmt.Errorf("%w, in %s; %s", err, strings.Join(slices.Concat(f.baseline, files), ", "), logHint)
	case err != nil:
		return err
	}
	if err := a.write(f, result); err != nil {
		return err
	}
	for _, found := range result.AtLeast(f.least()).Findings {
		if err := poster.Post(found); err != nil {
			return err
		}
	}
	total := result.Coverage.Total()
	switch {
	case total.Events+total.Filtered == 0:
		return fmt.Errorf("no event could be read from %s; %s", strings.Join(files, ", "), logHint)
	case f.failOn.set && result.Worst() >= f.failOn.severity:
		return &metError{}
	}
	return nil
}

// sameFile reports whether a path leads to one of files, so that writing to
// it would destroy a log.
func sameFile(path string, files []string) bool {
	to, err := os.Stat(path)
	if err != nil || !to.Mode().IsRegular() {
		return false
	}
	return slices.ContainsFunc(files, func(name string) bool {
		from, err := os.Stat(name)
		return err == nil && os.SameFile(to, from)
	})
}

// watch shows progress on stderr where that is a terminal. The function that
// it returns takes the line away.
func (a *app) watch(f *scanFlags, o *hub.ScanOptions) func() {
	fd, ok := terminal(a.stderr)
	if !ok || f.quiet {
		return func() {}
	}
	p := newProgress(a.stderr, terminalWidth(fd), a.now)
	o.Progress = p.update
	return p.clear
}

// write writes a result in the format, and to the place, that flags say.
func (a *app) write(f *scanFlags, r *report.Result) (err error) {
	shown := r.AtLeast(f.least())
	if f.out == "" {
		return f.format.write(a.stdout, shown, a.textOptions(a.stdout, f.color.mode()))
	}
	return toFile(f.out, func(w io.Writer) error { return f.format.write(w, shown, a.textOptions(w, f.color.mode())) })
}
