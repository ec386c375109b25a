package api

import (
	"context"
	"time"
)

// Use is one use of the API: who did what, when, and how it ended. It holds
// no token and no answer.
type Use struct {
	Time time.Time
	// Who is the name of who did it, "" where that is not known; ID and Role
	// are the principal's, Method is how it signed in, and Scope what it is
	// limited to, in words.
	Who, ID, Role, Method, Scope string
	// Remote is the address that the request came from.
	Remote string
	// Action is the route's name, such as "query"; What is the thing or the
	// text that it was about.
	Action, What string
	// Outcome is "ok" or a problem's code; Status is that of HTTP.
	Outcome  string
	Status   int
	Duration time.Duration
	// Rows that an answer had.
	Rows int64
}

// UseRecorder keeps uses, in the table selfaudit. Record must not block for
// long; an error is logged and counted.
type UseRecorder interface {
	Record(ctx context.Context, u Use) error
}

// maxWhat bounds Use.What, in bytes.
const maxWhat = 16 << 10
