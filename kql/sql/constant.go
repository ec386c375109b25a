package sql

import (
	"github.com/lynceus-io/lynceus/kql/value"
)

// constant writes a constant.
func (w *writer) constant(v value.Value) (expr, bool) {
	if !pushable(v.Type) {
		return expr{}, false
	}
	e := expr{typ: v.Type, notNull: !v.Null, simple: true, konst: &v}
	if v.Null {
		e.sql, e.finite = w.null(v.Type), true
		if v.Type == value.TypeDatetime {
			e.lo, e.hi = minDatetime, maxDatetime
		}
		return e, true
	}
	switch v.Type {
	case value.TypeBool:
		e.sql = "false"
		if v.Int != 0 {
			e.sql = "true"
		}
	case value.TypeReal:
		e.sql, e.finite = w.float(v.Float), v.Float-v.Float == 0
	case value.TypeString:
		var ok bool
		if e.sql, ok = w.literal(v.Text); !ok {
			return expr{}, false
		}
	case value.TypeDynamic:
		if !jsonOnly(v.Node) {
			return expr{}, false
		}
		var ok bool
		if e.sql, ok = w.literal(v.Node.String()); !ok {
			return expr{}, false
		}
		e.simple = len(e.sql) < 100
	default:
		e.sql, e.lo, e.hi = w.integer(v.Int), v.Int, v.Int
	}
	return e, true
}

// jsonOnly reports whether n is the same after it was written as JSON and
// read again.
func jsonOnly(n *value.Node) bool {
	if n == nil {
		return true
	}
	if n.Kind == value.NodeScalar {
		switch n.Scalar.Type {
		case value.TypeBool, value.TypeLong, value.TypeString:
			return !n.Scalar.Null
		case value.TypeReal:
			return !n.Scalar.Null && n.Scalar.Float-n.Scalar.Float == 0
		}
		return false
	}
	for _, item := range n.Items {
		if !jsonOnly(item) {
			return false
		}
	}
	return true
}
