// Command load simulates many node sensors that send to one hub, which it starts on loopback, and says what the hub takes for
// it: processor time for each event, memory, how long until a batch is durable and until a query finds it.
//
// Each simulated node has a certificate and a link of its own, as a sensor has. Its events are those of package synth, encoded
// once; a copy that is sent gets a uid and times of its own. Some nodes flood now and then, some have wrong clocks, and a
// part of all loses its connections at once and comes back.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/lynceus-io/lynceus/bus/outbox"
)

func main() {
	var o options
	flag.StringVar(&o.lynceus, "lynceus", "bin/lynceus", "the hub's program")
	flag.StringVar(&o.data, "data", "", "data directory of the hub (default: one that is removed at the end)")
	flag.StringVar(&o.rules, "rules", "", "rules that the hub judges by besides the built-in ones")
	flag.IntVar(&o.nodes, "nodes", 1000, "simulated nodes")
	flag.Float64Var(&o.rate, "rate", 20_000, "events a second of all nodes together")
	flag.DurationVar(&o.linger, "linger", outbox.Linger, "how long a node gathers events for a batch: as long as a sensor does")
	flag.DurationVar(&o.warm, "warm", 20*time.Second, "how long the load runs before it is measured")
	flag.DurationVar(&o.time, "time", time.Minute, "how long it is measured")
	flag.DurationVar(&o.every, "every", 15*time.Second, "how often it is told how it goes")
	flag.DurationVar(&o.storm, "storm", 0, "how often a third of the nodes loses its connection; 0 for never")
	flag.Float64Var(&o.burst, "burst", 0.01, "part of the nodes that sends ten times as much, others each quarter of a minute")
	flag.Float64Var(&o.skewed, "skewed", 0.05, "part of the nodes whose clocks are wrong by up to five minutes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, &o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// options say what is simulated.
type options struct {
	lynceus, data, rules             string
	nodes                            int
	rate                             float64
	linger, warm, time, every, storm time.Duration
	burst, skewed                    float64
}
