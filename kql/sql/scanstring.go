package sql

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// String says in words what the scan reads and what its engine may leave out.
func (s *Scan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "table %s: %s", s.Table, strings.Join(s.Columns, ", "))
	if s.From != math.MinInt64 {
		b.WriteString("\nfrom " + stamp(s.From))
	}
	if s.To != math.MaxInt64 {
		b.WriteString("\nto " + stamp(s.To))
	}
	for _, e := range s.Equal {
		op := "in"
		if e.Fold {
			op = "in~"
		}
		fmt.Fprintf(&b, "\n%s %s %q", e.Column, op, e.Values)
	}
	for _, c := range s.Contains {
		fmt.Fprintf(&b, "\n%s contains %q", c.Column, c.Text)
	}
	if s.Newest > 0 {
		fmt.Fprintf(&b, "\nnewest %d", s.Newest)
	}
	return b.String()
}

func stamp(nanos int64) string { return time.Unix(0, nanos).UTC().Format(time.RFC3339Nano) }
