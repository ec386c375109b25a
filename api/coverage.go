package api

import (
	"net/http"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
)

// coverageHeader is the header that says the coverage of an answer in one line.
const coverageHeader = "Lynceus-Coverage"

// maxHeader bounds that line, in bytes.
const maxHeader = 1 << 10

// headerText makes a text fit for a header: what is not printable ASCII becomes a question mark.
func headerText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s[:min(len(s), maxHeader)])
}

// SourceStates are the sources that a server knows of.
type SourceStates struct {
	Sources []coverage.State `json:"sources"`
	// Missing are kinds of sources that are not there, and how each would be had.
	Missing []MissingSource `json:"missing"`
}

// MissingSource is a kind of source that nothing came of.
type MissingSource struct {
	Role   coverage.Role `json:"role"`
	What   string        `json:"what"`   // what it would show
	Enable string        `json:"enable"` // how to have it
}

// covered says what is missing of a stretch of time; nil where nobody can say.
func (c *call) covered(q coverage.Question) (*coverage.Statement, error) {
	if c.s.o.Coverage == nil {
		return nil, nil
	}
	return hunt.Coverage(c.r.Context(), c.s.o.Coverage, q, c.who.Scope)
}

// coveredSince says what is missing since a time as lists take it, up to now.
func (c *call) coveredSince(class event.Class, since string) (*coverage.Statement, error) {
	q := coverage.Question{Tables: []event.Class{class}}
	if since != "" {
		from, err := c.instant(since)
		if err != nil {
			return nil, err
		}
		q.From = from
	}
	return c.covered(q)
}

// instant reads a time, or how long ago it was.
func (c *call) instant(text string) (time.Time, error) {
	if d, err := hunt.ParseSpan(text); err == nil {
		return c.s.o.Now().Add(-d), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, problem.New(problem.BadRequest, "%q is no time", text).Advise("write one like 2026-03-04T10:00:00Z, or how long ago: 90m, 24h, 7d")
	}
	return t, nil
}

// coverage answers what is missing of a stretch of time.
func (c *call) coverage() error {
	if c.s.o.Coverage == nil {
		return missing("the ledger")
	}
	v := c.r.URL.Query()
	q := coverage.Question{Cluster: v.Get("cluster"), Node: v.Get("node")}
	for name := range v {
		var err error
		switch name {
		case "cluster", "node":
		case "since":
			q.From, err = c.instant(v.Get(name))
		case "until":
			q.To, err = c.instant(v.Get(name))
		case "table":
			for _, t := range v[name] {
				class, ok := event.ClassByName(t)
				if !ok {
					return problem.New(problem.BadRequest, "there is no table %q", t)
				}
				q.Tables = append(q.Tables, class)
			}
		default:
			return problem.New(problem.BadRequest, "there is no parameter %q: give some of cluster, node, since, table, until", name)
		}
		if err != nil {
			return err
		}
	}
	if !q.From.IsZero() && !q.To.IsZero() && !q.From.Before(q.To) {
		return problem.New(problem.BadRequest, "since is not before until")
	}
	s, err := c.covered(q)
	if err != nil {
		return err
	}
	if s == nil {
		return problem.New(problem.BadRequest, "these tables are about Lynceus itself: no source brings them")
	}
	return c.json(http.StatusOK, s)
}

// sources answers which sources there are of the clusters that whoever asks sees.
func (c *call) sources() error {
	if c.s.o.Sources == nil {
		return missing("the ledger")
	}
	s := c.s.o.Sources(c.seesCluster)
	s.Sources, s.Missing = nonNil(s.Sources), nonNil(s.Missing)
	return c.json(http.StatusOK, s)
}
