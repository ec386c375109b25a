package clickhouse

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
)

// insert sends a segment's file under a token. The same token again, within
// the tables' window, adds nothing.
func (s *Store) insert(ctx context.Context, seg Segment, f File, token string) error {
	ctx, cancel := context.WithTimeout(ctx, s.insertTime)
	defer cancel()
	var columns []string
	for _, c := range columnsOf(seg.Class) {
		columns = append(columns, quoteName(c.name))
	}
	_, err := s.write.text(ctx, request{
		query:    fmt.Sprintf("INSERT INTO %s (%s) FORMAT Parquet", s.table(seg.Class.String()), strings.Join(columns, ", ")),
		settings: s.insertSettings(seg, token),
		body:     io.NewSectionReader(f, 0, seg.Bytes),
		size:     seg.Bytes,
	})
	return err
}

// insertSettings make of a segment one block in the order of its rows, so
// that it becomes one part (one on each shard) or none, and the same one when
// it is sent again.
func (s *Store) insertSettings(seg Segment, token string) url.Values {
	v := url.Values{
		"async_insert":                               {"0"}, // acknowledged means written
		"insert_deduplicate":                         {"1"},
		"insert_deduplication_token":                 {token},
		"max_insert_threads":                         {"1"},
		"min_insert_block_size_rows":                 {strconv.FormatInt(max(seg.Rows, 0)+1, 10)},
		"min_insert_block_size_bytes":                {"0"},
		"input_format_parquet_preserve_order":        {"1"},
		"input_format_parquet_allow_missing_columns": {"1"}, // of an earlier release
		"input_format_null_as_default":               {"1"}, // absent lists become empty
		"max_execution_time":                         {seconds(s.insertTime)},
	}
	if s.layout.Sharded {
		v.Set("insert_distributed_sync", "1")
	}
	return v
}

// holds reports whether the table has all rows of the segment that was sent
// under the token.
func (s *Store) holds(ctx context.Context, seg Segment, token string) (bool, error) {
	out, err := s.write.text(ctx, request{
		query:    fmt.Sprintf("SELECT count() FROM %s WHERE %s = {token:String}", s.table(seg.Class.String()), quoteName(segmentColumn.name)),
		params:   map[string]string{"token": token},
		settings: url.Values{"max_execution_time": {seconds(s.insertTime)}},
	})
	if err != nil {
		return false, err
	}
	return out == strconv.FormatInt(seg.Rows, 10), nil
}
