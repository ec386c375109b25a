package hub

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lynceus-io/lynceus/agent"
	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/local"
	"github.com/lynceus-io/lynceus/api/saved"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/intake"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/collect/tail"
	"github.com/lynceus-io/lynceus/collect/webhook"
	"github.com/lynceus-io/lynceus/console"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/hub/ledger"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/store/cases"
	"github.com/lynceus-io/lynceus/store/clickhouse"
	"github.com/lynceus-io/lynceus/store/exclusions"
	"github.com/lynceus-io/lynceus/store/lake"
	"github.com/lynceus-io/lynceus/store/lease"
	"github.com/lynceus-io/lynceus/store/ownrules"
	"github.com/lynceus-io/lynceus/store/state"
	"github.com/lynceus-io/lynceus/store/switches"
	"github.com/lynceus-io/lynceus/store/triage"
)

// Up is a running server: intake, bus, detection, store and API in one
// process.
type Up struct {
	o          UpOptions
	store      *Store
	queries    hunt.Querier // who answers the API
	recovery   *lake.Recovery
	shipper    *clickhouse.Shipper // nil where nothing is sent to ClickHouse
	database   string              // where it sends to
	key        []byte              // of redaction
	bus        *bus.Bus
	leases     *lease.Book // nil where the bus is this process's own
	kept       *state.Store
	state      *upState
	exclusions *exclusionBook
	cases      *cases.Book
	triage     *triage.Book
	switches   *switches.Book
	ownRules   *ownrules.Book
	ruleset    atomic.Pointer[ruleset] // those in force
	ownInForce []ownrules.Stored       // of which it was made; for who makes it
	// rulesChanged holds what people's own rules are now, until a rule set is made of them.
	rulesChanged chan []ownrules.Stored
	fleet        *fleet
	agent        *agent.Agent // nil where no cluster is watched from here
	sink         *live.Sink
	ledger       intake.Ledger
	tail         *tail.Tail
	webhook      *webhook.Handler
	sensor       *sensorIntake // nil where there is no node sensor
	books        *ledger.Ledger
	tally        *coverage.Tally
	flight       *coverage.Flight
	told         map[string]int64 // documents of each source that could not be read, as the tally has them
	nodeSets     *nodeSets
	peers        *peers         // nil where there is no gate
	consumer     *live.Consumer // nil where detection and store are apart
	counts       live.Counts    // of what this process judges
	storing      live.Counts    // of what it stores and another one judged
	serves       atomic.Bool    // all parts are there
	logs         *bus.Bus       // from detection to the store; nil where they are not apart
	reads        atomic.Int64   // the newest version of a batch that all who judge can read; see writes
	share        *share         // nil where this process judges nothing, or everything
	past         live.Past      // what is stored, here or elsewhere
	watchers     *live.Watchers
	uses         *live.Uses
	started      time.Time

	registry *prometheus.Registry
	api      net.Listener
	hook     net.Listener

	cancel  context.CancelFunc
	running sync.WaitGroup
	failed  chan error
	closers []closer // in order of making; closed in reverse
	stop    sync.Once
	stopErr error
}

// closer is a part that has to be closed, by name.
type closer struct {
	name  string
	close func() error
}

// Start makes and starts a server, and returns when it takes events and
// answers. Stop must be called, whatever happens to it.
func Start(ctx context.Context, o UpOptions) (_ *Up, err error) {
	o = o.withDefaults()
	u := &Up{o: o, started: o.Now(), registry: prometheus.NewRegistry(), failed: make(chan error, 8), watchers: live.NewWatchers(o.Now)}
	if err := o.checkRoles(); err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	ctx, u.cancel = context.WithCancel(context.WithoutCancel(ctx))
	release := SaveMemory()
	u.onStop("collector", func() error { release(); return nil })
	defer func() {
		if err != nil {
			err = errors.Join(err, u.Stop())
		}
	}()
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"data directory", u.makeDir}, {"store", u.openStore}, {"ClickHouse", u.makeShipper}, {"bus", u.openBus}, {"state", u.openState}, {"ledger", u.makeLedger},
		{"detection", u.makeDetection}, {"intake", u.makeIntake}, {"node sensor", u.makeSensor}, {"record of uses", u.makeUses}, {"peers", u.openGate},
		{"conditions", u.runLedger}, {"API", u.makeAPI},
	} {
		if err := step.do(ctx); err != nil {
			return nil, fmt.Errorf("start: %w", ofPart(step.name, err))
		}
	}
	u.run(ctx, "collector", func(ctx context.Context) error { return keepPace(ctx, u.nodes) })
	u.serves.Store(true)
	return u, nil
}

