//go:build !cgo

package duck

import (
	"context"

	"github.com/lynceus-io/lynceus/kql/run"
	"github.com/lynceus-io/lynceus/kql/sql"
)

// Engine answers queries; this build has none.
type Engine struct{}

// Open returns ErrNotBuilt.
func Open(Segments, Options) (*Engine, error) { return nil, ErrNotBuilt }

// Dialect is DuckDB's.
func (*Engine) Dialect() sql.Dialect { return sql.DuckDB }

// Query returns ErrNotBuilt.
func (*Engine) Query(context.Context, *sql.Statement) (run.Rows, error) { return nil, ErrNotBuilt }

// Close does nothing.
func (*Engine) Close() error { return nil }
