package cli

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"

	"github.com/lynceus-io/lynceus/agent"
	"github.com/lynceus-io/lynceus/api/client"
	"github.com/lynceus-io/lynceus/bus/enroll"
	"github.com/lynceus-io/lynceus/collect/redact"
)

// agentFlags are the flags of agent.
type agentFlags struct {
	hub, tokenFile, ca string
	plain              bool
	kube               kubeFlags
	cluster            string
	record             string
	sensors            []string
	verbose            bool
}

func (f *agentFlags) register(s *pflag.FlagSet) {
	s.SortFlags = false
	s.StringVar(&f.hub, "hub", "", "report to the server at `URL`: https://lynceus.example.org:7443")
	s.StringVar(&f.tokenFile, "token-file", "", "read the agent's token from `FILE`; else it is in $"+tokenEnv)
	s.StringVar(&f.ca, "hub-ca", "", "trust only the certificates in `FILE` (PEM) of --hub, not those that the system trusts")
	s.BoolVar(&f.plain, "insecure-plain", false, "allow a hub without TLS on another machine: the token passes in clear")
	f.kube.register(s)
	s.StringVar(&f.cluster, "cluster", "", "`NAME` of the cluster; left out, that which the token is for, or one made of the cluster's UID")
	s.StringVar(&f.record, "record", "", "write to `FILE` instead, as lynceus scan --inventory reads it; compressed where its name ends in .gz; - is standard output")
	s.StringArrayVar(&f.sensors, "sensor-account", agent.DefaultSensors, "`NAMESPACE/NAME` of a service account whose pods may be node sensors (repeatable)")
	s.BoolVarP(&f.verbose, "verbose", "v", false, "say more on standard error")
}

func (a *app) agent() *cobra.Command {
	f := &agentFlags{}
	c := &cobra.Command{
		Use:   "agent [flags]",
		Short: "Report what a cluster contains: to a server, or into a file",
		Long: `Watch what one cluster contains and report each change to a server, which keeps it in the table inventory.
It opens connections only, to the cluster's API server and to the hub; nothing connects to it. In a pod it finds the
cluster by itself; elsewhere --kubeconfig names it. It needs to list and watch, as deploy/agent grants it, and reads no
Secret's data and no value of an environment variable.

With --record it writes a recording until it is ended by SIGINT or SIGTERM; what was written is of use at any time.
lynceus up --kubeconfig runs the same agent in the server's own process.`,
		Example: `  lynceus agent --hub https://lynceus.example.org:7443 --token-file token
  lynceus agent --kubeconfig ~/.kube/config --record inventory.jsonl.gz`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.runAgent(c.Context(), c, f) },
	}
	f.register(c.Flags())
	return c
}

func (a *app) runAgent(ctx context.Context, c *cobra.Command, f *agentFlags) error {
	switch {
	case f.hub == "" && f.record == "":
		return usagef(c, "say where to: --hub URL reports to a server, --record FILE writes into a file")
	case f.hub != "" && f.record != "":
		return usagef(c, "--hub and --record contradict each other: give one")
	}
	if !f.kube.given() {
		f.kube.inside = true
	}
	config, err := f.kube.config()
	if err != nil {
		return err
	}
	level := slog.LevelWarn
	if f.verbose {
		level = slog.LevelInfo
	}
	log := slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: level}))
	if f.record != "" {
		return a.record(ctx, f, config, log)
	}
	token, err := a.agentToken(f)
	if err != nil {
		return err
	}
	trusted, err := trust("--hub-ca", f.ca)
	if err != nil {
		return err
	}
	hub, err := client.New(client.Options{Server: f.hub, Token: token, TLS: trusted, Plain: f.plain})
	if err != nil {
		return err
	}
	reporter, err := agent.New(agent.Options{
		Cluster: config, Name: f.cluster, Hub: agent.NewRemote(hub), Key: agentKey(token), Sensors: f.sensors, Gate: &agent.GateOptions{Hub: enroll.Hub{URL: f.hub, TLS: trusted}, Token: token}, Version: productVersion(), Log: log, Now: a.now,
	})
	if err != nil {
		return err
	}
	a.say("reports " + config.Host + " to " + f.hub)
	if err := reporter.Run(ctx); err != nil {
		return err
	}
	a.say("stopping")
	return nil
}

// agentToken reads the token of an agent.
func (a *app) agentToken(f *agentFlags) (string, error) {
	text := a.getenv(tokenEnv)
	if f.tokenFile != "" {
		b, err := readBounded(f.tokenFile, 4096)
		if err != nil {
			return "", err
		}
		text = string(b)
	}
	if text = strings.TrimSpace(text); text == "" {
		return "", &usageError{"--hub needs a token: give --token-file, or set " + tokenEnv + "; lynceus token create --role agent --cluster NAME makes one"}
	}
	return text, nil
}

// agentKey is the key under which an agent replaces secrets: the same at each
// start, and known to nobody who has not the token.
func agentKey(token string) []byte {
	m := hmac.New(sha256.New, []byte(token))
	m.Write([]byte("lynceus inventory redaction"))
	return m.Sum(nil)
}

// record writes a recording until ctx ends.
func (a *app) record(ctx context.Context, f *agentFlags, config *rest.Config, log *slog.Logger) (err error) {
	var to io.Writer = a.stdout
	if f.record != "-" {
		file, openErr := os.OpenFile(f.record, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if openErr != nil {
			return openErr
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		to = file
	}
	done, err := agent.Record(ctx, agent.RecordOptions{
		Cluster: config, Name: f.cluster, Key: redact.NewKey(), To: to, Gzip: strings.HasSuffix(f.record, ".gz"), Version: productVersion(), Log: log, Now: a.now,
		Listed: func() { a.say("all that is there is written; recording what changes") },
	})
	if err != nil {
		return err
	}
	a.say("recorded " + countNoun(int(done.Objects), "state", "states") + " of objects")
	for _, u := range done.Unseen {
		a.say(fmt.Sprintf("not seen: %s", u))
	}
	return nil
}