// Wait returns when ctx ends, or with the error of a part that failed.
func (u *Up) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-u.failed:
		return err
	}
}

// Stop ends the server: intake first, then what it gave is stored as far as a
// few seconds allow; the rest waits on the bus for the next start. It may be
// called more than once.
func (u *Up) Stop() error {
	u.stop.Do(func() {
		u.cancel()
		u.running.Wait()
		var errs []error
		for i := len(u.closers) - 1; i >= 0; i-- {
			if err := u.closers[i].close(); err != nil {
				errs = append(errs, fmt.Errorf("stop: %w", ofPart(u.closers[i].name, err)))
			}
		}
		u.stopErr = errors.Join(errs...)
	})
	return u.stopErr
}

// Recovery is what the start found in the store and did about it.
func (u *Up) Recovery() *lake.Recovery { return u.recovery }

// Address is the API's base URL.
func (u *Up) Address() string {
	scheme := "http"
	if u.o.TLS.Certificate != "" {
		scheme = "https"
	}
	return scheme + "://" + u.api.Addr().String()
}

// WebhookAddress is where API servers post, "" for nowhere.
func (u *Up) WebhookAddress() string {
	if u.hook == nil {
		return ""
	}
	return u.hook.Addr().String()
}

// onStop registers what closes a part that was made.
func (u *Up) onStop(name string, close func() error) {
	u.closers = append(u.closers, closer{name, close})
}

// run runs a part until the server stops. Its error ends the server.
func (u *Up) run(ctx context.Context, name string, f func(context.Context) error) {
	u.running.Go(func() {
		if err := f(ctx); err != nil && ctx.Err() == nil {
			u.failed <- ofPart(name, err)
		}
	})
}

// ofPart says of an error which part it is of, unless it says that itself.
func ofPart(name string, err error) error {
	if strings.HasPrefix(err.Error(), name+": ") {
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}

func (u *Up) makeDir(context.Context) error {
	if u.o.Dir == "" {
		return errors.New("no data directory was given")
	}
	if err := os.MkdirAll(u.o.Dir, 0o700); err != nil {
		return err
	}
	return nil
}

func (u *Up) openStore(ctx context.Context) (err error) {
	if !u.o.has(Storage) {
		u.recovery, u.queries = &lake.Recovery{}, elsewhere{}
		return nil
	}
	u.store, u.recovery, err = openStore(ctx, u.o.Dir, lake.Options{
		Log: u.o.Log, Now: u.o.Now, Retention: u.o.Retention, MaxBytes: u.o.MaxBytes, Outbox: u.outboxOptions(),
	})
	if err != nil {
		return err
	}
	u.onStop("store", u.store.Close)
	u.queries, u.past = u.store, live.Lake{Lake: u.store.lake}
	if !u.recovery.Clean() {
		u.o.Log.Warn("the last run did not end in order", "found", u.recovery.String())
	}
	u.run(ctx, "maintenance of the store", u.maintain)
	return nil
}

func (u *Up) openState(ctx context.Context) (err error) {
	kept := u.kept
	if u.state, err = openState(ctx, kept); err != nil {
		return err
	}
	book, err := exclusions.Open(ctx, kept, exclusions.Options{Now: u.o.Now, Damaged: func(err error) {
		u.o.Log.Error("an exclusion cannot be read; what it covered is told", "error", err)
	}})
	if err != nil {
		return err
	}
	u.exclusions = &exclusionBook{Book: book, past: u.past, rules: u.ruleByID, now: u.o.Now}
	u.run(ctx, "exclusions", book.Follow)
	if err := u.openDecisions(ctx, kept); err != nil {
		return err
	}
	return u.openClusters(ctx, kept)
}

func (u *Up) makeIntake(ctx context.Context) (err error) {
	u.sink = live.NewSink(u.bus, u.fleet.book.UID)
	u.sink.Track(u.flight)
	others, err := formats()
	if err != nil {
		return err
	}
	decoding := audit.LiveOptions{Redactor: redact.New(u.key), Now: u.o.Now, Formats: others}
	if len(u.o.Follow) > 0 {
		u.tail, err = tail.New(tail.Options{
			Paths: u.o.Follow, Start: u.o.Start, Sink: u.sink, Ledger: &u.ledger, Checkpoints: u.state.checkpoints, Live: decoding, Cluster: u.o.Cluster, Log: u.o.Log,
		})
		if err != nil {
			return err
		}
		u.run(ctx, "followed files", u.tail.Run)
	}
	if err := u.makeLogs(ctx, decoding); err != nil {
		return err
	}
	if err := u.makeKafka(ctx, decoding); err != nil {
		return err
	}
	if err := u.makeRelays(ctx, decoding); err != nil {
		return err
	}
	if err := u.makePubSub(ctx, decoding); err != nil {
		return err
	}
	if u.o.Webhook == nil {
		return nil
	}
	clients := slices.Clone(u.o.Webhook.Clients)
	for i := range clients {
		clients[i].Cluster = cmp.Or(clients[i].Cluster, u.o.Cluster)
	}
	u.webhook, err = webhook.New(webhook.Options{Sink: u.sink, Ledger: &u.ledger, Clients: clients, Identify: u.o.Webhook.Identify, Live: decoding})
	if err != nil {
		return err
	}
	config, err := tlsConfig(u.o.Webhook.TLS)
	if err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	for i, address := range append([]string{u.o.Webhook.Listen}, u.o.Webhook.Also...) {
		l, err := api.Listen(ctx, api.ListenOptions{Address: address, TLS: config})
		if err != nil {
			return fmt.Errorf("webhook: %w", err)
		}
		if i == 0 {
			u.hook = l
		}
		server := webhook.Server(u.webhook, nil, u.o.Log)
		u.run(ctx, "webhook", func(ctx context.Context) error { return serveUntil(ctx, server, l) })
	}
	return nil
}

// hookDrain is how long batches that are on their way may take when the server
// stops; their sender brings again what takes longer.
const hookDrain = 5 * time.Second

// serveUntil serves until ctx ends, and then waits a little for what is on its
// way.
func serveUntil(ctx context.Context, s *http.Server, l net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), hookDrain)
	defer cancel()
	if err := s.Shutdown(wait); err != nil {
		return s.Close()
	}
	return nil
}

