package rule

import (
	"fmt"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// String returns the comparison in words, such as "is at least 10".
func (c Comparison) String() string {
	words := map[expr.Op]string{expr.OpEq: "is", expr.OpLt: "is less than", expr.OpLe: "is at most", expr.OpGt: "is more than", expr.OpGe: "is at least"}[c.Op]
	if c.Neq {
		words = "is not"
	}
	return fmt.Sprintf("%s %g", words, c.Value)
}

// String returns the question in words.
func (n *Novelty) String() string {
	within := "in the cluster"
	if len(n.Within) > 0 {
		within = "in its " + refNames(n.Within)
	}
	s := refNames(n.Key) + " is new " + within
	if n.MinHistory > 0 {
		s += " after at least " + Span(n.MinHistory) + " of history"
	}
	return s
}

// String returns the adjustment in words.
func (a Adjust) String() string {
	s := fmt.Sprintf("raise by %d", a.Raise)
	switch {
	case a.Set != 0:
		s = "set " + a.Set.String()
	case a.Raise < 0:
		s = fmt.Sprintf("lower by %d", -a.Raise)
	}
	var when []string
	if a.If != nil {
		when = append(when, expr.Print(a.If))
	}
	if a.Novel != nil {
		when = append(when, a.Novel.String())
	}
	if len(when) > 0 {
		s += " when " + strings.Join(when, ", and ")
	}
	if a.Why != "" {
		s += ": " + a.Why
	}
	return s
}

// Span writes a time span as rules do: a whole number and the largest unit of
// d, h, m, s that fits.
func Span(d time.Duration) string {
	for _, u := range [...]struct {
		name string
		of   time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if d >= u.of && d%u.of == 0 {
			return fmt.Sprintf("%d%s", d/u.of, u.name)
		}
	}
	return d.String()
}

func refNames(refs []event.Ref) string {
	var out []string
	for _, r := range refs {
		out = append(out, r.Name())
	}
	return strings.Join(out, ", ")
}
