package cli

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/cli/alerts"
	"github.com/lynceus-io/lynceus/collect/relay"
	"github.com/lynceus-io/lynceus/collect/tail"
	"github.com/lynceus-io/lynceus/collect/webhook"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/hub"
)

// upFlags are the flags of up.
type upFlags struct {
	data       string
	follow     []string
	fromEnd    bool
	cluster    string
	kube       kubeFlags
	sensor     upSensor
	listen     string
	tls        webhook.TLSFiles
	plain      bool
	access     accessFlags
	hook       []string
	hookTLS    webhook.TLSFiles
	clients    []string
	kafka      kafkaFlags
	hubble     relayFlags
	tetragon   relayFlags
	pubsub     pubsubFlags
	identities identityFlags
	rules      []string
	noBuiltin  bool
	inside     []string
	feeds      []string
	retention  []string
	maxSize    string
	silence    time.Duration
	gate       hub.GateOptions
	clickHouse upClickHouse
	bus        busFlags
	logs       logFlags
	role       string
	alerts     alerts.Flags
	verbose    bool
}

func (f *upFlags) register(s *pflag.FlagSet) {
	s.SortFlags = false
	s.StringVar(&f.data, "data", "", "the data `DIR`ectory; $"+dataEnv+", else "+defaultData)
	s.StringArrayVar(&f.follow, "follow", nil, "follow the audit log `PATH` while it grows: a file, a directory or a pattern (repeatable)")
	f.logs.register(s)
	s.BoolVar(&f.fromEnd, "from-end", false, "begin at the end of files that are not known yet, not at their beginning")
	f.kube.register(s)
	f.sensor.register(s)
	s.StringVar(&f.cluster, "cluster", "", "`NAME` of the cluster whose logs are followed and whose contents are watched")
	s.StringVar(&f.listen, "listen", hub.DefaultListen, "`ADDRESS` of the API")
	s.StringVar(&f.gate.Listen, "gate", "", "let node sensors and agents of other machines in at `ADDRESS`")
	s.StringVar(&f.gate.Advertise, "gate-address", "", "`HOST:PORT` under which they reach it; left out, that of --gate, or its port at the host of the API")
	s.StringVar(&f.tls.Certificate, "tls-cert", "", "certificate `FILE` of the API, in PEM")
	s.StringVar(&f.tls.Key, "tls-key", "", "key `FILE` of that certificate")
	s.BoolVar(&f.plain, "insecure-plain", false, "allow an API without TLS that others can reach: tokens pass in clear")
	f.access.register(s)
	s.StringArrayVar(&f.hook, "webhook", nil, "take the audit events that API servers post at `ADDRESS`, and what other tools do (repeatable: 0.0.0.0:4317 is where collectors of OpenTelemetry send by gRPC)")
	s.StringVar(&f.hookTLS.Certificate, "webhook-cert", "", "certificate `FILE` of the webhook, in PEM; may be left out on loopback")
	s.StringVar(&f.hookTLS.Key, "webhook-key", "", "key `FILE` of that certificate")
	s.StringVar(&f.hookTLS.ClientAuthority, "webhook-client-ca", "", "`FILE` with the authority of clients' certificates")
	s.StringArrayVar(&f.clients, "webhook-client", nil, "who may post, as `NAME=FILE` with a token, NAME=cn:COMMON-NAME of a certificate, or NAME=google:EMAIL,AUDIENCE of the identity token that Pub/Sub sends (repeatable); NAME@CLUSTER names its cluster, which is else that of --kubeconfig, or NAME")
	f.identities.register(s)
	f.kafka.register(s)
	f.hubble.register(s, "hubble", "flows of Hubble's relay", "; that of Cilium is *.hubble-relay.cilium.io")
	f.tetragon.register(s, "tetragon", "events of Tetragon's agent", "")
	f.pubsub.register(s)
	s.StringArrayVar(&f.rules, "rules", nil, "also judge by the Sigma rules in `PATH`, a file or directory (repeatable)")
	s.BoolVar(&f.noBuiltin, "no-builtin", false, "leave out the rules that come with Lynceus")
	s.StringArrayVar(&f.inside, "inside", nil, "`CIDR` of a network that calls of the cluster's own and of its users come from (repeatable)")
	s.StringArrayVar(&f.feeds, "feed", nil, "list of addresses as `[NAME=]FILE` (repeatable)")
	s.StringArrayVar(&f.retention, "retention", nil, "how long events are kept, as `[TABLE=]TIME`: 90d, audit=365d (repeatable); for ever where nothing is said")
	s.StringVar(&f.maxSize, "max-size", "", "how much all events may take: `SIZE` such as 50GB; the oldest go first")
	s.DurationVar(&f.silence, "silence", hub.DefaultSilence, "how long no audit event may come before the status calls it a problem")
	f.clickHouse.register(s)
	f.bus.register(s)
	s.StringVar(&f.role, "role", "", "do only a part of the work, beside other processes on the same --bus: `ROLES` of intake, detection, storage, api, separated by commas (default all)")
	f.alerts.Register(s)
	s.BoolVarP(&f.verbose, "verbose", "v", false, "say more on standard error")
}

// anySource reports whether any flag names somebody who sends events.
func (f *upFlags) anySource() bool {
	return len(f.follow) > 0 || f.logs.given() || len(f.hook) > 0 || f.gate.Listen != "" || f.kube.given() || len(f.kafka.brokers) > 0 || f.hubble.given() || f.tetragon.given() || len(f.pubsub.subscriptions) > 0
}

