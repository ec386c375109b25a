package api

import (
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/event"
)

// watch sends events as they come, in the lines of a query's answer, until
// the client goes away.
func (c *call) watch() error {
	if c.s.o.Live == nil {
		return missing("watching")
	}
	q := c.r.URL.Query()
	r := hunt.WatchRequest{Table: q.Get("table"), Where: q.Get("where"), Scope: c.who.Scope}
	if r.Table == "" {
		r.Table = event.ClassAudit.String()
	}
	c.what = r.Table + " | where " + r.Where
	if len(r.Where) > maxQuery {
		return problem.New(problem.TooLarge, "the condition is longer than %d bytes", maxQuery)
	}
	if _, ok := event.ClassByName(r.Table); !ok {
		return problem.New(problem.NotFound, "there is no table %q", r.Table).Advise("GET /api/v1/schema lists the tables")
	}
	format, err := c.format(queryFormats()[:1])
	if err != nil {
		return err
	}
	leave, err := c.share(c.s.watchShares, 0, "watches", "as many watches open as one may")
	if err != nil {
		return err
	}
	defer leave()
	select {
	case c.s.watches <- struct{}{}:
		defer func() { <-c.s.watches }()
	default:
		return problem.New(problem.Busy, "%d watches are open already, as many as may be", c.s.limits.Watches).After(busyWait).Advise("close one")
	}
	answer, err := c.s.o.Live.Watch(c.r.Context(), r)
	if err != nil {
		return err
	}
	defer answer.Close()
	return c.stream(format, answer, func(err error) error { return err })
}
