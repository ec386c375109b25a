package hunt

import (
	"context"

	"github.com/lynceus-io/lynceus/kql/value"
)

// Collect asks and calls each for every row; the row is valid until each
// returns. It is for answers that are known to be small.
func Collect(ctx context.Context, q Querier, r Request, each func(row []value.Value) error) (notes []string, err error) {
	a, err := q.Query(ctx, r)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	row := make([]value.Value, len(a.Columns()))
	for a.Next(row) {
		if err := each(row); err != nil {
			return nil, err
		}
	}
	return a.Notes(), a.Err()
}