// options returns what the flags say about a server, but for its rules.
func (f *upFlags) options() (o hub.UpOptions, err error) {
	if f.silence <= 0 {
		return o, &usageError{"--silence: give a time above zero, such as 10m"}
	}
	o = hub.UpOptions{Follow: f.follow, Cluster: f.cluster, Listen: f.listen, TLS: f.tls, Plain: f.plain, Silence: f.silence}
	if err := f.logs.set(&o); err != nil {
		return o, err
	}
	switch {
	case f.gate.Listen != "":
		o.Gate = &f.gate
	case f.gate.Advertise != "":
		return o, &usageError{"--gate-address needs --gate ADDRESS"}
	}
	if f.fromEnd {
		o.Start = tail.FromEnd
	}
	for _, text := range f.inside {
		p, err := parseNetwork(text)
		if err != nil {
			return o, &usageError{"--inside: " + err.Error()}
		}
		o.Inside = append(o.Inside, p)
	}
	for _, text := range f.feeds {
		feed, err := readFeed(text)
		if err != nil {
			return o, err
		}
		o.Feeds = append(o.Feeds, feed)
	}
	if o.Retention, err = parseRetention(f.retention); err != nil {
		return o, &usageError{"--retention: " + err.Error()}
	}
	if f.maxSize != "" {
		if o.MaxBytes, err = parseSize(f.maxSize); err != nil {
			return o, &usageError{"--max-size: " + err.Error()}
		}
	}
	if o.Kafka, err = f.kafka.options(); err != nil {
		return o, err
	}
	for _, of := range []struct {
		flags   *relayFlags
		service relay.Service
	}{{&f.hubble, relay.Hubble}, {&f.tetragon, relay.Tetragon}} {
		list, err := of.flags.options(of.service)
		if err != nil {
			return o, err
		}
		o.Relays = append(o.Relays, list...)
	}
	if o.PubSub, err = f.pubsub.options(); err != nil {
		return o, err
	}
	if len(f.hook) == 0 {
		if len(f.clients) > 0 {
			return o, &usageError{"--webhook-client needs --webhook ADDRESS"}
		}
		return o, nil
	}
	o.Webhook = &hub.WebhookOptions{Listen: f.hook[0], Also: f.hook[1:], TLS: f.hookTLS}
	for _, text := range f.clients {
		c, err := readClient(text)
		if err != nil {
			return o, err
		}
		if c.Cluster == "" && !f.kube.given() {
			c.Cluster = c.Name
		}
		o.Webhook.Clients = append(o.Webhook.Clients, c)
	}
	o.Webhook.Identify, err = f.identities.options(o.Webhook.Clients)
	return o, err
}

// parseRetention reads how long tables are kept. A time without a table is
// for all that have none of their own.
func parseRetention(texts []string) (map[event.Class]time.Duration, error) {
	out := map[event.Class]time.Duration{}
	var all time.Duration
	for _, text := range texts {
		table, span, named := strings.Cut(text, "=")
		if !named {
			span = text
		}
		d, err := hunt.ParseSpan(span)
		if err != nil {
			return nil, err
		}
		if !named {
			all = d
			continue
		}
		c, ok := event.ClassByName(table)
		if !ok {
			return nil, fmt.Errorf("there is no table %q; lynceus fields lists them", table)
		}
		out[c] = d
	}
	if all > 0 {
		for _, c := range event.Classes() {
			if out[c] == 0 {
				out[c] = all
			}
		}
	}
	return out, nil
}

// units are those of sizes, decimal and binary.
var units = []struct {
	name  string
	bytes int64
}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}}

// parseSize reads a size in bytes, such as 50GB.
func parseSize(text string) (int64, error) {
	for _, u := range units {
		number, ok := strings.CutSuffix(text, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || n <= 0 || n*float64(u.bytes) > 1<<60 {
			break
		}
		return int64(n * float64(u.bytes)), nil
	}
	return 0, fmt.Errorf("%q is no size; write one such as 500MB, 50GB or 1TiB", text)
}

// minToken is how long a webhook's token must be at least.
const minToken = 16

// readClient reads who may post. Its cluster is "" where the text names none.
func readClient(text string) (c webhook.Client, err error) {
	name, what, ok := strings.Cut(text, "=")
	if !ok || name == "" || what == "" {
		return c, &usageError{fmt.Sprintf("--webhook-client %q: write NAME=FILE, or NAME=cn:COMMON-NAME", text)}
	}
	var named bool
	if c.Name, c.Cluster, named = strings.Cut(name, "@"); c.Name == "" || named && c.Cluster == "" {
		return c, &usageError{fmt.Sprintf("--webhook-client %q: write NAME@CLUSTER=FILE, or leave out @CLUSTER", text)}
	}
	if cn, ok := strings.CutPrefix(what, "cn:"); ok {
		c.Certificate = cn
		return c, nil
	}
	if identity, ok := strings.CutPrefix(what, "google:"); ok {
		if c.Email, c.Audience, ok = strings.Cut(identity, ","); !ok || c.Email == "" || c.Audience == "" {
			return c, &usageError{fmt.Sprintf("--webhook-client %q: write NAME=google:EMAIL,AUDIENCE", text)}
		}
		return c, nil
	}
	b, err := os.ReadFile(what)
	if err != nil {
		return c, err
	}
	token := strings.TrimSpace(string(b))
	if len(token) < minToken {
		return c, fmt.Errorf("the token in %s is too short: use 32 random bytes in hexadecimal, such as openssl rand -hex 32 prints", what)
	}
	c.TokenHash = webhook.HashToken(token)
	return c, nil
}
