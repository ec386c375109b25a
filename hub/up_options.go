package hub

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"k8s.io/client-go/rest"

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/collect/journal"
	"github.com/lynceus-io/lynceus/collect/kafka"
	"github.com/lynceus-io/lynceus/collect/pubsub"
	"github.com/lynceus-io/lynceus/collect/relay"
	"github.com/lynceus-io/lynceus/collect/tail"
	"github.com/lynceus-io/lynceus/collect/webhook"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/identity"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/clickhouse"
)

// UpOptions say what a server is made of.
type UpOptions struct {
	// Dir is the data directory. It holds the bus, the store, keys and tokens,
	// and belongs to one server at a time.
	Dir string
	// Follow are audit logs to follow: files, directories, patterns. Start
	// says where those begin that are not known yet.
	Follow []string
	Start  tail.Start
	// Logs are logs of text to follow, likewise; LogNode is the node whose they
	// are. Of Journals the Feed and the Positions are set here.
	Logs     []string
	LogNode  string
	Journals []journal.Options
	// Cluster is the identity of the cluster whose logs they are, "" for
	// unknown.
	Cluster string
	// Kubernetes is how the API server of the server's own cluster is reached,
	// whose contents are watched; nil for none. Where Cluster is "" its name is
	// made of its UID.
	Kubernetes *rest.Config
	// Webhook takes what API servers post; nil for none.
	Webhook *WebhookOptions
	// Kafka are topics to read; nil for none. What a server gives to all its ways
	// of intake is filled in: Sink, Ledger, Live, Log and, where it is "", Cluster.
	Kafka *kafka.Options
	// Relays are streams of other people's servers to read. What a server gives to
	// all its ways of intake is filled in likewise, and Marks.
	Relays []relay.Options
	// PubSub are subscriptions to pull from, likewise.
	PubSub []pubsub.PullOptions
	// Sensor is the socket to which the sensor of this node sends (package
	// collect/sensor/stream); nil for none. Stop closes it, which ends the
	// sensor.
	Sensor *net.UnixConn
	// Gate lets sensors and agents of other machines in; nil for none.
	Gate *GateOptions
	// Listen is the address of the API, "" for DefaultListen; TLS, where
	// Certificate is set, encrypts it, and Plain allows to go without TLS on
	// an address that others can reach.
	Listen string
	TLS    webhook.TLSFiles
	Plain  bool
	// Access lets people sign in by an identity provider or a cluster; nil
	// leaves it to tokens of Lynceus's own.
	Access *AccessOptions
	// NodeRules are the rule files for nodes that come with Lynceus, which nodes
	// judge where somebody wants them to.
	NodeRules peer.Files
	// Rules, Inside and Feeds are those of ScanOptions.
	Rules  []*rule.Rule
	Inside []netip.Prefix
	Feeds  []*identity.Feed
	// Retention is how long each table is kept, MaxBytes how much all of them
	// may take; zero keeps everything.
	Retention map[event.Class]time.Duration
	MaxBytes  int64
	// Bus is where the bus is; nil keeps it in Dir.
	Bus *BusOptions
	// Roles are what this process does of all that a server does; nil is
	// everything. Other processes on the same Bus do the rest.
	Roles []Role
	// BusBytes bounds what waits to be stored, and BusFree is what must stay
	// free on its disk; 0 means the bus's defaults.
	BusBytes, BusFree int64
	// Maintain is how often segments are merged and old ones dropped; 0 means
	// DefaultMaintain.
	Maintain time.Duration
	// Silence is how long no audit event may come before the status calls that
	// a problem; 0 means DefaultSilence.
	Silence time.Duration
	// ClickHouse also keeps every event in a database; nil for none.
	ClickHouse *ClickHouseOptions
	// Told is called once with each finding that is told, when it is stored: at the first match that no exclusion covers.
	// It must not wait; nil for nobody.
	Told func(*detect.Finding)
	// Conditions are what whoever uses the server knows that somebody should look at, such as alerts that cannot be
	// delivered. It must not wait; nil for nothing.
	Conditions func(now time.Time) []coverage.Condition
	// Version is the program's, for /api/v1/status.
	Version string
	Log     *slog.Logger
	Now     func() time.Time
}

// DefaultListen is where the API listens unless told otherwise.
const DefaultListen = "127.0.0.1:7443"

// DefaultMaintain is how often the store is put in order unless told otherwise.
const DefaultMaintain = 5 * time.Second

// DefaultSilence is how long no audit event may come unless told otherwise: an
// API server asks itself something every few seconds, and a policy that drops
// all of that still leaves people and controllers.
const DefaultSilence = 10 * time.Minute

// WebhookOptions say where API servers post their events.
type WebhookOptions struct {
	// Listen is an address; TLS may be left out on loopback only. Also are others,
	// where the same is taken.
	Listen string
	Also   []string
	TLS    webhook.TLSFiles
	// Clients may post. The Cluster of one that names none is
	// UpOptions.Cluster.
	Clients []webhook.Client
	// Identify says whose identity tokens are, for clients that have an Email.
	Identify func(ctx context.Context, token, audience string) (email string, err error)
}

// ClickHouseOptions say where events are kept beside the store of this
// machine, from now on: what it holds already is not sent.
type ClickHouseOptions struct {
	Database clickhouse.Options
	// Answer lets the API answer from there, not from the store here.
	Answer bool
	// Backlog bounds how many bytes of segments may wait while the database
	// does not take them; the oldest are given up beyond that, and counted.
	// 0 means DefaultBacklog.
	Backlog int64
}

// DefaultBacklog is ClickHouseOptions.Backlog when it is 0.
const DefaultBacklog = 10e9

func (o UpOptions) withDefaults() UpOptions {
	if o.Listen == "" {
		o.Listen = DefaultListen
	}
	if o.Maintain <= 0 {
		o.Maintain = DefaultMaintain
	}
	if o.Silence <= 0 {
		o.Silence = DefaultSilence
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
