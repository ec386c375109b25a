// Command record plays scenarios, each on a cluster of its own, and writes their recordings.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/scenarios/play"
	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	scenario, out, lynceus, role string
	seed                         uint64
	inventory, list              bool
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	var o options
	f := flag.NewFlagSet("record", flag.ContinueOnError)
	f.StringVar(&o.scenario, "scenario", "", "only this one")
	f.StringVar(&o.out, "out", "recordings", "directory that gets a directory for each scenario")
	f.StringVar(&o.lynceus, "lynceus", "bin/lynceus", "the product, for generated audit policies and the inventory")
	f.StringVar(&o.role, "role", "../../deploy/agent/clusterrole.yaml", "manifest of what lynceus agent may do")
	f.Uint64Var(&o.seed, "seed", 1, "of what scenarios leave to chance")
	f.BoolVar(&o.inventory, "inventory", true, "record the inventory with lynceus agent")
	f.BoolVar(&o.list, "list", false, "only name the scenarios")
	if err := f.Parse(args); err != nil {
		return err
	}
	var failed error
	found := false
	var programs stage.Programs
	for _, sc := range play.All() {
		if o.list {
			fmt.Fprintln(stdout, sc.Name)
			continue
		}
		if o.scenario != "" && sc.Name != o.scenario {
			continue
		}
		if !found {
			found = true
			dir, err := os.MkdirTemp("", "record-")
			if err != nil {
				return err
			}
			defer os.RemoveAll(dir)
			if programs, err = build(ctx, dir, o); err != nil {
				return err
			}
		}
		if err := record(ctx, sc, o, programs, stdout); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", sc.Name, err))
		}
	}
	if !found && !o.list {
		return fmt.Errorf("no scenario %q; -list names them", o.scenario)
	}
	return failed
}

// record plays one scenario and saves it, even when not all went as written.
func record(ctx context.Context, sc play.Scenario, o options, programs stage.Programs, stdout io.Writer) error {
	start := time.Now()
	fmt.Fprintln(stdout, "==", sc.Name)
	policy, err := auditPolicy(ctx, sc.Policy, o.lynceus)
	if err != nil {
		return err
	}
	s, err := stage.Open(ctx, stage.Options{Policy: policy, Seed: o.seed, Programs: programs, Log: stdout})
	if err != nil {
		return err
	}
	sc.Play(s)
	rec, err := s.Save(filepath.Join(o.out, sc.Name))
	err = errors.Join(err, s.Err(), s.Close())
	if rec != nil {
		fmt.Fprintf(stdout, "%s: %d events, %d lines of inventory, %d steps, %s\n", sc.Name, rec.Events, rec.Inventory, rec.Steps, time.Since(start).Round(time.Second))
		for _, st := range rec.Unseen {
			err = errors.Join(err, fmt.Errorf("step %d (%s) has no request in the audit log", st.Number, st.What))
		}
	}
	return err
}

func auditPolicy(ctx context.Context, p play.Policy, lynceus string) ([]byte, error) {
	switch p {
	case play.Generated:
		out, err := exec.CommandContext(ctx, lynceus, "audit-policy", "generate").Output()
		if err != nil {
			return nil, fmt.Errorf("%s audit-policy generate: %w", lynceus, err)
		}
		return out, nil
	case play.Bodies:
		return []byte(play.BodiesPolicy), nil
	default:
		return []byte(cluster.DefaultAuditPolicy), nil
	}
}

// build builds the programs that a stage runs, into dir.
func build(ctx context.Context, dir string, o options) (stage.Programs, error) {
	p := stage.Programs{Cluster: filepath.Join(dir, "cluster"), App: filepath.Join(dir, "app"), Binaries: os.Getenv(cluster.BinariesEnv)}
	if o.inventory {
		p.Lynceus, p.Role = o.lynceus, o.role
	}
	for pkg, file := range map[string]string{
		"github.com/lynceus-io/lynceus/test/cluster/cmd/cluster": p.Cluster,
		"github.com/lynceus-io/lynceus/test/scenarios/cmd/app":   p.App,
	} {
		cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, pkg)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return p, fmt.Errorf("go build %s: %w\n%s", pkg, err, out)
		}
	}
	return p, nil
}
