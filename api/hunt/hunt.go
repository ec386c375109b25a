// Package hunt is how a question is put to the events of the past and how the
// answer comes back, whoever answers: the store in this process, or a server.
// The HTTP API, its client and the command line all speak it.
package hunt

import (
	"context"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Request is a question.
type Request struct {
	// KQL is the query's text.
	KQL string
	// Params are values of the parameters that the query declares, as text.
	Params map[string]string
	// Since, where it is not 0, leaves out events from before that long ago.
	Since time.Duration
	// From and To, where they are not zero, bound the time of events: From
	// is inclusive, To is not.
	From, To time.Time
	// Now is what now() gives and ago() counts from; zero means the present.
	Now time.Time
	// MaxRows and MaxBytes bound the answer, Timeout the time that it takes;
	// 0 means the bound of who answers, and none can be raised over it. An
	// answer that is cut off says so in its notes.
	MaxRows, MaxBytes int64
	Timeout           time.Duration
	// Scope is what whoever asks may see. Who answers over the network knows
	// by itself and is not told.
	Scope scope.Scope
}

// Querier answers questions. It is safe for concurrent use and never writes.
type Querier interface {
	// Query starts a query. An error about the text of the query is a
	// *problem.Problem, or one that problem.Of understands. The answer ends when ctx does.
	Query(ctx context.Context, r Request) (Answer, error)
	// Explain says how a query would be answered, and does not run it.
	Explain(ctx context.Context, r Request) (string, error)
}

// Answer is the rows of an answer as they come. Next, Err and Close are for
// one goroutine; Progress may be called by others meanwhile.
type Answer interface {
	// Columns are the answer's columns. They are not to be changed.
	Columns() []plan.Column
	// Next reads the next row into dst, which has a place for each column;
	// false at the end and on an error.
	Next(dst []value.Value) bool
	// Err is what ended the rows; nil for the end.
	Err() error
	// Close releases what the answer holds. It may be called at any time.
	Close() error
	// Progress says how far it has come; after the end it is the sum.
	Progress() Progress
	// Render is the picture that the query asks for.
	Render() Render
	// Notes are what a reader must know of the answer: tables that are empty
	// or missing, that it was cut off. They are complete after the end.
	Notes() []string
}

// Covered is an Answer that says what is missing of the time and the tables that it is from.
type Covered interface {
	// Coverage is nil where nothing can be said. It is complete after the end.
	Coverage() *coverage.Statement
}

// CoverageOf returns what an answer says is missing; nil for nothing.
func CoverageOf(a Answer) *coverage.Statement {
	if c, ok := a.(Covered); ok {
		return c.Coverage()
	}
	return nil
}

// Progress is how far an answer has come.
type Progress struct {
	// Rows that came so far.
	Rows int64 `json:"rows"`
	// ScannedRows and ScannedBytes were read in the store for them; 0 where
	// the engine does not tell.
	ScannedRows  int64 `json:"scanned_rows"`
	ScannedBytes int64 `json:"scanned_bytes"`
	// Elapsed since the query began.
	Elapsed time.Duration `json:"elapsed_ns"`
}

// Render is what the operator render asks for; the zero value asks for
// nothing.
type Render struct {
	Kind       string            `json:"kind,omitempty"` // table, timechart, barchart, ...
	Properties map[string]string `json:"properties,omitempty"`
}
