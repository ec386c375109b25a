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
	"arg_max":          argMax,
	"argmax":           argMax,
	"arg_min":          argMin,
	"argmin":           argMin,
	"take_any":         takeAny,
	"any":              takeAny,
	"percentile":       percentile,
	"make_set":         makeSet,
	"makeset":          makeSet,
}

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

// average of nothing is NaN, as 0/0 is.
func average(w *writer, a *aggregate) (expr, bool) {
	if len(a.args) != 1 || a.args[0].typ != value.TypeInt && a.args[0].typ != value.TypeLong || a.of.Type != value.TypeReal {
		return expr{}, false
	}
	x := a.args[0].sql
	mean := w.pick("avg("+x+")", "(toFloat64(sum(toInt128("+x+"))) / count("+x+"))")
	if a.args[0].notNull && a.grouped {
		return real(mean, true, true), true
	}
	return real("coalesce("+mean+", "+w.float(math.NaN())+")", true, false), true
}

// extreme is the least or the greatest value that is not NULL.
func (w *writer) extreme(f string, a *aggregate) (expr, bool) {
	if len(a.args) != 1 || !groupable(a.args[0].typ) {
		return expr{}, false
	}
	x := a.args[0]
	switch {
	case x.stored != "":
		x.stored = f + "(" + x.stored + ")"
		x.sql = w.ticks(x.stored)
	case x.typ == value.TypeString:
		x.sql = "coalesce(" + f + "(" + x.sql + "), '')"
	default:
		x.sql = f + "(" + x.sql + ")"
		if w.d == ClickHouse && x.notNull && !a.grouped {
			x.sql = "if(count() = 0, NULL, " + x.sql + ")" // of no row it gives the type's zero
		}
		x.notNull = false
	}
	x.simple, x.konst, x.column, x.cond = false, nil, "", ""
	return x, true
}

// percentile is the value of the nearest rank, computed as package fn does.
func percentile(w *writer, a *aggregate) (expr, bool) {
	if len(a.args) != 2 || !integral(a.args[0].typ) || a.args[1].konst == nil || a.args[1].konst.Null || !a.args[1].typ.Numeric() {
		return expr{}, false
	}
	percent := a.args[1].konst.Float + float64(a.args[1].konst.Int)
	if !(percent >= 0 && percent <= 100) {
		return expr{}, false
	}
	x := a.args[0].sql
	rank := "greatest(1, ceil(" + w.float(percent/100) + " * count(" + x + ") - " + w.float(1e-9) + "))"
	sql := w.pick("list_sort(list("+x+") FILTER (WHERE "+x+" IS NOT NULL))[CAST("+rank+" AS BIGINT)]",
		"if(count("+x+") = 0, NULL, arraySort(groupArray("+x+"))[toUInt64("+rank+")])")
	return bounded(a.of.Type, sql, false, a.args[0].lo, a.args[0].hi), true
}

// makeSet gives the distinct values sorted, since rows come in no order. Where
// they have one the set has it too, and is made in Go.
func makeSet(w *writer, a *aggregate) (expr, bool) {
	if len(a.args) != 1 || a.ordered {
		return expr{}, false
	}
	x := a.args[0]
	if x.typ != value.TypeString && x.typ != value.TypeLong && x.typ != value.TypeInt {
		return expr{}, false
	}
	sql := w.pick("coalesce(CAST(to_json(list_sort(list(DISTINCT "+x.sql+") FILTER (WHERE "+x.sql+" IS NOT NULL))[1:1048576]) AS VARCHAR), '[]')",
		"toJSONString(arraySlice(arraySort(groupUniqArray("+x.sql+")), 1, 1048576))")
	return expr{sql: sql, typ: value.TypeDynamic, notNull: true}, true
}
