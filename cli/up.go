package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/store/lake"
)

func (a *app) up() *cobra.Command {
	f := &upFlags{}
	c := &cobra.Command{
		Use:   "up [flags]",
		Short: "Watch a cluster: take events in, judge and keep them, answer questions",
		Long: `Run Lynceus in one process, with nothing else to install: audit logs are followed, API servers'
audit webhooks are taken, every event is judged by the rules and kept, and questions are answered.

An event is acknowledged to where it came from when it would survive a kill -9 and the loss of power. Everything is in
the data directory: the events as Parquet files that any tool can read, findings and incidents among them.
The commands query, watch, ask and exclude of the same user find the server by that directory.`,
		Example: `  lynceus up --follow /var/log/kubernetes/audit/audit.log
  lynceus up --webhook 0.0.0.0:9443 --webhook-cert tls.crt --webhook-key tls.key --webhook-client prod=token.txt
  lynceus up --follow 'logs/*.json' --retention 90d --max-size 50GB --data /var/lib/lynceus`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.runUp(c.Context(), c, f) },
	}
	f.register(c.Flags())
	return c
}

func (a *app) runUp(ctx context.Context, c *cobra.Command, f *upFlags) (err error) {
	if len(f.follow) == 0 && f.hook == "" && !f.kube.given() {
		return usagef(c, "no events would come: follow audit logs with --follow PATH, take an API server's webhook with --webhook ADDRESS, or watch a cluster with --kubeconfig FILE")
	}
	if f.noBuiltin && len(f.rules) == 0 {
		return usagef(c, "--no-builtin leaves no rule: give some with --rules")
	}
	o, err := f.options()
	if err != nil {
		return err
	}
	if o.Kubernetes, err = f.kube.config(); err != nil {
		return err
	}
	loaded, err := loadRules(f.rules, !f.noBuiltin)
	if err != nil {
		return err
	}
	if o.ClickHouse, err = f.clickHouse.options(a, c.Flags().Changed); err != nil {
		return err
	}
	o.Rules, o.Version, o.Now = loaded.Rules, version, a.now
	o.Dir = a.dir(&sourceFlags{data: f.data})
	level := slog.LevelWarn
	if f.verbose {
		level = slog.LevelInfo
	}
	o.Log = slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: level}))
	server, err := hub.Start(ctx, o)
	switch {
	case errors.Is(err, lake.ErrLocked):
		return fmt.Errorf("another lynceus up runs on %s; stop it, or give this one a directory of its own with --data", o.Dir)
	case err != nil:
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	a.greet(server, o)
	if err := server.Wait(ctx); err != nil {
		return err
	}
	a.say("stopping")
	return nil
}

// greet says what runs, and what to do next.
func (a *app) greet(server *hub.Up, o hub.UpOptions) {
	r := server.Recovery()
	a.say(fmt.Sprintf("%s in %s, %s", countNoun(int(r.Rows), "event", "events"), o.Dir, countNoun(len(o.Rules), "rule", "rules")))
	if !r.Clean() {
		a.say(r.String())
	}
	for _, path := range o.Follow {
		a.say("follows " + path + notThere(path))
	}
	if at := server.WebhookAddress(); at != "" {
		a.say("takes audit events at " + at)
	}
	if name := server.Cluster(); name != "" {
		a.say("watches what cluster " + name + " contains")
	}
	if at := server.ClickHouse(); at != "" {
		a.say("ships to ClickHouse at " + at)
	}
	a.say("answers at " + server.Address())
	a.say("ask it from another terminal: lynceus watch --findings, lynceus ask secrets, lynceus query 'audit | take 10'")
}

// notThere says so where a path to follow leads to nothing yet: it may be
// about to appear, or be mistyped.
func notThere(path string) string {
	if _, err := os.Stat(path); err == nil {
		return ""
	}
	if found, err := filepath.Glob(path); err == nil && len(found) > 0 {
		return ""
	}
	return ", where nothing is yet: it is read as soon as it appears"
}
