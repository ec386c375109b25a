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
	"strings"
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

const usage = `cluster up [flags]       start the shared cluster, or find it, and print its kubeconfig
cluster down [flags]     end it
cluster check            say why no cluster can run on this machine; nothing and status 0 where one can
cluster prepare [flags]  build Kubernetes into the cache and name or install Debian packages, as far as they are missing
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
	case "prepare":
		return prepare(ctx, args, stderr)
	case "check":
		self, err := os.Executable()
		if err != nil {
			return err
		}
		return cluster.Check(ctx, self)
	case "probe":
		return node.Probe()
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
	end := "make cluster-down"
	if c.Dir() != cluster.SharedDir() {
		end = config.Self + " down -dir " + c.Dir()
	}
	fmt.Fprintf(stderr, hints, cluster.KubernetesVersion, time.Since(began).Seconds(), c.Kubeconfig(), c.Dir(), c.AuditLog(), end)
	_, err = fmt.Fprintln(stdout, c.Kubeconfig())
	return err
}

// hints tell whoever started a cluster what to do with it. They go to standard error: the kubeconfig alone is the output.
const hints = `Kubernetes %s, ready after %.1f s
  use it   export KUBECONFIG=%s PATH=%s/bin:$PATH
           kubectl get pods --all-namespaces
  audit    %s
  end it   %s
`

func down(ctx context.Context, args []string, stderr io.Writer) error {
	flags := newFlags("down", stderr)
	dir := flags.String("dir", cluster.SharedDir(), "the cluster's `directory`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return cluster.Down(ctx, *dir)
}

func prepare(ctx context.Context, args []string, stderr io.Writer) error {
	flags := newFlags("prepare", stderr)
	module := flags.String("module", "kubernetes", "the `directory` of the module that pins Kubernetes")
	binaries := flags.String("binaries", os.Getenv(cluster.BinariesEnv), "a `directory` with programs of Kubernetes, which are not built")
	install := flags.Bool("install", false, "install missing Debian packages")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if missing := cluster.Missing(); len(missing) > 0 {
		if !*install {
			return fmt.Errorf("missing Debian packages: apt-get install %s, or -install", strings.Join(missing, " "))
		}
		fmt.Fprintln(stderr, "installing the Debian packages", strings.Join(missing, " "))
		if err := cluster.Install(ctx, missing, stderr); err != nil {
			return err
		}
	}
	return cluster.Build(ctx, *module, *binaries, stderr)
}

func newFlags(name string, stderr io.Writer) *flag.FlagSet {
	flags := flag.NewFlagSet("cluster "+name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	return flags
}
