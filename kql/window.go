package kql

import (
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/kql/bind"
	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// timeName is the column by which tables are bounded.
const timeName = "time"

// window is a catalogue whose tables have only the events of a time.
type window struct {
	bind.Catalog
	conds []condition
}

// condition compares the time of events with a constant.
type condition struct {
	op *fn.Func
	at value.Value
}

func newWindow(c bind.Catalog, since, until time.Time) (bind.Catalog, error) {
	w := &window{Catalog: c}
	for op, t := range map[string]time.Time{">=": since, "<": until} {
		if t.IsZero() {
			continue
		}
		f, ok := fn.Lookup(op)
		if !ok {
			return nil, fmt.Errorf("the operator %s is missing", op)
		}
		w.conds = append(w.conds, condition{f, value.DatetimeOf(t)})
	}
	return w, nil
}

// Table returns the table of that name, bounded where it has a time.
func (w *window) Table(name string) (plan.Node, bool) {
	n, ok := w.Catalog.Table(name)
	if !ok {
		return nil, false
	}
	for i, c := range n.Columns() {
		if c.Name != timeName || c.Type != value.TypeDatetime {
			continue
		}
		for _, cond := range w.conds {
			args := []plan.Expr{&plan.Col{Index: i, Of: c}, &plan.Const{Value: cond.at}}
			n = &plan.Where{In: n, Cond: &plan.Call{Fn: cond.op, Args: args, Result: value.TypeBool}}
		}
	}
	return n, true
}
