package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/lynceus-io/lynceus/api/access"
	"github.com/lynceus-io/lynceus/api/limit"
	"github.com/lynceus-io/lynceus/api/problem"
)

// slowDown is the problem of somebody who asks too often; which limit it is is
// counted.
func (s *Server) slowDown(which string, wait time.Duration, why string) error {
	s.metrics.limited.WithLabelValues(which).Inc()
	return problem.New(problem.Busy, "%s", why).After(wait).Advise("come again after the time that Retry-After says")
}

// mayAsk counts a request of an address and of a principal, and refuses it
// where those come too fast. Agents are not counted: what they may bring is
// bounded by what the bus takes.
func (s *Server) mayAsk(r *http.Request, who *access.Principal) error {
	if who.Role != 0 && !who.Role.Person() {
		return nil
	}
	if wait, ok := s.addresses.Take(limit.Address(r.RemoteAddr)); !ok {
		return s.slowDown("address", wait, "requests come too fast from this address")
	}
	if who.Role == 0 {
		return nil
	}
	if wait, ok := s.principals.Take(key(who)); !ok {
		return s.slowDown("principal", wait, "you ask too often")
	}
	return nil
}

// key tells principals apart.
func key(who *access.Principal) string { return string(who.Method) + " " + who.ID }

// share takes one of the places of whoever asks. The function it returns gives
// it back.
func (c *call) share(of *limit.Shares, wait time.Duration, which, many string) (func(), error) {
	done, err := of.Acquire(c.r.Context(), key(&c.who), wait)
	if errors.Is(err, limit.ErrShare) {
		return nil, c.s.slowDown(which, busyWait, "you have "+many+" already")
	}
	return done, err
}

// busyWait is after how long somebody should come again for whom there was no
// place: as long as many a query takes.
const busyWait = 5 * time.Second

// worthRecording reports whether a use is to be kept as a row of its own. A
// request that was refused because it came too fast is, as long as those do
// not come too fast themselves: then one row in so many is, with the number of
// those before it.
func (s *Server) worthRecording(p *problem.Problem) (before int64, ok bool) {
	if p == nil || p.Code != problem.Busy && p.Code != problem.Unauthenticated {
		return 0, true
	}
	if _, ok := s.records.Take(""); !ok {
		s.unrecorded.Add(1)
		return 0, false
	}
	return s.unrecorded.Swap(0), true
}

// slot waits for a place among the queries that may run: of whoever asks, and
// of all. The function it returns gives the places back.
func (c *call) slot() (func(), error) {
	leave, err := c.share(c.s.queryShares, c.s.limits.QueryWait, "queries", "as many queries running as one may")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(c.r.Context(), c.s.limits.QueryWait)
	defer cancel()
	select {
	case c.s.queries <- struct{}{}:
		c.s.metrics.running.Inc()
		return func() { c.s.metrics.running.Dec(); <-c.s.queries; leave() }, nil
	case <-ctx.Done():
		leave()
		if err := c.r.Context().Err(); err != nil {
			return nil, err
		}
		c.s.metrics.limited.WithLabelValues("queries").Inc()
		return nil, problem.New(problem.Busy, "%d queries run already, as many as may", c.s.limits.Queries).After(busyWait).Advise("try again in a moment")
	}
}
