package hunt

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql"
	"github.com/lynceus-io/lynceus/kql/plan"
)

// manyTables is from how many tables on a query searches everything, so that
// nobody expects rows in each.
const manyTables = 10

// lacking says which of the tables that a query reads hold nothing at all, as
// a sentence for its reader; "" where none does. Silence about processes is
// not the same as no processes.
func (s *Store) lacking(ctx context.Context, q *kql.Query) (string, error) {
	read := tables(q.Plan(), nil)
	if s.holds == nil || len(read) >= manyTables {
		return "", nil
	}
	var empty, full []string
	for _, class := range read {
		some, err := s.holds(ctx, class)
		if err != nil {
			return "", err
		}
		if some {
			full = append(full, class.String())
		} else {
			empty = append(empty, class.String())
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

// tables adds the tables that a plan reads, queries inside its expressions
// included.
func tables(n plan.Node, out []event.Class) []event.Class {
	if scan, ok := n.(*plan.Scan); ok && !slices.Contains(out, scan.Table) {
		out = append(out, scan.Table)
	}
	plan.Map(n, func(in plan.Node) plan.Node {
		out = tables(in, out)
		return in
	}, func(e plan.Expr) plan.Expr {
		out = inside(e, out)
		return e
	})
	slices.Sort(out)
	return out
}

func inside(e plan.Expr, out []event.Class) []event.Class {
	switch e := e.(type) {
	case *plan.Call:
		for _, a := range e.Args {
			out = inside(a, out)
		}
	case *plan.Scalar:
		out = tables(e.In, out)
	case *plan.Contains:
		out = tables(e.In, inside(e.X, out))
	}
	return out
}

// words joins names: "process", "process or dns", "process, file and dns".
func words(list []string, last string) string {
	if len(list) == 1 {
		return list[0]
	}
	n := len(list) - 1
	return strings.Join(list[:n], ", ") + " " + last + " " + list[n]
}

// cutOff says that an answer is not all that there is.
func cutOff(limit int64) string {
	return fmt.Sprintf("the answer was cut off after %d rows; there are more: summarize, narrow the query, or allow more rows", limit)
}
