package clickhouse

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/lynceus-io/lynceus/kql/run"
	"github.com/lynceus-io/lynceus/kql/sql"
)

// Dialect is ClickHouse.
func (s *Store) Dialect() sql.Dialect { return sql.ClickHouse }

// Query runs one statement. It may only read, and has the time and memory
// that Options give; ending ctx or closing the rows ends it on the server too.
// The rows also have the method Scanned() (rows, bytes int64), which says how
// much the server read.
func (s *Store) Query(ctx context.Context, st *sql.Statement) (run.Rows, error) {
	text, err := s.text(st)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.queryTime+queryGrace, ErrTimeout)
	answer, err := s.read.do(ctx, request{query: text, settings: s.querySettings()})
	if err != nil {
		cancel()
		return nil, err
	}
	r, err := newRows(answer.Body, st.Cols)
	if err != nil {
		answer.Body.Close()
		cancel()
		return nil, err
	}
	r.ctx, r.cancel = ctx, cancel
	r.scannedRows, r.scannedBytes = summary(answer)
	return r, nil
}

// queryGrace is how much longer than the server the client waits, so that the
// server is the one to say that time is up.
const queryGrace = 5 * time.Second

// querySettings are those of a query. With readonly=1 the server takes no
// other ones, so that a statement's own SETTINGS can only repeat what stands
// here; neither can it reach files, addresses or other servers.
func (s *Store) querySettings() url.Values {
	memory := strconv.FormatInt(s.queryMemory, 10)
	spill := strconv.FormatInt(s.queryMemory/2, 10)
	v := url.Values{
		"database":           {s.database},
		"default_format":     {"RowBinaryWithNamesAndTypes"},
		"readonly":           {"1"},
		"max_execution_time": {seconds(s.queryTime)},
		"max_memory_usage":   {memory},
		// Large sorts and groups go to disk before the memory is used up.
		"max_bytes_before_external_group_by": {spill},
		"max_bytes_before_external_sort":     {spill},
		"max_query_size":                     {strconv.Itoa(maxQuerySize)},
		// A client that goes away takes its query along.
		"cancel_http_readonly_queries_on_client_close": {"1"},
		"session_timezone": {"UTC"},
		// Where tables are spread over shards, inner queries see all shards too.
		"distributed_product_mode": {"global"},
	}
	for _, setting := range sql.ClickHouseSettings() {
		v.Set(setting.Name, setting.Value)
	}
	return v
}

// maxQuerySize is how long a statement may be, in bytes: tables written in a
// query become part of it.
const maxQuerySize = 16 << 20

// summary reads how much the server read for an answer.
func summary(answer *http.Response) (rows, bytes int64) {
	var v struct {
		Rows  int64 `json:"read_rows,string"`
		Bytes int64 `json:"read_bytes,string"`
	}
	if json.Unmarshal([]byte(answer.Header.Get("X-ClickHouse-Summary")), &v) != nil {
		return 0, 0
	}
	return v.Rows, v.Bytes
}