// tlsConfig returns what a listener is to use, nil where no certificate is
// named.
func tlsConfig(files webhook.TLSFiles) (*tls.Config, error) {
	if files.Certificate == "" && files.Key == "" {
		return nil, nil
	}
	return webhook.TLSConfig(files)
}

func (u *Up) makeUses(ctx context.Context) error {
	u.uses = live.NewUses(u.ownRows(), u.o.Log)
	u.run(ctx, "record of uses", u.uses.Run)
	return nil
}

func (u *Up) makeAPI(ctx context.Context) error {
	tokens, err := token.Open(u.o.Dir, u.o.Now)
	if err != nil {
		return err
	}
	library, err := saved.NewLibrary(u.state.queries, u.o.Now)
	if err != nil {
		return err
	}
	u.metrics()
	desk, err := u.signIn(ctx)
	if err != nil {
		return err
	}
	o := api.Options{
		Tokens: tokens, SignIn: desk, Agents: u.fleet, Queries: u.queries, Live: u.watcher(), Rules: u.rules, Backtest: u.backtester(),
		Exclusions: u.exclusions, Cases: u.cases, Triage: u.triage, Switches: u.switches, Saved: library, OwnRules: &ownRuleBook{u.ownRules, u},
		Status: u.status, Ready: u.ready, Healthy: u.healthy, Coverage: u.coverage, Sources: u.sources, Owner: u.owner,
		Metrics: u.registry, Registry: u.registry, Uses: u.uses, Log: u.o.Log, Now: u.o.Now,
	}
	o.Ways, o.Provider = u.signInWays()
	if o.Console, err = console.New(); err != nil {
		return err
	}
	if u.peers != nil {
		o.Enroller, o.Nodes, o.NodeSets = u.peers, u.peers, u.nodeSets
	}
	server, err := api.New(o)
	if err != nil {
		return err
	}
	config, err := tlsConfig(u.o.TLS)
	if err != nil {
		return err
	}
	if u.api, err = api.Listen(ctx, api.ListenOptions{Address: u.o.Listen, TLS: config, Plain: u.o.Plain}); err != nil {
		return err
	}
	u.run(ctx, "API", func(ctx context.Context) error { return server.Serve(ctx, u.api) })
	if u.agent != nil {
		u.run(ctx, "agent of this cluster", u.agent.Run)
	}
	secret, err := u.localToken(tokens)
	if err != nil {
		return err
	}
	u.onStop("local note", func() error { return local.Remove(u.o.Dir) })
	return local.Write(u.o.Dir, u.Address(), secret, os.Getpid())
}
