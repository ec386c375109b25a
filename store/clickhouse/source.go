package clickhouse

import (
	"context"
	"io"

	"github.com/lynceus-io/lynceus/event"
)

// Source is where segments come from: the lake.
type Source interface {
	// Unshipped lists the first-level segments that are not confirmed yet,
	// oldest first. They stay as they are and can be opened until they are,
	// whatever is merged or expires meanwhile. It may leave out later ones as
	// long as those it lists are not confirmed.
	Unshipped(ctx context.Context) ([]Segment, error)
	// Open opens a segment's Parquet file.
	Open(ctx context.Context, s Segment) (File, error)
	// Shipped notes for ever that the segment arrived: when it returns, the
	// note survives a crash.
	Shipped(ctx context.Context, s Segment) error
}

// Segment is a Parquet file with rows of one table, received in one hour. Its
// columns are event.Columns by their stored names; times are microseconds
// since 1970.
type Segment struct {
	// ID names the segment among all that its source ever has: partition,
	// range, table and hour. The same rows come under the same ID again.
	ID    string
	Class event.Class
	Rows  int64
	Bytes int64 // size of the file
}

// File is an open segment.
type File interface {
	io.ReaderAt
	io.Closer
}
