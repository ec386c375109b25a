package sql

import (
	"github.com/lynceus-io/lynceus/kql/value"
)

var convertFuncs = map[string]writeFunc{
	"tostring": func(w *writer, c *invocation) (expr, bool) {
		s, ok := w.asText(c.args[0])
		e := text(s)
		if c.args[0].typ == value.TypeString {
			e = c.args[0]
		}
		return e, ok
	},
	"tolong":   func(w *writer, c *invocation) (expr, bool) { return toWhole(c, value.TypeLong, value.TypeInt) },
	"toint":    func(w *writer, c *invocation) (expr, bool) { return toWhole(c, value.TypeInt) },
	"toreal":   toReal,
	"todouble": toReal,
	"tofloat":  toReal,
}

// toWhole converts between types that are the same in SQL.
func toWhole(c *invocation, from ...value.Type) (expr, bool) {
	a := c.args[0]
	for _, t := range append(from, c.result) {
		if a.typ == t {
			return a, true
		}
	}
	return expr{}, false
}

func toReal(w *writer, c *invocation) (expr, bool) {
	a := c.args[0]
	if a.typ != value.TypeInt && a.typ != value.TypeLong && a.typ != value.TypeReal {
		return expr{}, false
	}
	return real(w.toReal(a), a.notNull, a.typ != value.TypeReal || a.finite), true
}
