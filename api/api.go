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
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/saved"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/rule"
)

// Options say whom the API asks. Tokens, Log and Now are needed; a part that
// is nil answers "unavailable".
type Options struct {
	Tokens     *token.Store
	Queries    hunt.Querier
	Live       hunt.Watcher
	Rules      func() []*rule.Rule
	Exclusions Exclusions
	Cases      Cases
	Switches   Switches
	Saved      *saved.Library
	Agents     Agents
	// Status says how the server does; it should take milliseconds.
	Status func(ctx context.Context) (Status, error)
	// Ready returns why the server cannot serve yet, or nil.
	Ready func() error
	// Metrics is what /metrics shows; the API's own metrics are registered on
	// Registry.
	Metrics  prometheus.Gatherer
	Registry prometheus.Registerer
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
	// Rows and Bytes of one answer, and Timeout for it.
	Rows, Bytes int64
	Timeout     time.Duration
	// Watches that may be open at once.
	Watches int
	// Stall is how long a client may take to read what was sent.
	Stall time.Duration
}

// DefaultLimits suit one machine that also takes events in.
var DefaultLimits = Limits{
	Body: 1 << 20, Queries: 4, QueryWait: 5 * time.Second, Rows: 1_000_000, Bytes: 1 << 30, Timeout: time.Minute,
	Watches: 32, Stall: 30 * time.Second,
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits
	l.Body = cmp.Or(l.Body, d.Body)
	l.Queries = cmp.Or(l.Queries, d.Queries)
	l.QueryWait = cmp.Or(l.QueryWait, d.QueryWait)
	l.Rows = cmp.Or(l.Rows, d.Rows)
	l.Bytes = cmp.Or(l.Bytes, d.Bytes)
	l.Timeout = cmp.Or(l.Timeout, d.Timeout)
	l.Watches = cmp.Or(l.Watches, d.Watches)
	l.Stall = cmp.Or(l.Stall, d.Stall)
	return l
}

// Server answers requests. It is safe for concurrent use.
type Server struct {
	o       Options
	limits  Limits
	queries chan struct{} // a place for each query that may run
	watches chan struct{}
	metrics *metrics
	handler http.Handler
}

// New returns a server. It listens to nothing: see Serve.
func New(o Options) (*Server, error) {
	if o.Tokens == nil || o.Log == nil || o.Now == nil {
		return nil, errors.New("api: Tokens, Log and Now must be given")
	}
	limits := o.Limits.orDefault()
	s := &Server{o: o, limits: limits, queries: make(chan struct{}, limits.Queries), watches: make(chan struct{}, limits.Watches)}
	var err error
	if s.metrics, err = newMetrics(o.Registry); err != nil {
		return nil, err
	}
	s.handler = s.mux()
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }
