// Command cluster starts a real Kubernetes on this machine for tests, and takes it down again. It is also, inside the
// cluster, its first process, its supervisor and its pause container.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
	"github.com/lynceus-io/lynceus/test/cluster/internal/node"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

const usage = `cluster up [flags]     start the shared cluster, or find it, and print its kubeconfig
cluster down [flags]   end it
cluster build [flags]  build Kubernetes into the cache, as far as it is missing
each command explains its flags with -h`

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		return errors.New("no command\n" + usage)
	}
	name, args := args[0], args[1:]
	switch name {
	case "up":
		return up(ctx, args, stdout, stderr)
	case "down":
		return down(ctx, args, stderr)
	case "build":
		return build(ctx, args, stderr)
	case "init", "node":
		if len(args) != 1 {
			return fmt.Errorf("%s: started by up only", name)
		}
		if name == "node" {
			return node.Run(ctx, layout.Dir(args[0]), slog.New(slog.NewTextHandler(stderr, nil)))
		}
		self, err := os.Executable()
		if err != nil {
			return err
		}
		return node.Init(layout.Dir(args[0]), self)
	case "pause":
		ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
		defer stop()
		<-ctx.Done()
		return nil
	default:
		return fmt.Errorf("no command %q\n%s", name, usage)
	}
}

func up(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var config cluster.Config
	flags := newFlags("up", stderr)
	flags.StringVar(&config.Dir, "dir", cluster.SharedDir(), "the cluster's `directory`")
	flags.StringVar(&config.Binaries, "binaries", os.Getenv(cluster.BinariesEnv), "a `directory` with programs of Kubernetes, used before the cache")
	flags.BoolVar(&config.Install, "install", false, "install missing Debian packages")
	flags.DurationVar(&config.Linger, "linger", 0, "end when nobody has held the cluster for this `time`; 0 keeps it")
	flags.StringVar(&config.NodeName, "node", "", "the node's `name`; empty is node1")
	policy := flags.String("audit-policy", "", "audit policy `file`")
	webhook := flags.String("audit-webhook", "", "kubeconfig `file` of an audit webhook")
	flags.Func("forward", "a loopback `port` of this machine that the node has, too; may be repeated", func(s string) error {
		port, err := strconv.Atoi(s)
		config.Forward = append(config.Forward, port)
		return err
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	if config.Self, err = os.Executable(); err != nil {
		return err
	}
	if *policy != "" {
		if config.AuditPolicy, err = os.ReadFile(*policy); err != nil {
			return err
		}
	}
	if *webhook != "" {
		if config.AuditWebhook, err = os.ReadFile(*webhook); err != nil {
			return err
		}
	}
	began := time.Now()
	c, err := cluster.Up(ctx, config)
	if err != nil {
		return err
	}
	defer c.Close()
	fmt.Fprintf(stderr, "ready after %.1f s\n", time.Since(began).Seconds())
	_, err = fmt.Fprintln(stdout, c.Kubeconfig())
	return err
}

func down(ctx context.Context, args []string, stderr io.Writer) error {
	flags := newFlags("down", stderr)
	dir := flags.String("dir", cluster.SharedDir(), "the cluster's `directory`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return cluster.Down(ctx, *dir)
}

func build(ctx context.Context, args []string, stderr io.Writer) error {
	flags := newFlags("build", stderr)
	module := flags.String("module", "kubernetes", "the `directory` of the module that pins Kubernetes")
	binaries := flags.String("binaries", os.Getenv(cluster.BinariesEnv), "a `directory` with programs of Kubernetes, which are not built")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return cluster.Build(ctx, *module, *binaries, stderr)
}

func newFlags(name string, stderr io.Writer) *flag.FlagSet {
	flags := flag.NewFlagSet("cluster "+name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	return flags
}
