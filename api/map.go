package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/api/talk"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
)

// mapSpan is how much time a map shows where nothing is said.
const mapSpan = 24 * time.Hour

// mapOf reads what a map is to show.
func (c *call) mapOf() (ask talk.Ask, err error) {
	known := []string{"focus", "from", "new", "since", "to"}
	q := c.r.URL.Query()
	for name := range q {
		if !slices.Contains(known, name) {
			return ask, problem.New(problem.BadRequest, "there is no parameter %q: give some of %s", name, strings.Join(known, ", "))
		}
	}
	if q.Get("since") != "" && q.Get("from") != "" {
		return ask, problem.New(problem.BadRequest, "since and from contradict each other: give one")
	}
	ask = talk.Ask{To: c.s.o.Now(), Focus: q.Get("focus"), Scope: c.who.Scope, Owner: c.s.o.Owner}
	if text := q.Get("to"); text != "" {
		if ask.To, err = c.instant(text); err != nil {
			return ask, err
		}
	}
	if text := q.Get("new"); text != "" {
		if ask.New, err = strconv.Atoi(text); err != nil || ask.New < 1 || ask.New > talk.DefaultBounds.Edges || ask.Focus != "" {
			return ask, problem.New(problem.BadRequest, "new is how many new edges to give, from 1 to %d, and goes with no focus", talk.DefaultBounds.Edges)
		}
	}
	ask.From = ask.To.Add(-mapSpan)
	if text := q.Get("from") + q.Get("since"); text != "" {
		if ask.From, err = c.instant(text); err != nil {
			return ask, err
		}
	}
	if !ask.From.Before(ask.To) {
		return ask, problem.New(problem.BadRequest, "from is not before to: nothing can be between them")
	}
	return ask, nil
}

// whoTalks answers who talked to whom.
func (c *call) whoTalks() error {
	if c.s.o.Queries == nil {
		return missing("the store")
	}
	c.what = c.r.URL.RawQuery
	ask, err := c.mapOf()
	if err != nil {
		return err
	}
	done, err := c.slot()
	if err != nil {
		return err
	}
	defer done()
	ctx, cancel := context.WithTimeoutCause(c.r.Context(), c.s.limits.Timeout, errQueryTime)
	defer cancel()
	m, err := talk.Read(ctx, c.queries(), ask)
	switch {
	case errors.Is(err, talk.ErrFocus):
		return problem.New(problem.BadRequest, "focus: %q is the id of no node", ask.Focus).Advise("take the id of a node of the map")
	case err != nil && errors.Is(context.Cause(ctx), errQueryTime):
		return problem.New(problem.Timeout, "the map took longer than %s", c.s.limits.Timeout).Advise("ask for a shorter time").Because(err)
	case err != nil:
		return err
	}
	c.rows = int64(len(m.Edges))
	if m.Coverage, err = c.covered(coverage.Question{From: ask.From, To: ask.To, Tables: []event.Class{event.ClassNetwork, event.ClassAudit}}); err != nil {
		return err
	}
	return c.json(http.StatusOK, m)
}
