package cli

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/cli/alerts"
	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/rule"
)

// scanFlags are the flags of scan.
type scanFlags struct {
	rules        []string
	noBuiltin    bool
	baseline     []string
	inventory    []string
	since, until timeFlag
	severity     severityFlag
	failOn       severityFlag
	format       formatFlag
	allIDs       bool
	inside       []string
	feeds        []string
	out          string
	color        colorFlags
	workers      int
	alerts       alerts.Flags
	quiet        bool
}

func (a *app) newScanFlags() *scanFlags {
	return &scanFlags{
		since: timeFlag{now: a.now}, until: timeFlag{now: a.now},
		severity: severityFlag{severity: rule.Informational}, format: "text",
	}
}

func (f *scanFlags) register(s *pflag.FlagSet) {
	s.SortFlags = false
	s.StringArrayVar(&f.rules, "rules", nil, "also judge by the Sigma or Falco rules in `PATH`, a file or directory (repeatable)")
	s.BoolVar(&f.noBuiltin, "no-builtin", false, "leave out the rules that come with Lynceus")
	s.StringArrayVar(&f.baseline, "baseline", nil, "learn what is usual from the logs in `PATH`, which somebody has reviewed (repeatable)")
	s.StringArrayVar(&f.inventory, "inventory", nil, "also know what the cluster contained from the recording in `FILE`, which lynceus agent --record wrote (repeatable)")
	s.Var(&f.since, "since", "leave out events before `TIME`: 2026-03-04T10:00:00Z, or how long ago: 90m, 2h, 3d")
	s.Var(&f.until, "until", "leave out events from `TIME` on")
	s.Var(&f.severity, "severity", "show what is of `SEVERITY` or above: informational, low, medium, high, critical; where it is not given, low for people (text, html) and informational for programs")
	s.Var(&f.failOn, "fail-on", "end with exit code 1 where a finding is of `SEVERITY` or above")
	s.VarP(&f.format, "output", "o", "`FORMAT`: "+strings.Join(formatNames(), ", "))
	s.StringVar(&f.out, "out", "", "write to `FILE` instead of standard output")
	s.BoolVar(&f.allIDs, "all-ids", false, "keep the audit ids of all requests of a finding, not only the first 1,000")
	s.StringArrayVar(&f.inside, "inside", nil, "`CIDR` of a network that calls of the cluster's own and of its users come from (repeatable)")
	s.StringArrayVar(&f.feeds, "feed", nil, "list of addresses as `[NAME=]FILE`: tor=exits.txt; rules ask for it by name (repeatable)")
	s.IntVar(&f.workers, "workers", 0, "how many goroutines decode; 0 means one for each core")
	f.color.register(s)
	f.alerts.Register(s)
	s.BoolVarP(&f.quiet, "quiet", "q", false, "no progress and no warnings on standard error")
}

// check refuses flags that contradict each other.
func (f *scanFlags) check(c *cobra.Command) error {
	if err := f.color.check(c); err != nil {
		return err
	}
	switch {
	case f.noBuiltin && len(f.rules) == 0:
		return usagef(c, "--no-builtin leaves no rule: give some with --rules")
	case f.workers < 0:
		return usagef(c, "--workers %d: give a number of goroutines, or 0 for one for each core", f.workers)
	case !f.since.at.IsZero() && !f.until.at.IsZero() && !f.since.at.Before(f.until.at):
		return usagef(c, "--since %s is not before --until %s: no event can be between them", &f.since, &f.until)
	}
	for _, text := range f.inside {
		if _, err := parseNetwork(text); err != nil {
			return usagef(c, "--inside: %v", err)
		}
	}
	return nil
}

// options returns what the flags say about a scan.
func (f *scanFlags) options() (hub.ScanOptions, error) {
	o := hub.ScanOptions{Baseline: f.baseline, Inventory: f.inventory, Since: f.since.at, Until: f.until.at, Workers: f.workers}
	if f.allIDs {
		o.AuditIDs = -1
	}
	for _, text := range f.inside {
		p, err := parseNetwork(text)
		if err != nil {
			return o, err
		}
		o.Inside = append(o.Inside, p)
	}
	for _, text := range f.feeds {
		feed, err := readFeed(text)
		if err != nil {
			return o, fmt.Errorf("--feed %s: %w", text, err)
		}
		o.Feeds = append(o.Feeds, feed)
	}
	return o, nil
}

// parseNetwork reads a CIDR block, or an address as the block of itself.
func parseNetwork(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, fmt.Errorf("%q is no network: write one like 10.0.0.0/8 or fd00::/8", text)
	}
	return p.Masked(), nil
}

// feedName divides a --feed into the list's name and its file. Without a
// name it is the file's, without its ending.
func feedName(text string) (name, file string) {
	if name, file, ok := strings.Cut(text, "="); ok {
		return name, file
	}
	base := filepath.Base(text)
	name, _, _ = strings.Cut(base, ".")
	return name, text
}

// least is the severity from which findings are shown. People are spared what
// only informs, and told how much that is.
func (f *scanFlags) least() rule.Severity {
	if !f.severity.set && (f.format == "text" || f.format == "html") {
		return rule.Low
	}
	return f.severity.severity
}
