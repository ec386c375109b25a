package problem

import (
	"context"
	"errors"
)

// Of returns the problem that an error is. An error that nobody made a
// problem of is a fault of the server: its text is not told.
func Of(err error) *Problem {
	var p *Problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, context.DeadlineExceeded):
		return New(Timeout, "the time for it is over").Advise("ask for less: a shorter time, fewer tables, or a filter that comes first").Because(err)
	case errors.Is(err, context.Canceled):
		return New(Canceled, "it was cancelled").Because(err)
	}
	return New(Internal, "the server failed at this request").Advise("see its log").Because(err)
}
