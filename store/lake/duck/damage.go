//go:build cgo

package duck

import (
	"context"
	"errors"
	"slices"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/store/lake"
)

// maxDamaged is how often a query begins again because segments were found
// damaged.
const maxDamaged = 3

// notDamage are the kinds of errors that a query and its values cause, and
// that damaged files do not.
var notDamage = []duckdb.ErrorType{
	duckdb.ErrorTypeOutOfRange, duckdb.ErrorTypeConversion, duckdb.ErrorTypeDivideByZero, duckdb.ErrorTypeParser, duckdb.ErrorTypeSyntax,
	duckdb.ErrorTypeOutOfMemory, duckdb.ErrorTypeInterrupt, duckdb.ErrorTypePermission, duckdb.ErrorTypeNotImplemented,
}

// damaged looks for damage in the query's segments after an error that damage
// can cause. gone says that segments are set aside now, so that the query can
// begin again without them.
func (q *query) damaged(ctx context.Context, err error) (gone bool, why error) {
	var d *duckdb.Error
	var limit *sql.LimitError
	if ctx.Err() != nil || errors.As(err, &limit) || !errors.As(err, &d) || slices.Contains(notDamage, d.Type) {
		return false, nil
	}
	var files []lake.File
	for _, p := range q.pinned {
		files = append(files, p.Files...)
	}
	return q.engine.segments.Check(ctx, files)
}
