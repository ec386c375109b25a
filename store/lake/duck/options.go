package duck

import (
	"context"
	"errors"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/store/lake"
)

// ErrNotBuilt says that the program was built without DuckDB.
var ErrNotBuilt = errors.New("this program was built without DuckDB (CGO_ENABLED=0), so it cannot answer queries from a data directory; use a build with cgo, or ask a server with --server")

// Defaults of Options.
const (
	DefaultMemory      = 320 << 20
	DefaultTempBytes   = 8 << 30
	DefaultConcurrency = 4
	DefaultTimeout     = 5 * time.Minute
)

// Segments is the lake, as far as queries need it.
type Segments interface {
	Pin(ctx context.Context, sel lake.Selection) (*lake.Snapshot, error)
	// Check sets damaged files aside, and reports whether any is gone.
	Check(ctx context.Context, files []lake.File) (gone bool, err error)
}

// Options say how an engine is to run. Zero values mean the defaults.
type Options struct {
	// Directories are those under which segments lie; nothing else can be
	// read.
	Directories []string
	// TempDir takes what does not fit into memory, at most TempBytes.
	TempDir   string
	TempBytes int64
	// Memory bounds what all queries together hold, in bytes.
	Memory int64
	// Threads is on how many cores queries run; 0 means all.
	Threads int
	// Concurrency is how many queries run at once; more wait.
	Concurrency int
	// Timeout ends a query that takes longer, unless its context does first.
	Timeout time.Duration
}

func (o Options) withDefaults() Options {
	if o.Memory <= 0 {
		o.Memory = DefaultMemory
	}
	if o.TempBytes <= 0 {
		o.TempBytes = DefaultTempBytes
	}
	if o.Concurrency <= 0 {
		o.Concurrency = DefaultConcurrency
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	return o
}

// sqlType returns DuckDB's name of a column's type.
func sqlType(f *event.Field) string {
	switch f.Type {
	case event.TypeInt:
		return "BIGINT"
	case event.TypeBool:
		return "BOOLEAN"
	case event.TypeTime:
		return "TIMESTAMP"
	case event.TypeStrings:
		return "VARCHAR[]"
	default:
		return "VARCHAR"
	}
}
