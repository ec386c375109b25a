package api

import (
	_ "embed"
	"io"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/lynceus-io/lynceus/api/problem"
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
	// Problems that somebody should look at; none is the usual.
	Problems []string `json:"problems"`
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

func (c *call) health() error { return c.text("ok\n") }

func (c *call) ready() error {
	if c.s.o.Ready != nil {
		if err := c.s.o.Ready(); err != nil {
			return problem.New(problem.Unavailable, "not ready: %v", err).Because(err)
		}
	}
	return c.text("ok\n")
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
	st.Tables, st.Sources, st.Problems = nonNil(st.Tables), nonNil(st.Sources), nonNil(st.Problems)
	return c.json(http.StatusOK, st)
}

// nonNil makes JSON write [] for an empty list, not null.
func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
