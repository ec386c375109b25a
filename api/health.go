package api

import (
	_ "embed"
	"io"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/coverage"
)

// OpenAPI is the description of the API, OpenAPI 3.1.
//
//go:embed openapi.yaml
var OpenAPI []byte

// Status is how a server does.
type Status struct {
	Version string    `json:"version"`
	Started time.Time `json:"started"`
	// Store is the identity of the store.
	Store string `json:"store"`
	// Tables that hold rows or could.
	Tables []TableStatus `json:"tables"`
	// Sources of events.
	Sources []SourceStatus `json:"sources"`
	// Health is the level of the worst condition.
	Health coverage.Level `json:"health"`
	// Conditions that somebody should look at, the worst first; none is the usual.
	Conditions []coverage.Condition `json:"conditions"`
	// Problems are the conditions as texts.
	Problems []string `json:"problems"`
	// Processes work on the same bus, this one among them, and Holds is what
	// only one of them has at a time; none where one process does everything.
	Processes []ProcessStatus `json:"processes,omitempty"`
	Holds     []HoldStatus    `json:"holds,omitempty"`
}

// ProcessStatus is a process that works on the same bus.
type ProcessStatus struct {
	Name    string    `json:"name"`
	Roles   []string  `json:"roles"`
	Version string    `json:"version"`
	Since   time.Time `json:"since"`
	Silent  float64   `json:"silent"` // seconds since it gave a sign of life
}

// HoldStatus is who holds what only one process can have.
type HoldStatus struct {
	What   string    `json:"what"` // "store", or "detection.3" for a partition of the bus
	By     string    `json:"by"`   // "" for nobody
	Token  uint64    `json:"token"`
	Since  time.Time `json:"since"`
	Silent float64   `json:"silent"` // seconds since it was renewed
	Alive  bool      `json:"alive"`
}

// TableStatus is how much a table holds.
type TableStatus struct {
	Name     string     `json:"name"`
	Rows     int64      `json:"rows"`
	Bytes    int64      `json:"bytes"`
	Segments int64      `json:"segments"`
	Oldest   *time.Time `json:"oldest"` // by time received; null where it is empty
	Newest   *time.Time `json:"newest"`
}

// SourceStatus is how a source of events does.
type SourceStatus struct {
	Name   string     `json:"name"`
	Events int64      `json:"events"`
	Broken int64      `json:"broken"` // documents that could not be read
	Last   *time.Time `json:"last"`   // when an event came; null where none did
}

// health says "ok", or what is wrong. It is no reason to start the server again, so the status is 200 in any case.
func (c *call) health() error {
	if c.s.o.Healthy != nil {
		if err := c.s.o.Healthy(); err != nil {
			return c.text(err.Error() + "\n")
		}
	}
	return c.text("ok\n")
}

func (c *call) ready() error {
	if c.s.o.Ready != nil {
		if err := c.s.o.Ready(); err != nil {
			return problem.New(problem.Unavailable, "not ready: %v", err).Because(err)
		}
	}
	return c.health()
}

func (c *call) text(s string) error {
	c.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := io.WriteString(c.w, s)
	return sendError(err)
}

func (c *call) metricsPage() error {
	if c.s.o.Metrics == nil {
		return missing("metrics")
	}
	promhttp.HandlerFor(c.s.o.Metrics, promhttp.HandlerOpts{}).ServeHTTP(c.w, c.r)
	return nil
}

func (c *call) openapi() error {
	c.w.Header().Set("Content-Type", "application/yaml")
	c.w.WriteHeader(http.StatusOK)
	_, err := c.w.Write(OpenAPI)
	return sendError(err)
}

func (c *call) status() error {
	if c.s.o.Status == nil {
		return missing("the status")
	}
	st, err := c.s.o.Status(c.r.Context())
	if err != nil {
		return err
	}
	st.Tables, st.Sources, st.Conditions, st.Problems = nonNil(st.Tables), nonNil(st.Sources), nonNil(st.Conditions), nonNil(st.Problems)
	return c.json(http.StatusOK, st)
}

// nonNil makes JSON write [] for an empty list, not null.
func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
