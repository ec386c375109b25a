package problem

import (
	"context"
	"errors"

	"github.com/lynceus-io/lynceus/kql"
	"github.com/lynceus-io/lynceus/kql/run"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/syntax"
)

// Of returns the problem that an error is. An error that nobody made a
// problem of is a fault of the server: its text is not told.
func Of(err error) *Problem {
	var p *Problem
	var many syntax.Errors
	var one *syntax.Error
	var memory *run.MemoryError
	var limit *sql.LimitError
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &many):
		return ofQuery(many, err)
	case errors.As(err, &one):
		return ofQuery(syntax.Errors{one}, err)
	case errors.As(err, &memory):
		return New(LimitReached, "%v", memory).Because(err)
	case errors.As(err, &limit) && limit.Limit == sql.LimitTime:
		return New(Timeout, "%s", limit.Text).Because(err)
	case errors.As(err, &limit):
		return New(LimitReached, "%s", limit.Text).Because(err)
	case errors.Is(err, kql.ErrTimeout):
		return New(Timeout, "%v", kql.ErrTimeout).Because(err)
	case errors.Is(err, context.DeadlineExceeded):
		return New(Timeout, "the time for it is over").Advise("ask for less: a shorter time, fewer tables, or a filter that comes first").Because(err)
	case errors.Is(err, context.Canceled):
		return New(Canceled, "it was cancelled").Because(err)
	}
	return New(Internal, "the server failed at this request").Advise("see its log").Because(err)
}

// ofQuery tells what is wrong with a query, place by place.
func ofQuery(list syntax.Errors, err error) *Problem {
	p := New(BadQuery, "the query has an error").Because(err)
	if len(list) > 1 {
		p.Message = "the query has errors"
	}
	for _, e := range list {
		text := e.Message
		if e.Suggestion != "" {
			text += "; " + e.Suggestion
		}
		p.Errors = append(p.Errors, QueryError{
			Message: text, Line: e.Line, Column: e.Column, Offset: e.Start, Length: e.End - e.Start, Snippet: e.Snippet,
		})
	}
	return p
}
