package sql

import (
	"math"

	"github.com/lynceus-io/lynceus/kql/value"
)

// writeAgg writes one aggregate; its arguments are plain names.
type writeAgg func(w *writer, a *aggregate) (expr, bool)

// aggregates are those that have SQL.
var aggregates = map[string]writeAgg{
	"count":            func(w *writer, a *aggregate) (expr, bool) { return w.count("count(*)"), len(a.args) == 0 },
	"countif":          countIf,
	"dcount":           distinctCount,
	"count_distinct":   distinctCount,
	"dcountif":         distinctCountIf,
	"count_distinctif": distinctCountIf,
	"sum":              sum,
	"sumif":            conditional(sum),
	"avg":              average,
	"avgif":            conditional(average),
	"min":              func(w *writer, a *aggregate) (expr, bool) { return w.extreme("min", a) },
	"max":              func(w *writer, a *aggregate) (expr, bool) { return w.extreme("max", a) },
	"minif":            conditional(func(w *writer, a *aggregate) (expr, bool) { return w.extreme("min", a) }),
	"maxif":            conditional(func(w *writer, a *aggregate) (expr, bool) { return w.extreme("max", a) }),
	"arg_max":          func(w *writer, a *aggregate) (expr, bool) { return w.chosen("arg_max", "argMax", a) },
	"arg_min":          func(w *writer, a *aggregate) (expr, bool) { return w.chosen("arg_min", "argMin", a) },
}

// choosing are the aggregates that choose a row by the tie.
var choosing = map[string]bool{"arg_max": true, "arg_min": true}

// count makes a long of an expression that counts.
func (w *writer) count(sql string) expr {
	return bounded(value.TypeLong, w.pick("CAST("+sql+" AS BIGINT)", "toInt64("+sql+")"), true, 0, math.MaxInt64)
}

func countIf(w *writer, a *aggregate) (expr, bool) {
	if len(a.args) != 1 || a.args[0].typ != value.TypeBool {
		return expr{}, false
	}
	return w.count(w.pick("count(*) FILTER (WHERE "+a.args[0].sql+")", "countIf("+a.args[0].sql+")")), true
}

// distinctCount counts exactly, nulls aside; an accuracy means nothing then.
func distinctCount(w *writer, a *aggregate) (expr, bool) {
	if len(a.args) < 1 || !groupable(a.args[0].typ) {
		return expr{}, false
	}
	return w.count(w.pick("count(DISTINCT "+a.args[0].sql+")", "uniqExact("+a.args[0].sql+")")), true
}

func distinctCountIf(w *writer, a *aggregate) (expr, bool) {
	if len(a.args) < 2 || !groupable(a.args[0].typ) || a.args[1].typ != value.TypeBool {
		return expr{}, false
	}
	x, cond := a.args[0].sql, a.args[1].sql
	return w.count(w.pick("count(DISTINCT "+x+") FILTER (WHERE "+cond+")", "uniqExactIf("+x+", "+cond+")")), true
}

// conditional makes an aggregate of the rows for which the second argument is
// true, by making the first NULL in all others.
func conditional(f writeAgg) writeAgg {
	return func(w *writer, a *aggregate) (expr, bool) {
		if len(a.args) != 2 || a.args[1].typ != value.TypeBool || !integral(a.args[0].typ) {
			return expr{}, false
		}
		c := *a
		x := a.args[0]
		x.sql, x.notNull, x.stored = "CASE WHEN "+a.args[1].sql+" THEN "+x.sql+" END", false, ""
		c.args = []expr{x}
		return f(w, &c)
	}
}

// sum wraps around at 64 bits; of nothing it is 0.
func sum(w *writer, a *aggregate) (expr, bool) {
	if len(a.args) != 1 || !integral(a.args[0].typ) || a.args[0].typ == value.TypeDatetime {
		return expr{}, false
	}
	x := a.args[0].sql
	sql := w.pick("CAST(xor(coalesce(sum("+x+"), 0) & 18446744073709551615, 9223372036854775808) - 9223372036854775808 AS BIGINT)", "coalesce(sum("+x+"), toInt64(0))")
	return integer(a.of.Type, sql, true), true
}

func average(w *writer, a *aggregate) (expr, bool) {
	if len(a.args) != 1 || a.args[0].typ != value.TypeInt && a.args[0].typ != value.TypeLong || a.of.Type != value.TypeReal {
		return expr{}, false
	}
	return real(w.pick("avg("+a.args[0].sql+")", "avg("+a.args[0].sql+")"), false, true), true
}

// extreme is the least or the greatest value that is not NULL.
func (w *writer) extreme(f string, a *aggregate) (expr, bool) {
	if len(a.args) != 1 || !integral(a.args[0].typ) {
		return expr{}, false
	}
	x := a.args[0]
	if x.stored != "" {
		name := f + "(" + x.stored + ")"
		x.sql, x.stored = w.ticks(name), name
	} else {
		x.sql = f + "(" + x.sql + ")"
	}
	x.notNull, x.simple, x.konst, x.column, x.cond = false, false, nil, "", ""
	return x, true
}
