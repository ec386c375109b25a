//go:build cgo

package duck

import (
	"context"
	dbsql "database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/lynceus-io/lynceus/kql/run"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/store/lake"
)

// Engine answers statements over segments. It may be used by several
// goroutines at once.
type Engine struct {
	db       *dbsql.DB
	segments Segments
	options  Options
	slots    chan struct{} // one for each query that may run
}

// Open starts an engine. The caller must Close it.
func Open(segments Segments, o Options) (*Engine, error) {
	o = o.withDefaults()
	connector, err := duckdb.NewConnector("", nil)
	if err != nil {
		return nil, fmt.Errorf("start DuckDB: %w", err)
	}
	e := &Engine{db: dbsql.OpenDB(connector), segments: segments, options: o, slots: make(chan struct{}, o.Concurrency)}
	if err := e.confine(); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// confine sets the limits of the engine and then takes away the means to
// change them. DuckDB's extensions are neither looked for nor loaded.
func (e *Engine) confine() error {
	o := e.options
	threads := o.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	var allowed []string
	for _, d := range o.Directories {
		allowed = append(allowed, quote(strings.TrimSuffix(d, "/")+"/"))
	}
	settings := []string{
		fmt.Sprintf("threads=%d", threads),
		fmt.Sprintf("memory_limit='%dB'", o.Memory),
		// Without it footers are read again for each query: 5 to 7 times
		// the time of a needle. Segments never change.
		"parquet_metadata_cache=true",
		"preserve_insertion_order=false",
		"TimeZone='UTC'",
		"autoinstall_known_extensions=false",
		"autoload_known_extensions=false",
	}
	if o.TempDir != "" {
		if err := os.MkdirAll(o.TempDir, 0o700); err != nil {
			return fmt.Errorf("directory for what does not fit into memory: %w", err)
		}
		settings = append(settings, "temp_directory="+quote(o.TempDir), fmt.Sprintf("max_temp_directory_size='%dB'", o.TempBytes))
	}
	settings = append(settings, "allowed_directories=["+strings.Join(allowed, ", ")+"]", "enable_external_access=false", "lock_configuration=true")
	for _, s := range settings {
		if _, err := e.db.Exec("SET " + s); err != nil {
			return fmt.Errorf("DuckDB: SET %s: %w", s, err)
		}
	}
	return nil
}

// Close ends the engine. Queries that run are ended first.
func (e *Engine) Close() error { return e.db.Close() }

// Dialect is DuckDB's.
func (e *Engine) Dialect() sql.Dialect { return sql.DuckDB }

// Query runs a statement, which must be one SELECT. It waits while too many
// others run. Errors of the engine are returned as they are, but for those of
// limits, which are a *sql.LimitError.
func (e *Engine) Query(ctx context.Context, s *sql.Statement) (run.Rows, error) {
	select {
	case e.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, e.options.Timeout)
	q := &query{engine: e, statement: s, end: []func(){func() { <-e.slots }, cancel}}
	rows, err := q.start(ctx)
	for tries := 0; err != nil && tries < maxDamaged; tries++ {
		gone, why := q.damaged(ctx, err)
		if why != nil {
			err = why
		}
		if !gone {
			break
		}
		q.unpin()
		rows, err = q.start(ctx)
	}
	if err != nil {
		err = e.explain(ctx, err)
		q.close()
		return nil, err
	}
	return rows, nil
}

// query is a statement on its way.
type query struct {
	engine    *Engine
	statement *sql.Statement
	pinned    []*lake.Snapshot
	inline    []string // by scan: what stands for it when its events are few, else ""
	end       []func() // what to do when it is over, in reverse
}

// close lets go of everything that the query holds.
func (q *query) close() {
	q.unpin()
	for i := len(q.end) - 1; i >= 0; i-- {
		q.end[i]()
	}
	q.end = nil
}

// unpin lets go of the query's segments.
func (q *query) unpin() {
	for _, p := range q.pinned {
		p.Release()
	}
	q.pinned = nil
}

// start asks, and reads the first row: damage shows by then where it is in
// what is read first.
func (q *query) start(ctx context.Context) (*rows, error) {
	r, err := q.ask(ctx)
	if err != nil || len(r.ahead) > 0 {
		return r, err
	}
	row := make([]value.Value, len(r.cols))
	if r.next(row) {
		r.ahead = append(r.ahead, row)
	}
	if r.err != nil {
		return nil, errors.Join(r.err, r.end())
	}
	return r, nil
}

func (q *query) ask(ctx context.Context) (*rows, error) {
	for i := range q.statement.Scans {
		p, err := q.engine.segments.Pin(ctx, lake.Of(q.statement.Scans[i]))
		if err != nil {
			return nil, err
		}
		q.pinned = append(q.pinned, p)
		q.inline = append(q.inline, few(ctx, &q.statement.Scans[i], p))
	}
	if n := q.newest(); n > 0 {
		return q.widen(ctx, n)
	}
	return q.run(ctx, q.text(math.MinInt64, nil))
}

// text returns the SQL with every scan in its place. files, where given,
// stand for those of the first scan, and after bounds their time.
func (q *query) text(after int64, files []lake.File) string {
	var pairs []string
	for i := range q.statement.Scans {
		if q.inline[i] != "" {
			pairs = append(pairs, fmt.Sprintf("{{scan %d}}", i), q.inline[i])
			continue
		}
		p, a := q.pinned[i], int64(math.MinInt64)
		list := p.Files
		if files != nil && i == 0 {
			list, a = files, after
		}
		pairs = append(pairs, fmt.Sprintf("{{scan %d}}", i), from(&q.statement.Scans[i], list, p.Amending, a))
	}
	return strings.NewReplacer(pairs...).Replace(q.statement.Text)
}

// run sends SQL to the engine.
func (q *query) run(ctx context.Context, text string) (*rows, error) {
	conn, err := q.engine.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	var out *rows
	err = conn.Raw(func(c any) error {
		stmt, err := c.(driver.ConnPrepareContext).PrepareContext(ctx, text)
		if err != nil {
			return err
		}
		if kind, err := stmt.(*duckdb.Stmt).StatementType(); err != nil || kind != duckdb.STATEMENT_TYPE_SELECT {
			return errors.Join(errors.New("only SELECT can be run on the store"), err, stmt.Close())
		}
		answer, err := stmt.(driver.StmtQueryContext).QueryContext(ctx, nil)
		if err != nil {
			return errors.Join(err, stmt.Close())
		}
		out = &rows{query: q, ctx: ctx, answer: answer, stmt: stmt, conn: conn, cols: q.statement.Cols, buf: make([]driver.Value, len(answer.Columns()))}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if len(out.buf) != len(out.cols) {
		return nil, errors.Join(fmt.Errorf("the statement gives %d columns, not %d", len(out.buf), len(out.cols)), out.Close())
	}
	return out, nil
}

// explain turns an engine's error into one that says what to do.
func (e *Engine) explain(ctx context.Context, err error) error {
	var d *duckdb.Error
	switch {
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return &sql.LimitError{Limit: sql.LimitTime, Err: context.DeadlineExceeded,
			Text: fmt.Sprintf("the query took longer than %s and was ended; ask for a shorter time or fewer columns", e.options.Timeout.Round(time.Millisecond))}
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &d) && d.Type == duckdb.ErrorTypeOutOfMemory:
		return &sql.LimitError{Limit: sql.LimitMemory, Err: err,
			Text: fmt.Sprintf("the query needs more than the %d MB that queries may hold; ask for a shorter time, fewer columns or fewer groups", e.options.Memory>>20)}
	}
	return err
}
