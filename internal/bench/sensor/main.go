//go:build linux

// Command sensor prints what the node sensor costs the programs of its node: the same load runs with nothing attached,
// with one empty program at the end of each system call, and with sensors, one after another in each round, so that what
// else the machine does hits all alike. It needs root, a C compiler and bin/lynceus-sensor.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"
)

func main() {
	o := options{}
	flag.StringVar(&o.sensor, "sensor", "bin/lynceus-sensor", "the sensor's program")
	flag.StringVar(&o.source, "load", "internal/bench/sensor/load/load.c", "source of the load")
	flag.IntVar(&o.rounds, "rounds", 9, "how many rounds; the median counts")
	flag.StringVar(&o.rules, "rules", "", "rules of the sensor with all rules, files or directories separated by commas; without them it is left out")
	flag.StringVar(&o.plainRules, "plain-rules", "", "rules of the sensor that needs no system call hook; without them, those files of -rules that need none; without these, it tells of processes alone")
	flag.IntVar(&o.ring, "ring-bytes", 8<<20, "memory that each sensor shares with the kernel")
	exec := flag.Int("exec", 20_000, "programs that the load runs")
	open := flag.Int("open", 1_000_000, "files that it opens, reads and closes")
	null := flag.Int("null", 5_000_000, "calls of getppid that it makes")
	flag.Parse()
	if o.plainRules == "" {
		var err error
		if o.plainRules, err = plainRules(o.rules); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	o.loads = []load{{"exec", *exec}, {"open", *open}, {"null", *null}}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// options say what is measured.
type options struct {
	sensor, source    string
	rules, plainRules string
	rounds, ring      int
	loads             []load
}

// sensorArgs are the flags of every sensor.
func (o *options) sensorArgs(rules string) []string {
	args := []string{"--ring-bytes", fmt.Sprint(o.ring)}
	for _, path := range strings.FieldsFunc(rules, func(r rune) bool { return r == ',' }) {
		args = append(args, "--rules", path)
	}
	if rules != "" {
		args = append(args, "--findings-only")
	}
	return args
}

// settings are what the load runs under. The first is what the others are compared with.
func (o *options) settings() []setting {
	out := []setting{
		{name: "nothing", begin: func(context.Context) (guest, error) { return idle{}, nil }},
		{name: "one empty hook", begin: func(context.Context) (guest, error) { return attachEmpty() }},
		{name: "sensor, no system call hook", tells: o.plainRules == "", begin: func(ctx context.Context) (guest, error) {
			return startSensor(ctx, o.sensor, o.sensorArgs(o.plainRules))
		}},
	}
	if o.rules != "" {
		out = append(out, setting{name: "sensor, all rules", begin: func(ctx context.Context) (guest, error) {
			return startSensor(ctx, o.sensor, o.sensorArgs(o.rules))
		}})
	}
	return out
}

// run measures and prints.
func run(ctx context.Context, w io.Writer, o options) error {
	dir, err := os.MkdirTemp("", "lynceus-load-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program, err := compile(ctx, o.source, dir)
	if err != nil {
		return err
	}
	settings := o.settings()
	var all []result
	for _, l := range o.loads {
		for round := range o.rounds {
			for i := range settings {
				// Another one goes first in each round.
				s := &settings[(i+round)%len(settings)]
				r, err := measure(ctx, s, l, program, dir)
				if err != nil {
					return fmt.Errorf("%s under %s: %w", l.name, s.name, err)
				}
				r.round = round
				all = append(all, r)
			}
		}
	}
	printTable(w, o, settings, all, time.Now())
	return nil
}
