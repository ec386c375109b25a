package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/cli/alerts"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/store/lake"
)

func (a *app) up() *cobra.Command {
	f := &upFlags{}
	c := &cobra.Command{
		Use:   "up [flags]",
		Short: "Watch a cluster: take events in, judge and keep them, answer questions",
		Long: `Run Lynceus in one process, with nothing else to install: audit logs are followed, API servers'
audit webhooks are taken, every event is judged by the rules and kept, and questions are answered. Started as root on a
kernel with BTF it starts the node sensor, lynceus-sensor beside it, and gives up all privileges before it does anything else.

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
	if f.noBuiltin && len(f.rules) == 0 {
		return usagef(c, "--no-builtin leaves no rule: give some with --rules")
	}
	o, err := f.options()
	if err != nil {
		return err
	}
	for i := range o.Journals {
		o.Journals[i].Stdin = a.stdin
	}
	o.Dir = a.dir(&sourceFlags{data: f.data})
	loaded, err := loadRules(f.rules, !f.noBuiltin)
	if err != nil {
		return err
	}
	if o.Roles, err = hub.ParseRoles(f.role); err != nil {
		return usagef(c, "--role: %v", err)
	}
	if len(o.Roles) == 0 || slices.Contains(o.Roles, hub.Intake) {
		if o.Sensor, err = a.startSensor(c, f, o.Dir, loaded.Rules); err != nil {
			return err
		}
	}
	if len(o.Roles) == 0 && !f.anySource() && o.Sensor == nil {
		return usagef(c, "no events would come: follow audit logs with --follow PATH, take an API server's webhook with --webhook ADDRESS, watch a cluster with --kubeconfig FILE, let node sensors in with --gate ADDRESS, read from another tool (--hubble, --kafka), or start it as root to watch this node")
	}
	if o.Kubernetes, err = f.kube.config(); err != nil {
		return err
	}
	if o.Access, err = f.access.options(); err != nil {
		return err
	}
	if o.ClickHouse, err = f.clickHouse.options(a, c.Flags().Changed); err != nil {
		return err
	}
	if o.Bus, err = f.bus.options(a, c.Flags().Changed); err != nil {
		return err
	}
	o.Rules, o.Version, o.Now = loaded.Rules, version, a.now
	if o.NodeRules, err = nodeRules(); err != nil {
		return err
	}
	level := slog.LevelWarn
	if f.verbose {
		level = slog.LevelInfo
	}
	o.Log = slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: level}))
	poster, err := f.alerts.Start(hostname())
	if err != nil {
		return &usageError{err.Error()}
	}
	defer func() {
		if err := a.endPosts(poster); err != nil { // the findings are in the store
			a.say(err.Error())
		}
	}()
	if poster != nil {
		o.Conditions = poster.Conditions
		o.Told = func(found *detect.Finding) {
			if err := poster.Post(found); err != nil {
				o.Log.Error("a finding could not be posted", "error", err)
			}
		}
	}
	server, err := hub.Start(ctx, o)
	switch {
	case errors.Is(err, lake.ErrLocked):
		return fmt.Errorf("another lynceus up runs on %s; stop it, or give this one a directory of its own with --data", o.Dir)
	case err != nil:
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	a.greet(server, o)
	a.inviteToConsole(ctx, o.Dir)
	if err := server.Wait(ctx); err != nil {
		return err
	}
	a.say("stopping")
	return nil
}

// endPosts ends posting, and says what became of it.
func (a *app) endPosts(p *alerts.Poster) error {
	became, err := p.Close()
	if became != "" {
		a.say(became)
	}
	return err
}

// hostname is what alerts give as the name of the host.
func hostname() string {
	name, _ := os.Hostname()
	return name
}

// greet says what runs, and what to do next.
func (a *app) greet(server *hub.Up, o hub.UpOptions) {
	r := server.Recovery()
	if len(o.Roles) > 0 {
		a.say(fmt.Sprintf("does %v, beside other processes on the bus", o.Roles))
	}
	a.say(fmt.Sprintf("%s in %s, %s", countNoun(int(r.Rows), "event", "events"), o.Dir, countNoun(len(o.Rules), "rule", "rules")))
	if !r.Clean() {
		a.say(r.String())
	}
	for _, path := range slices.Concat(o.Follow, o.Logs) {
		a.say("follows " + path + notThere(path))
	}
	for _, j := range o.Journals {
		a.say("reads the journal from " + j.Path)
	}
	if at := server.WebhookAddress(); at != "" {
		a.say("takes audit events at " + at)
	}
	if name := server.Cluster(); name != "" {
		a.say("watches what cluster " + name + " contains")
	}
	if o.Sensor != nil {
		a.say("watches what the processes of this node do, and runs as user " + asWhom() + " without privileges itself")
	}
	if at := server.GateAddress(); at != "" {
		a.say("lets node sensors and agents in at " + at)
	}
	if at := server.Bus(); at != "" {
		a.say("keeps its bus at " + at)
	}
	if at := server.ClickHouse(); at != "" {
		a.say("ships to ClickHouse at " + at)
	}
	a.say("answers at " + server.Address())
	a.say("ask it from another terminal: lynceus watch --findings, lynceus ask secrets, lynceus query 'audit | take 10'")
}

// inviteToConsole says how to open the console: on a terminal by a link that
// signs in, once; a log, which others may read, gets none.
func (a *app) inviteToConsole(ctx context.Context, dir string) {
	how := "run lynceus console --data " + dir
	if _, ok := terminal(a.stderr); ok {
		if own, err := a.remote(&sourceFlags{data: dir}); err == nil {
			if link, err := signInLink(ctx, own); err == nil {
				how = link + " (once, within ten minutes; lynceus console prints another)"
			}
		}
	}
	a.say("open the console: " + how)
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
