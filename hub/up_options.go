package hub

import (
	"log/slog"
	"net/netip"
	"time"

	"github.com/lynceus-io/lynceus/collect/tail"
	"github.com/lynceus-io/lynceus/collect/webhook"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/identity"
	"github.com/lynceus-io/lynceus/rule"
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
	// Cluster is the identity of the cluster whose logs they are, "" for
	// unknown.
	Cluster string
	// Webhook takes what API servers post; nil for none.
	Webhook *WebhookOptions
	// Listen is the address of the API, "" for DefaultListen; TLS, where
	// Certificate is set, encrypts it, and Plain allows to go without TLS on
	// an address that others can reach.
	Listen string
	TLS    webhook.TLSFiles
	Plain  bool
	// Rules, Inside and Feeds are those of ScanOptions.
	Rules  []*rule.Rule
	Inside []netip.Prefix
	Feeds  []*identity.Feed
	// Retention is how long each table is kept, MaxBytes how much all of them
	// may take; zero keeps everything.
	Retention map[event.Class]time.Duration
	MaxBytes  int64
	// BusBytes bounds what waits to be stored, and BusFree is what must stay
	// free on its disk; 0 means the bus's defaults.
	BusBytes, BusFree int64
	// Maintain is how often segments are merged and old ones dropped; 0 means
	// DefaultMaintain.
	Maintain time.Duration
	// Version is the program's, for /api/v1/status.
	Version string
	Log     *slog.Logger
	Now     func() time.Time
}

// DefaultListen is where the API listens unless told otherwise.
const DefaultListen = "127.0.0.1:7443"

// DefaultMaintain is how often the store is put in order unless told otherwise.
const DefaultMaintain = 5 * time.Second

// WebhookOptions say where API servers post their events.
type WebhookOptions struct {
	// Listen is an address; TLS may be left out on loopback only.
	Listen string
	TLS    webhook.TLSFiles
	// Clients may post.
	Clients []webhook.Client
}

func (o UpOptions) withDefaults() UpOptions {
	if o.Listen == "" {
		o.Listen = DefaultListen
	}
	if o.Maintain <= 0 {
		o.Maintain = DefaultMaintain
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
