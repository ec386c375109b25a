package sql

import (
	"slices"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// sort orders rows. Keys that SQL orders otherwise than Go are not pushed.
func (w *writer) sort(n *plan.Sort, in *relation) (*relation, bool) {
	r := w.unlimited(in)
	out := *r
	out.order, out.sorted, out.latest = nil, true, false
	keys, ok := w.orderKeys(append(append([]plan.SortKey(nil), n.Keys...), n.Tie...), r.cols)
	if !ok {
		return nil, false
	}
	out.order, out.latest = keys, r.latestBy(n.Keys)
	return &out, true
}

// latestBy reports whether the keys put the latest rows of a scan first.
func (r *relation) latestBy(keys []plan.SortKey) bool {
	if len(keys) == 0 || !keys[0].Desc || keys[0].NullsFirst || r.scan == nil {
		return false
	}
	c, ok := keys[0].Expr.(*plan.Col)
	return ok && r.cols[c.Index].column == timeColumn && r.cols[c.Index].stored != ""
}

// orderKeys writes the keys of an order.
func (w *writer) orderKeys(keys []plan.SortKey, cols []expr) ([]orderKey, bool) {
	var out []orderKey
	for _, k := range keys {
		e, ok := w.compile(k.Expr, cols)
		if !ok || !w.orderable(e) {
			return nil, false
		}
		sql := e.sql
		if e.stored != "" {
			sql = e.stored
		}
		if e.konst != nil || slices.ContainsFunc(out, func(k orderKey) bool { return k.sql == sql }) {
			continue // it orders nothing any more
		}
		out = append(out, orderKey{sql: sql, desc: k.Desc, nullsFirst: k.NullsFirst})
	}
	return out, true
}

// orderable reports whether the engines order values of e as value.Order has
// it.
func (w *writer) orderable(e expr) bool {
	switch e.typ {
	case value.TypeReal:
		return e.finite
	case value.TypeDynamic:
		return false
	}
	return true
}

// take keeps the first rows.
func (w *writer) take(n *plan.Take, in *relation) (*relation, bool) {
	c, ok := n.N.(*plan.Const)
	if !ok || c.Value.Null || c.Value.Type != value.TypeLong && c.Value.Type != value.TypeInt {
		return nil, false
	}
	r := w.unlimited(in)
	out := *r
	out.limit = max(c.Value.Int, 0)
	if !r.sorted {
		keys, ok := w.orderKeys(n.By, r.cols)
		if !ok {
			return nil, false
		}
		out.limitBy, out.latest = keys, r.latestBy(n.By)
	}
	return &out, true
}
