package hunt

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Store answers questions from an engine that holds the tables. It is safe
// for concurrent use, as its engine must be.
type Store struct {
	backend sql.Backend
	now     func() time.Time
	holds   func(context.Context, event.Class) (bool, error)
	covers  func(context.Context, coverage.Question) (*coverage.Statement, error)
}

// StoreOptions of NewStore.
type StoreOptions struct {
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Holds reports whether a table has rows, and is asked for each query; nil
	// means that nothing is said of empty tables.
	Holds func(context.Context, event.Class) (bool, error)
	// Coverage says what is missing of a stretch of time, and is asked for each query; nil means that nothing is said
	// of it.
	Coverage func(context.Context, coverage.Question) (*coverage.Statement, error)
}

// NewStore returns who answers from an engine.
func NewStore(backend sql.Backend, o StoreOptions) *Store {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Store{backend: backend, now: o.Now, holds: o.Holds, covers: o.Coverage}
}

// Query implements Querier.
func (s *Store) Query(ctx context.Context, r Request) (Answer, error) {
	start := s.now()
	q, err := s.compile(r)
	if err != nil {
		return nil, err
	}
	a := &storeAnswer{now: s.now, start: start, limited: !r.Scope.All()}
	if a.limited {
		a.notes = []string{limitedTo(r.Scope)}
	} else if lacking, err := s.lacking(ctx, q); err != nil {
		return nil, err
	} else if lacking != "" {
		a.notes = []string{lacking}
	}
	if a.coverage, err = s.coverage(ctx, q, r.Scope); err != nil {
		return nil, err
	}
	if a.result, err = q.Run(ctx, s.backend, kql.Limits{Rows: r.MaxRows, MaxBytes: r.MaxBytes, Timeout: r.Timeout}); err != nil {
		return nil, err
	}
	a.limit = r.MaxRows
	if p := q.Render(); p != nil {
		a.render = Render{Kind: p.Kind, Properties: p.Properties}
	}
	return a, nil
}

// coverage says what is missing of the time that a query reads of its tables; nil where it reads none that has sources.
func (s *Store) coverage(ctx context.Context, q *kql.Query, within scope.Scope) (*coverage.Statement, error) {
	read := tables(q.Plan(), nil)
	if s.covers == nil || len(read) == 0 {
		return nil, nil
	}
	o := coverage.Question{Tables: read}
	o.From, o.To = q.Span()
	return Coverage(ctx, s.covers, o, within)
}

// Explain implements Querier: what either kind of store would be asked.
func (s *Store) Explain(_ context.Context, r Request) (string, error) {
	q, err := s.compile(r)
	if err != nil {
		return "", err
	}
	return q.Explain(sql.DuckDB, sql.ClickHouse), nil
}

func (s *Store) compile(r Request) (*kql.Query, error) { return Compile(r, s.now()) }

// Compile reads the query of a request, which is asked at a time.
func Compile(r Request, now time.Time) (*kql.Query, error) {
	o := kql.Options{Now: r.Now, Since: r.From, Until: r.To, Scope: r.Scope}
	if o.Now.IsZero() {
		o.Now = now
	}
	if since := o.Now.Add(-r.Since); r.Since > 0 && since.After(o.Since) {
		o.Since = since
	}
	var err error
	if o.Params, err = params(r.KQL, r.Params); err != nil {
		return nil, err
	}
	return kql.Compile(r.KQL, o)
}

// storeAnswer is the answer of a Store.
type storeAnswer struct {
	result *kql.Result
	now    func() time.Time
	start  time.Time
	render Render
	limit  int64
	// limited answers do not tell what was read for them: that is of others,
	// too.
	limited  bool
	notes    []string
	coverage *coverage.Statement
	rows     atomic.Int64
	done     atomic.Pointer[Progress] // the sum, after the end
}

// Columns implements Answer.
func (a *storeAnswer) Columns() []plan.Column { return a.result.Columns() }

// Next implements Answer.
func (a *storeAnswer) Next(dst []value.Value) bool {
	if a.result.Next(dst) {
		a.rows.Add(1)
		return true
	}
	a.finish()
	return false
}

// finish takes the statistics, which are whole once the result is closed.
func (a *storeAnswer) finish() {
	if a.done.Load() != nil {
		return
	}
	if a.result.Truncated() {
		a.notes = append(a.notes, cutOff(a.limit))
	}
	a.result.Close()
	var st kql.Stats
	if !a.limited {
		st = a.result.Stats()
	}
	a.done.Store(&Progress{Rows: a.rows.Load(), ScannedRows: st.ScannedRows, ScannedBytes: st.ScannedBytes, Elapsed: a.now().Sub(a.start)})
}

// Err implements Answer.
func (a *storeAnswer) Err() error { return a.result.Err() }

// Close implements Answer.
func (a *storeAnswer) Close() error { return a.result.Close() }

// Progress implements Answer.
func (a *storeAnswer) Progress() Progress {
	if p := a.done.Load(); p != nil {
		return *p
	}
	return Progress{Rows: a.rows.Load(), Elapsed: a.now().Sub(a.start)}
}

// Render implements Answer.
func (a *storeAnswer) Render() Render { return a.render }

// Notes implements Answer.
func (a *storeAnswer) Notes() []string { return a.notes }

// Coverage implements Covered.
func (a *storeAnswer) Coverage() *coverage.Statement { return a.coverage }
