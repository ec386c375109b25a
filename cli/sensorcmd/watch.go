//go:build linux

package sensorcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/cli/alerts"
	"github.com/lynceus-io/lynceus/collect/sensor"
	"github.com/lynceus-io/lynceus/collect/sensor/need"
	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/collect/sensor/queue"
)

// watch is the command itself: it writes what it sees until it is interrupted.
func (a *app) watch() *cobra.Command {
	var spec sensor.Spec
	var ring uint
	var policy string
	var judging judging
	var file string
	var addresses map[string]string
	var to hubFlags
	names := names{socket: socketAuto}
	form := outputJSONL
	var streamFD, planFD int
	c := &cobra.Command{
		Use:   "lynceus-sensor",
		Short: "See what the processes of this node do, through the kernel",
		Long: "lynceus-sensor writes an event for each process that runs already, then for each program that starts, each process\n" +
			"that ends, each connection and each question to the domain name system, with the container and pod it belongs to.\n" +
			"Rules that are judged here have it observe what they need besides. It needs root, or CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN.",
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			spec.RingBytes = int(ring)
			spec = a.here(spec)
			spec.Plan = plan.Plan{Network: !judging.only, DNS: !judging.only}
			var err error
			if spec.AddressNames, err = addressNames(addresses); err != nil {
				return err
			}
			if err := to.check(policy, judging.rules); err != nil {
				return err
			}
			if spec.Policies, err = readPolicies(policy); err != nil {
				return err
			}
			a.policy = policy
			if streamFD > 0 {
				return a.runStream(c.Context(), spec, names, streamFD, planFD)
			}
			if to.url != "" {
				return a.runHub(c.Context(), spec, names, to, judging)
			}
			out, end, err := a.outFile(file)
			if err != nil {
				return err
			}
			write, err := a.writer(form, spec.Node.Name, judging.only, out)
			if err == nil {
				err = a.runJudged(c.Context(), spec, names, write, judging)
			}
			return errors.Join(err, end())
		},
	}
	f := c.Flags()
	f.StringVar(&form, "output", outputJSONL, "how events and findings are written: "+strings.Join(outputs(), ", ")+"; falco writes findings only")
	f.StringArrayVar(&judging.rules, "rules", nil, "a file or directory of Sigma or Falco rules, which are judged here, or the word builtin for Lynceus' own; it may be given several times")
	f.BoolVar(&judging.only, "findings-only", false, "write what rules find, not the events")
	f.StringVar(&file, "file", "", "append to this file in place of writing to standard output")
	f.StringVar(&spec.Node.Cluster, "cluster", "", "name of the cluster that events carry")
	f.StringVar(&spec.Node.ClusterUID, "cluster-uid", "", "uid of the cluster's namespace kube-system")
	f.StringVar(&spec.Node.Name, "node", "", "name of this node (default: the host's name)")
	f.StringVar(&spec.Node.UID, "node-uid", "", "uid of this node's Node object (default: the host's machine id)")
	f.StringToStringVar(&addresses, "address-name", nil, "ADDRESS=NAME: what an address is called in rows about connections, whoever asked for its name; it may be given several times")
	judging.alerts.Register(f)
	to.flags(f)
	names.flags(f)
	f.BoolVar(&spec.Hash, "hash", true, "compute SHA-256 of each program, once for each version of its file")
	f.StringVar(&policy, "policy", "", "file that says what is stopped; it is read again at SIGHUP (default: nothing is)")
	f.UintVar(&ring, "ring-bytes", 0, "memory shared with the kernel, a power of two (default: 8 MiB)")
	f.IntVar(&streamFD, StreamFlag, 0, "number of the descriptor that events go to")
	f.IntVar(&planFD, PlanFlag, 0, "number of the descriptor of what is to be observed")
	f.Lookup(StreamFlag).Hidden, f.Lookup(PlanFlag).Hidden = true, true
	return c
}

// machineIDs are the files with the host's id, see machine-id(5).
var machineIDs = []string{"/etc/machine-id", "/var/lib/dbus/machine-id"}

// here fills in what the host says of itself.
func (a *app) here(spec sensor.Spec) sensor.Spec {
	if spec.Node.Name == "" {
		spec.Node.Name, _ = os.Hostname()
	}
	for _, name := range machineIDs {
		if spec.Node.UID == "" {
			id, _ := os.ReadFile(name)
			spec.Node.UID = strings.TrimSpace(string(id))
		}
	}
	return spec
}

// judging is what is found on the node, and where that goes besides.
type judging struct {
	rules  []string
	hub    bool // the hub says what rules there are
	only   bool // what rules find is told, events are not
	alerts alerts.Flags
}

// writer returns what writes events and findings to out.
func (a *app) writer(name, node string, only bool, out io.Writer) (*writer, error) {
	f, err := newForm(name, node)
	if err != nil {
		return nil, err
	}
	w := newWriter(f, out, a.now)
	w.quiet = only || f.event == nil
	return w, nil
}

// runJudged runs the sensor with rules, if there are any, and has observed what they need.
func (a *app) runJudged(ctx context.Context, spec sensor.Spec, from names, write *writer, j judging) error {
	if write.quiet && len(j.rules) == 0 && !j.hub {
		return usagef("--output falco and --findings-only write what rules find; name some with --rules")
	}
	if len(j.rules) > 0 {
		var err error
		if write.judge, err = a.loadRules(j.rules); err != nil {
			return err
		}
		wanted, _ := need.All(write.judge.Rules())
		spec.Plan.Add(wanted)
		spec.NoEnds = write.quiet && write.uplink == nil && !need.Ends(write.judge.Rules())
	}
	return a.post(j, spec.Node.Name, write, func() error { return a.runNamed(ctx, spec, from, write) })
}

// outFile opens the file that is written to: standard output when it has no name. end must be called.
func (a *app) outFile(name string) (out io.Writer, end func() error, err error) {
	if name == "" {
		return a.stdout, func() error { return nil }, nil
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("--file: %w", err)
	}
	return f, f.Close, nil
}

func (a *app) run(ctx context.Context, spec sensor.Spec, write *writer) error {
	s, err := sensor.Load(spec)
	if err != nil {
		return err
	}
	write.begin()
	if write.uplink != nil {
		write.uplink.begin(s)
	}
	stop := a.rereads(ctx, s, a.policy)
	err = a.follow(ctx, s, spec.Node, write)
	stop()
	if write.uplink != nil && write.uplink.captures != nil {
		write.uplink.captures.close()
	}
	stats, statsErr := s.Stats()
	err = errors.Join(err, statsErr, write.last(), write.end(), s.Close())
	if err != nil {
		return err
	}
	a.say("%s%s", stats, shedText(write.queue.Counts()))
	return nil
}

// follow runs the sensor until ctx ends, with reports where they are wanted.
func (a *app) follow(ctx context.Context, s *sensor.Sensor, node sensor.Node, write *writer) error {
	if !write.reports {
		return s.Run(ctx, write)
	}
	reporting, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	write.trials = newTrials(node, a.now, write.encode)
	reported := make(chan error, 1)
	go func() { reported <- reportAll(reporting, write, s, newReporter(node, a.now()), a.now) }()
	tried := make(chan struct{})
	go func() {
		defer close(tried)
		write.trials.run(reporting)
	}()
	err := s.Run(ctx, write)
	stop()
	<-tried
	return errors.Join(err, <-reported)
}

// shedText says what was given up, if anything.
func shedText(c queue.Counts) string {
	if c.Shed == 0 {
		return ""
	}
	return fmt.Sprintf("; %d events given up since nobody took them in time", c.Shed)
}
