package kql

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/run"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Limits bound one run of a query. Zero means no limit, for MaxBytes
// run.DefaultMaxBytes.
type Limits struct {
	// Rows is how many rows come at most; Result.Truncated says that there
	// were more.
	Rows int64
	// MaxBytes bounds the memory that the part of a query that runs in Go
	// may hold.
	MaxBytes int64
	// Timeout bounds the time of the run, from Run to the last row.
	Timeout time.Duration
}

// ErrNoStore says that a query reads tables where there is no store.
var ErrNoStore = errors.New("the query reads tables, but no store was given")

// ErrTimeout says that a query took longer than it may.
var ErrTimeout = errors.New("the query took too long; bound it by time, filter earlier, or allow it more time")

// Run starts a query on the engine that holds the tables; store may be nil for
// a query without tables. Queries inside expressions (toscalar, in) are
// answered before it returns. The result must be closed.
func (q *Query) Run(ctx context.Context, store sql.Backend, l Limits) (*Result, error) {
	start := time.Now()
	var cancel context.CancelFunc
	if l.Timeout > 0 {
		ctx, cancel = context.WithTimeoutCause(ctx, l.Timeout, ErrTimeout)
	} else {
		ctx, cancel = context.WithCancel(ctx)
	}
	x := &execution{store: store, now: q.now, limits: l}
	node, err := x.resolve(ctx, q.node, nil)
	if err == nil {
		var rows run.Rows
		if rows, err = x.open(ctx, node); err == nil {
			return &Result{cols: q.Columns(), rows: rows, x: x, ctx: ctx, cancel: cancel, start: start, limit: l.Rows}, nil
		}
	}
	err = cause(ctx, err)
	cancel()
	return nil, err
}

// cause returns why a context ended where that is why err came.
func cause(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		if c := context.Cause(ctx); c != nil {
			return c
		}
	}
	return err
}

// execution is one run of a query.
type execution struct {
	store  sql.Backend
	now    int64
	limits Limits
	stats  Stats
}

// open starts a plan that has no queries in its expressions.
func (x *execution) open(ctx context.Context, node plan.Node) (run.Rows, error) {
	var stmts []*sql.Statement
	if reads(node) {
		if x.store == nil {
			return nil, ErrNoStore
		}
		node, stmts = sql.Split(node, x.store.Dialect())
	}
	return run.Run(ctx, node, run.Options{Now: x.now, MaxBytes: x.limits.MaxBytes, Source: func(ctx context.Context, leaf plan.Node) (run.Rows, error) {
		r, ok := leaf.(*plan.Remote)
		if !ok {
			return nil, fmt.Errorf("the store cannot read %T", leaf)
		}
		x.stats.Statements++
		rows, err := x.store.Query(ctx, stmts[r.ID])
		if err != nil {
			return nil, err
		}
		return &counted{Rows: rows, x: x}, nil
	}})
}

// reads reports whether a plan reads a table of the store.
func reads(n plan.Node) bool {
	if _, ok := n.(*plan.Scan); ok {
		return true
	}
	for _, in := range n.Inputs() {
		if reads(in) {
			return true
		}
	}
	return false
}

// counted adds what a statement read to the run's statistics.
type counted struct {
	run.Rows
	x    *execution
	done bool
}

// Next reads the next row.
func (c *counted) Next(dst []value.Value) bool {
	if !c.Rows.Next(dst) {
		return false
	}
	c.x.stats.Fetched++
	return true
}

// Close ends the statement.
func (c *counted) Close() error {
	if s, ok := c.Rows.(sql.Counted); ok && !c.done {
		rows, bytes := s.Scanned()
		c.x.stats.ScannedRows += rows
		c.x.stats.ScannedBytes += bytes
	}
	c.done = true
	return c.Rows.Close()
}
