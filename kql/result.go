package kql

import (
	"context"
	"time"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/run"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Result is the answer to a query while it is read. It is for one goroutine.
type Result struct {
	cols      []plan.Column
	rows      run.Rows
	x         *execution
	ctx       context.Context
	cancel    context.CancelFunc
	start     time.Time
	limit     int64
	truncated bool
	err       error
	closed    bool
	took      time.Duration
}

// Stats says what a run of a query did.
type Stats struct {
	Rows       int64 // of the answer, as far as it was read
	Statements int64 // that an engine was given
	Fetched    int64 // rows that engines gave
	// ScannedRows and ScannedBytes are what engines read, as far as they
	// tell.
	ScannedRows, ScannedBytes int64
	Duration                  time.Duration
}

// Columns returns the columns of the rows. Not to be changed.
func (r *Result) Columns() []plan.Column { return r.cols }

// Next reads the next row into dst, which has a place for each column; false
// at the end, at the limit of rows, or on an error.
func (r *Result) Next(dst []value.Value) bool {
	if r.closed || r.err != nil || r.truncated {
		return false
	}
	if !r.rows.Next(dst) {
		r.err = cause(r.ctx, r.rows.Err())
		return false
	}
	if r.limit > 0 && r.x.stats.Rows == r.limit {
		r.truncated = true
		return false
	}
	r.x.stats.Rows++
	return true
}

// Err is what ended the rows, nil for their end and for the limit.
func (r *Result) Err() error { return r.err }

// Truncated reports that there were more rows than the limit.
func (r *Result) Truncated() bool { return r.truncated }

// Stats returns what the run did so far; it is complete after Close.
func (r *Result) Stats() Stats {
	s := r.x.stats
	s.Duration = r.took
	if !r.closed {
		s.Duration = time.Since(r.start)
	}
	return s
}

// Close ends the run. It may be called at any time, and more than once.
func (r *Result) Close() error {
	if r.closed {
		return nil
	}
	r.closed, r.took = true, time.Since(r.start)
	r.cancel()
	return r.rows.Close()
}
