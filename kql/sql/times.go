package sql

import (
	"github.com/lynceus-io/lynceus/kql/value"
)

var timeFuncs = map[string]writeFunc{
	"startofday": func(w *writer, c *invocation) (expr, bool) {
		if !c.types(value.TypeDatetime) {
			return expr{}, false
		}
		return w.binTime(c.args[0], 24*3600*value.Ticks)
	},
	"hourofday": func(w *writer, c *invocation) (expr, bool) {
		if !c.types(value.TypeDatetime) {
			return expr{}, false
		}
		since, ok := w.sinceYearOne(c.args[0])
		if !ok {
			return expr{}, false
		}
		return w.quotient(c.result, w.modulo(value.TypeTimespan, since, 24*3600*value.Ticks), 3600*value.Ticks), true
	},
	"dayofweek": func(w *writer, c *invocation) (expr, bool) {
		if !c.types(value.TypeDatetime) {
			return expr{}, false
		}
		since, ok := w.sinceYearOne(c.args[0])
		if !ok {
			return expr{}, false
		}
		// 0001-01-01 was a Monday, and weeks begin on Sunday.
		day, ok := w.integers(value.TypeTimespan, w.quotient(value.TypeTimespan, since, 24*3600*value.Ticks), "+", bounded(value.TypeTimespan, w.integer(1), true, 1, 1))
		if !ok {
			return expr{}, false
		}
		week := w.modulo(value.TypeTimespan, day, 7)
		return w.integers(c.result, week, "*", bounded(value.TypeTimespan, w.integer(24*3600*value.Ticks), true, 24*3600*value.Ticks, 24*3600*value.Ticks))
	},
}
