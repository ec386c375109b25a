// Package api is Lynceus over HTTP: questions in KQL with answers that stream,
// findings and incidents, rules, exclusions, saved queries, live events,
// tokens, health and metrics. openapi.yaml beside it describes every route;
// a test holds the two equal.
//
// Whoever needs to be asked stands behind a small interface in Options; the
// package wires nothing and keeps nothing but tokens. Every request but those
// for health needs a bearer token, whose role decides what it may do; a query
// can read only.
package api

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lynceus-io/lynceus/api/access"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/limit"
	"github.com/lynceus-io/lynceus/api/saved"
	"github.com/lynceus-io/lynceus/api/session"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/rule"
)

// Options say whom the API asks. Tokens, Log and Now are needed; a part that
// is nil answers "unavailable".
type Options struct {
	Tokens *token.Store
	// SignIn judges tokens that are not of Lynceus's own; nil refuses them.
	SignIn *access.Desk
	// Provider lets people sign in by an identity provider in a browser; nil for
	// nobody.
	Provider Provider
	// Ways says to those without a token how to get one.
	Ways       SignInWays
	Queries    hunt.Querier
	Live       hunt.Watcher
	Rules      func() []*rule.Rule
	Backtest   Backtester
	Exclusions Exclusions
	Cases      Cases
	Triage     Triage
	Switches   Switches
	NodeSets   NodeSets
	Saved      *saved.Library
	OwnRules   OwnRules
	Agents     Agents
	// Enroller and Nodes are those of the gate.
	Enroller Enroller
	Nodes    Nodes
	// Status says how the server does; it should take milliseconds.
	Status func(ctx context.Context) (Status, error)
	// Coverage says what is missing of a stretch of time, Sources which sources
	// there are of the clusters that somebody sees; "" is of those that name none.
	Coverage func(ctx context.Context, q coverage.Question) (*coverage.Statement, error)
	Sources  func(sees func(cluster string) bool) SourceStates
	// Owner says to whom an address belongs, as far as lists of addresses say; "" where nothing is known. It may be nil.
	Owner func(netip.Addr) string
	// Healthy returns in a few words what is wrong, or nil; it names nobody and nothing, since no token is needed.
	Healthy func() error
	// Ready returns why the server cannot serve yet, or nil.
	Ready func() error
	// Metrics is what /metrics shows; the API's own metrics are registered on
	// Registry.
	Metrics  prometheus.Gatherer
	Registry prometheus.Registerer
	// Console answers what is read outside /api: the pages of the web console;
	// nil has none.
	Console http.Handler
	// Uses takes a record of every use.
	Uses UseRecorder
	Log  *slog.Logger
	Now  func() time.Time
	// Limits; zero members mean DefaultLimits.
	Limits Limits
}

// Limits bound what clients can ask for.
type Limits struct {
	// Body is the longest request body, in bytes.
	Body int64
	// Queries that may run at once. One that comes while they do waits for
	// QueryWait and is then refused.
	Queries   int
	QueryWait time.Duration
	// QueriesEach and WatchesEach are how many of those one principal may have.
	QueriesEach, WatchesEach int
	// Backtests that may run at once; one reads at most BacktestBytes of events
	// and ends after BacktestTime, with what it judged until then.
	Backtests     int
	BacktestBytes int64
	BacktestTime  time.Duration
	// Rows and Bytes of one answer, and Timeout for it.
	Rows, Bytes int64
	Timeout     time.Duration
	// Watches that may be open at once.
	Watches int
	// Address is how often requests may come from one address (one /64 of
	// IPv6), Principal how often one principal may ask, and Failures how many
	// bad tokens one address may show before no more of its are judged.
	Address, Principal, Failures limit.Rate
	// Stall is how long a client may take to read what was sent.
	Stall time.Duration
}

// DefaultLimits suit one machine that also takes events in.
var DefaultLimits = Limits{
	Body: 1 << 20, Queries: 4, QueryWait: 5 * time.Second, Rows: 1_000_000, Bytes: 1 << 30, Timeout: time.Minute,
	Backtests: 1, BacktestBytes: 8 << 30, BacktestTime: 5 * time.Minute,
	Watches: 32, Stall: 30 * time.Second, QueriesEach: 3, WatchesEach: 8,
	Address: limit.Rate{PerSecond: 200, Burst: 1000}, Principal: limit.Rate{PerSecond: 50, Burst: 300}, Failures: limit.Rate{PerSecond: 0.2, Burst: 20},
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits
	l.Body = cmp.Or(l.Body, d.Body)
	l.Queries = cmp.Or(l.Queries, d.Queries)
	l.QueryWait = cmp.Or(l.QueryWait, d.QueryWait)
	l.Rows = cmp.Or(l.Rows, d.Rows)
	l.Bytes = cmp.Or(l.Bytes, d.Bytes)
	l.Timeout = cmp.Or(l.Timeout, d.Timeout)
	l.Backtests = cmp.Or(l.Backtests, d.Backtests)
	l.BacktestBytes = cmp.Or(l.BacktestBytes, d.BacktestBytes)
	l.BacktestTime = cmp.Or(l.BacktestTime, d.BacktestTime)
	l.Watches = cmp.Or(l.Watches, d.Watches)
	l.QueriesEach = cmp.Or(l.QueriesEach, d.QueriesEach)
	l.WatchesEach = cmp.Or(l.WatchesEach, d.WatchesEach)
	l.Address = cmp.Or(l.Address, d.Address)
	l.Principal = cmp.Or(l.Principal, d.Principal)
	l.Failures = cmp.Or(l.Failures, d.Failures)
	l.Stall = cmp.Or(l.Stall, d.Stall)
	return l
}

// Server answers requests. It is safe for concurrent use.
type Server struct {
	o          Options
	limits     Limits
	queries    chan struct{} // a place for each query that may run
	watches    chan struct{}
	backtests  chan struct{}
	enrolments chan struct{}
	metrics    *metrics
	sessions   *session.Keeper
	sifter     sifter
	handler    http.Handler

	queryShares, watchShares                 *limit.Shares
	addresses, principals, failures, records *limit.Buckets
	unrecorded                               atomic.Int64 // refusals since the last one that was recorded
}

// recordRate is how many refusals are kept as rows of their own: a flood of
// them must not displace what others do.
var recordRate = limit.Rate{PerSecond: 5, Burst: 100}

// New returns a server. It listens to nothing: see Serve.
func New(o Options) (*Server, error) {
	if o.Tokens == nil || o.Log == nil || o.Now == nil {
		return nil, errors.New("api: Tokens, Log and Now must be given")
	}
	limits := o.Limits.orDefault()
	s := &Server{o: o, limits: limits, queries: make(chan struct{}, limits.Queries), watches: make(chan struct{}, limits.Watches), backtests: make(chan struct{}, limits.Backtests), enrolments: make(chan struct{}, maxEnrolments), sessions: session.NewKeeper(o.Now),
		queryShares: limit.NewShares(limits.QueriesEach), watchShares: limit.NewShares(limits.WatchesEach),
		addresses: limit.NewBuckets(limits.Address, o.Now), principals: limit.NewBuckets(limits.Principal, o.Now),
		failures: limit.NewBuckets(limits.Failures, o.Now), records: limit.NewBuckets(recordRate, o.Now),
	}
	var err error
	if s.metrics, err = newMetrics(o.Registry); err != nil {
		return nil, err
	}
	s.handler = s.mux()
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }
