package hunt

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/kql"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// held is whether a table has rows, as of a time.
type held struct {
	some bool
	at   time.Time
}

// heldFor is how long it is believed that a table has rows, or none.
const heldFor = 30 * time.Second

// lacking says which of the tables that a query reads hold nothing at all, as
// a sentence for its reader; "" where none does. Silence about processes is
// not the same as no processes.
func (s *Store) lacking(ctx context.Context, q *kql.Query) (string, error) {
	var empty, full []string
	for _, table := range tables(q.Plan(), nil) {
		some, err := s.has(ctx, table)
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

// tables adds the names of the tables that a plan reads, queries inside its
// expressions included.
func tables(n plan.Node, out []string) []string {
	if scan, ok := n.(*plan.Scan); ok && !slices.Contains(out, scan.Table.String()) {
		out = append(out, scan.Table.String())
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

func inside(e plan.Expr, out []string) []string {
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

// has reports whether a table has rows.
func (s *Store) has(ctx context.Context, table string) (bool, error) {
	now := s.now()
	s.mu.Lock()
	h, ok := s.holds[table]
	s.mu.Unlock()
	if ok && now.Sub(h.at) < heldFor {
		return h.some, nil
	}
	q, err := kql.Compile(table+" | take 1 | count", kql.Options{Now: now})
	if err != nil {
		return false, err
	}
	r, err := q.Run(ctx, s.backend, kql.Limits{})
	if err != nil {
		return false, err
	}
	defer r.Close()
	row := make([]value.Value, 1)
	h = held{some: r.Next(row) && row[0].Int > 0, at: now}
	if err := r.Err(); err != nil {
		return false, err
	}
	s.mu.Lock()
	s.holds[table] = h
	s.mu.Unlock()
	return h.some, nil
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
