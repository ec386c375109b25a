package saved

import (
	"context"
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Lacking says which of the tables that a query reads hold nothing at all, as
// a sentence for its reader; "" where none does. Silence about processes is
// not the same as no processes.
func Lacking(ctx context.Context, q hunt.Querier, query *Query) (string, error) {
	var empty, full []string
	for _, table := range query.Needs {
		some := false
		_, err := hunt.Collect(ctx, q, hunt.Request{KQL: table + "\n| take 1\n| count"}, func(row []value.Value) error {
			some = row[0].Int > 0
			return nil
		})
		if err != nil {
			return "", err
		}
		if some {
			full = append(full, table)
		} else {
			empty = append(empty, table)
		}
	}
	switch {
	case len(empty) == 0:
		return "", nil
	case len(full) == 0:
		return fmt.Sprintf("this store has no %s events: there is nothing to answer from, and an empty answer says nothing", words(empty, "or")), nil
	}
	return fmt.Sprintf("this store has no %s events: the answer is from %s only", words(empty, "or"), words(full, "and")), nil
}

func words(list []string, last string) string {
	if len(list) == 1 {
		return list[0]
	}
	n := len(list) - 1
	return strings.Join(list[:n], ", ") + " " + last + " " + list[n]
}
