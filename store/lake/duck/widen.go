//go:build cgo

package duck

import (
	"context"
	"errors"
	"math"

	"github.com/lynceus-io/lynceus/kql/value"
)

// firstWindow is how many rows the first window has at least. The latest
// segments are small; a window that turns out too small costs one more
// question, one that is too large costs reading it.
const firstWindow = 8192

// newest returns how many of the latest rows the statement wants, 0 when it
// wants others. Only a statement over a single scan can be answered in
// windows.
func (q *query) newest() int64 {
	if len(q.statement.Scans) != 1 || len(q.pinned[0].Files) < 2 || q.inline[0] != "" {
		return 0
	}
	return q.statement.Scans[0].Newest
}

// widen answers a statement for the latest n rows from a window of the newest
// segments, and from a wider one until the window holds n such rows. Rows of a
// window are later than everything outside it, so n of them are the answer.
func (q *query) widen(ctx context.Context, n int64) (*rows, error) {
	files := q.pinned[0].Files
	want := max(firstWindow, 4*n)
	for ; ; want *= 8 {
		k, have := 0, int64(0)
		for ; k < len(files) && have < want; k++ {
			have += files[k].Rows
		}
		if k == len(files) {
			return q.run(ctx, q.text(math.MinInt64, nil))
		}
		r, err := q.run(ctx, q.text(files[k].MaxTime, files[:k]))
		if err != nil {
			return nil, err
		}
		full, err := r.buffer(n)
		if err == nil && full {
			return r, nil
		}
		if err = errors.Join(err, r.end()); err != nil {
			return nil, err
		}
	}
}

// buffer reads all rows ahead, and reports whether there are n.
func (r *rows) buffer(n int64) (full bool, err error) {
	for {
		row := make([]value.Value, len(r.cols))
		if !r.next(row) {
			break
		}
		r.ahead = append(r.ahead, row)
	}
	return int64(len(r.ahead)) >= n, r.err
}
