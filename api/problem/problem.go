// Package problem is how the API says that something went wrong: a small set
// of codes, each with one HTTP status, and a document that says what happened,
// where, and what to do.
package problem

import (
	"fmt"
	"math"
	"net/http"
	"time"
)

// Code is a kind of failure. Programs branch on it; messages may change.
type Code string

// The codes.
const (
	BadRequest      Code = "bad_request"        // the request is not what the route takes
	BadQuery        Code = "bad_query"          // the KQL has an error, or uses what is not supported
	BadRule         Code = "bad_rule"           // the text of a rule has an error, or asks for what is not supported
	Unauthenticated Code = "unauthenticated"    // no token, or none that is known
	Forbidden       Code = "forbidden"          // the token's role does not reach so far
	NotFound        Code = "not_found"          // there is no such route or thing
	Conflict        Code = "conflict"           // somebody else changed it meanwhile
	TooLarge        Code = "too_large"          // the request's body is over the limit
	Busy            Code = "busy"               // it comes too fast, or as many run as may; try again
	Timeout         Code = "timeout"            // the query took longer than it may
	LimitReached    Code = "limit_reached"      // the query needs more memory, rows or bytes than it may
	Canceled        Code = "canceled"           // the client went away
	Unavailable     Code = "unavailable"        // this part is not running here, or not yet
	Internal        Code = "internal"           // a fault of Lynceus
	NotAcceptable   Code = "not_acceptable"     // no form that the client accepts
	NotAllowed      Code = "method_not_allowed" // the route exists, the method does not
)

// statuses is the one place where codes become statuses of HTTP. 499 is what
// proxies log where the client went away; nobody receives it.
var statuses = map[Code]int{
	BadRequest: http.StatusBadRequest, BadQuery: http.StatusUnprocessableEntity, BadRule: http.StatusUnprocessableEntity, Unauthenticated: http.StatusUnauthorized,
	Forbidden: http.StatusForbidden, NotFound: http.StatusNotFound, Conflict: http.StatusConflict,
	TooLarge: http.StatusRequestEntityTooLarge, Busy: http.StatusTooManyRequests, Timeout: http.StatusGatewayTimeout,
	LimitReached: http.StatusInsufficientStorage, Canceled: 499, Unavailable: http.StatusServiceUnavailable,
	Internal: http.StatusInternalServerError, NotAcceptable: http.StatusNotAcceptable, NotAllowed: http.StatusMethodNotAllowed,
}

// Status returns the HTTP status of a code.
func (c Code) Status() int {
	if s, ok := statuses[c]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// Codes returns every code. The order is not defined.
func Codes() []Code {
	out := make([]Code, 0, len(statuses))
	for c := range statuses {
		out = append(out, c)
	}
	return out
}

// Problem is a failure as the API tells it. It is an error, so that a client
// returns what the server said.
type Problem struct {
	Code Code `json:"code"`
	// Message says what is wrong, in one line.
	Message string `json:"message"`
	// Do says what to do about it; "" where nothing but the message helps.
	Do string `json:"do,omitempty"`
	// Errors are the places in a query or a rule that are wrong, for BadQuery
	// and BadRule.
	Errors []QueryError `json:"errors,omitempty"`
	// after is when to come again, for Busy.
	after time.Duration
	// err is what caused it; it is logged and never sent.
	err error
}

// QueryError is one place in a query or the text of a rule that is wrong.
type QueryError struct {
	Message string `json:"message"`
	// Line and Column begin at 1; the column counts characters.
	Line   int `json:"line"`
	Column int `json:"column"`
	// Offset is where it begins, in bytes from 0, and Length how many bytes it
	// is long; both are 0 for a rule.
	Offset int `json:"offset"`
	Length int `json:"length"`
	// Snippet is the line of the query with a caret below it.
	Snippet string `json:"snippet,omitempty"`
}

// New returns a problem.
func New(code Code, format string, args ...any) *Problem {
	return &Problem{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Advise returns p with what to do about it.
func (p *Problem) Advise(format string, args ...any) *Problem {
	p.Do = fmt.Sprintf(format, args...)
	return p
}

// After returns p with after how long it may be tried again.
func (p *Problem) After(d time.Duration) *Problem {
	p.after = d
	return p
}

// RetryAfter is after how many seconds it may be tried again, at least 1.
func (p *Problem) RetryAfter() int { return max(1, int(math.Ceil(p.after.Seconds()))) }

// Because returns p with its cause, which is logged and not sent.
func (p *Problem) Because(err error) *Problem {
	p.err = err
	return p
}

// Error is the message and what to do, over several lines for a query.
func (p *Problem) Error() string {
	text := p.Message
	for _, e := range p.Errors {
		text += fmt.Sprintf("\n%d:%d: %s\n%s", e.Line, e.Column, e.Message, e.Snippet)
	}
	if p.Do != "" {
		sep := "; "
		if len(p.Errors) > 0 {
			sep = "\n"
		}
		text += sep + p.Do
	}
	return text
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.err }
