package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
)

// QueryDocument is the body of a query. Members that are left out have the
// server's own bounds.
type QueryDocument struct {
	Query  string            `json:"query"`
	Params map[string]string `json:"params,omitempty"`
	// Since is how long ago events may be: "90m", "24h", "7d".
	Since string `json:"since,omitempty"`
	// From and To bound the time of events, RFC 3339.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	// Now is what now() gives; left out it is the present.
	Now time.Time `json:"now,omitzero"`
	// MaxRows and MaxBytes bound the answer, Timeout ("30s") its time.
	MaxRows  int64  `json:"max_rows,omitempty"`
	MaxBytes int64  `json:"max_bytes,omitempty"`
	Timeout  string `json:"timeout,omitempty"`
}

// maxQuery bounds the text of a query, in bytes.
const maxQuery = 256 << 10

// request reads the body of a query.
func (c *call) request() (hunt.Request, error) {
	var in QueryDocument
	if err := c.body(&in); err != nil {
		return hunt.Request{}, err
	}
	return c.requestOf(in)
}

// requestOf is the question of a document, within the server's limits.
func (c *call) requestOf(in QueryDocument) (hunt.Request, error) {
	c.what = in.Query
	r := hunt.Request{KQL: in.Query, Params: in.Params, From: in.From, To: in.To, Now: in.Now, MaxRows: in.MaxRows, MaxBytes: in.MaxBytes}
	bad := func(format string, args ...any) (hunt.Request, error) {
		return r, problem.New(problem.BadRequest, format, args...)
	}
	var err error
	switch {
	case in.Query == "":
		return bad("query is empty: there is nothing to ask")
	case len(in.Query) > maxQuery:
		return r, problem.New(problem.TooLarge, "the query is longer than %d bytes", maxQuery)
	case in.MaxRows < 0 || in.MaxBytes < 0:
		return bad("max_rows and max_bytes cannot be negative")
	case in.Since != "" && !in.From.IsZero():
		return bad("since and from contradict each other: give one")
	}
	if in.Since != "" {
		if r.Since, err = hunt.ParseSpan(in.Since); err != nil {
			return bad("since: %v", err)
		}
	}
	if in.Timeout != "" {
		if r.Timeout, err = hunt.ParseSpan(in.Timeout); err != nil {
			return bad("timeout: %v", err)
		}
	}
	if !r.From.IsZero() && !r.To.IsZero() && !r.From.Before(r.To) {
		return bad("from is not before to: no event can be between them")
	}
	return c.s.limits.bound(r), nil
}

// bound keeps a request within the server's limits.
func (l Limits) bound(r hunt.Request) hunt.Request {
	within := func(asked, most int64) int64 {
		if asked == 0 {
			return most
		}
		return min(asked, most)
	}
	r.MaxRows, r.MaxBytes = within(r.MaxRows, l.Rows), within(r.MaxBytes, l.Bytes)
	r.Timeout = time.Duration(within(int64(r.Timeout), int64(l.Timeout)))
	return r
}

// asked reads the question of a request and gives it to do, in its turn and
// within its time.
func (c *call) asked(do func(context.Context, hunt.Request) error) error {
	if c.s.o.Queries == nil {
		return missing("the store")
	}
	r, err := c.request()
	if err != nil {
		return err
	}
	done, err := c.slot()
	if err != nil {
		return err
	}
	defer done()
	ctx, cancel := context.WithTimeoutCause(c.r.Context(), r.Timeout, errQueryTime)
	defer cancel()
	return do(ctx, r)
}

func (c *call) query() error {
	format, err := c.format(queryFormats())
	if err != nil {
		return err
	}
	return c.asked(func(ctx context.Context, r hunt.Request) error {
		answer, err := c.queries().Query(ctx, r)
		if err != nil {
			return queryProblem(ctx, r, err)
		}
		defer answer.Close()
		return c.stream(format, answer, func(err error) error { return queryProblem(ctx, r, err) })
	})
}

// errQueryTime is why the context of a query ended when its time was over.
var errQueryTime = errors.New("the query's time is over")

// queryProblem tells a query's own timeout from the client going away.
func queryProblem(ctx context.Context, r hunt.Request, err error) error {
	if errors.Is(context.Cause(ctx), errQueryTime) {
		return problem.New(problem.Timeout, "the query took longer than %s", r.Timeout).
			Advise("ask for less: a shorter time, or a filter that comes first; or set a longer timeout, up to the server's").Because(err)
	}
	return err
}

func (c *call) explain() error {
	return c.asked(func(ctx context.Context, r hunt.Request) error {
		text, err := c.queries().Explain(ctx, r)
		if err != nil {
			return queryProblem(ctx, r, err)
		}
		return c.json(http.StatusOK, map[string]string{"explanation": text})
	})
}

// check reads a question and says what is wrong in it. That something is wrong
// while somebody writes is no failure; and nothing is read, so it takes no
// place among the queries.
func (c *call) check() error {
	if c.s.o.Queries == nil {
		return missing("the store")
	}
	r, err := c.request()
	if err != nil {
		return err
	}
	wrong := []problem.QueryError{}
	if _, err := c.queries().Explain(c.r.Context(), r); err != nil {
		p := problem.Of(err)
		if p.Code != problem.BadQuery {
			return err
		}
		wrong = append(wrong, p.Errors...)
	}
	return c.json(http.StatusOK, map[string]any{"errors": wrong})
}
