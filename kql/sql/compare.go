package sql

import (
	"math"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/kql/value"
)

var compareFuncs = map[string]writeFunc{
	"==":       func(w *writer, c *invocation) (expr, bool) { return w.equal(c.args) },
	"!=":       func(w *writer, c *invocation) (expr, bool) { return w.unequal(c.args) },
	"<":        func(w *writer, c *invocation) (expr, bool) { return w.compare(c.args[0], "<", c.args[1]) },
	"<=":       func(w *writer, c *invocation) (expr, bool) { return w.compare(c.args[0], "<=", c.args[1]) },
	">":        func(w *writer, c *invocation) (expr, bool) { return w.compare(c.args[0], ">", c.args[1]) },
	">=":       func(w *writer, c *invocation) (expr, bool) { return w.compare(c.args[0], ">=", c.args[1]) },
	"between":  func(w *writer, c *invocation) (expr, bool) { return w.between(c.args) },
	"!between": notOf(func(w *writer, c *invocation) (expr, bool) { return w.between(c.args) }),
}

// equal is NULL for two nulls and false for one.
func (w *writer) equal(a []expr) (expr, bool) {
	x, y := a[0], a[1]
	if y.typ == value.TypeDynamic {
		x, y = y, x
	}
	if x.json.text != "" && y.typ == value.TypeString && y.konst != nil {
		return w.jsonEqual(x, y.konst.Text)
	}
	cond, ok := w.relate(x, "=", y)
	if !ok {
		return expr{}, false
	}
	switch {
	case x.notNull && y.notNull:
		return boolean(cond, true), true
	case x.notNull || y.notNull:
		return expr{sql: "coalesce(" + cond + ", false)", cond: cond, typ: value.TypeBool, notNull: true}, true
	case isNullConst(x) || isNullConst(y):
		other := x
		if isNullConst(x) {
			other = y
		}
		return boolean("CASE WHEN "+other.sql+" IS NOT NULL THEN false END", false), true
	}
	sql := "CASE WHEN " + x.sql + " IS NULL AND " + y.sql + " IS NULL THEN NULL ELSE coalesce(" + cond + ", false) END"
	return expr{sql: sql, cond: cond, typ: value.TypeBool}, true
}

// unequal is NULL for two nulls and true for one.
func (w *writer) unequal(a []expr) (expr, bool) {
	x, y := a[0], a[1]
	if x.typ == value.TypeDynamic || y.typ == value.TypeDynamic {
		e, ok := w.equal(a)
		return negated(e), ok
	}
	cond, ok := w.relate(x, "<>", y)
	if !ok {
		return expr{}, false
	}
	switch {
	case x.notNull && y.notNull:
		return boolean(cond, true), true
	case x.notNull:
		return boolean("("+y.sql+" IS NULL OR "+cond+")", true), true
	case y.notNull:
		return boolean("("+x.sql+" IS NULL OR "+cond+")", true), true
	}
	either := "((" + x.sql + " IS NULL) <> (" + y.sql + " IS NULL) OR " + cond + ")"
	return boolean(either, false), true
}

func isNullConst(e expr) bool { return e.konst != nil && e.konst.Null }

// compare is NULL where an operand is.
func (w *writer) compare(x expr, op string, y expr) (expr, bool) {
	cond, ok := w.relate(x, op, y)
	return boolean(cond, x.notNull && y.notNull), ok
}

func (w *writer) between(a []expr) (expr, bool) {
	x, from, to := a[0], a[1], a[2]
	if x.typ == value.TypeDatetime && to.typ == value.TypeTimespan {
		if from.konst == nil || to.konst == nil || from.konst.Null || to.konst.Null {
			return expr{}, false
		}
		var ok bool
		if to, ok = w.constant(value.Datetime(from.konst.Int + to.konst.Int)); !ok {
			return expr{}, false
		}
	}
	low, ok1 := w.relate(x, ">=", from)
	high, ok2 := w.relate(x, "<=", to)
	if !ok1 || !ok2 {
		return expr{}, false
	}
	cond := "(" + low + " AND " + high + ")"
	e := expr{sql: cond, typ: value.TypeBool, notNull: x.notNull && from.notNull && to.notNull}
	if !e.notNull {
		// One end may already be false while another operand is null.
		nulls := make([]string, 0, 3)
		for _, p := range a {
			if !p.notNull {
				nulls = append(nulls, p.sql+" IS NULL")
			}
		}
		e.sql, e.cond = "CASE WHEN "+strings.Join(nulls, " OR ")+" THEN NULL ELSE "+cond+" END", cond
	}
	return e, true
}

// notOf negates a function. NULL stays NULL.
func notOf(f writeFunc) writeFunc {
	return func(w *writer, c *invocation) (expr, bool) {
		e, ok := f(w, c)
		return negated(e), ok
	}
}

func negated(e expr) expr { return boolean("(NOT "+e.sql+")", e.notNull) }

// relate writes x op y for an operator of SQL; NULL where an operand is.
func (w *writer) relate(x expr, op string, y expr) (string, bool) {
	switch {
	case x.typ == value.TypeDynamic || y.typ == value.TypeDynamic:
		return "", false
	case x.typ == value.TypeReal || y.typ == value.TypeReal:
		return w.relateReals(x, op, y)
	case x.typ != y.typ && (!x.typ.Numeric() || !y.typ.Numeric()):
		return "", false
	case x.stored != "" && y.stored != "":
		return "(" + x.stored + " " + op + " " + y.stored + ")", true
	case x.stored != "" && y.konst != nil:
		if s, ok := w.relateTime(x, op, y); ok {
			return s, true
		}
	case y.stored != "" && x.konst != nil:
		if s, ok := w.relateTime(y, turned[op], x); ok {
			return s, true
		}
	}
	return "(" + x.sql + " " + op + " " + y.sql + ")", true
}

// turned maps an operator to the one for exchanged operands.
var turned = map[string]string{"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// relateReals compares where one side is real. Engines convert the other to
// real, which must lose nothing, and some of them give NaN a place in the
// order, which the language does not.
func (w *writer) relateReals(x expr, op string, y expr) (string, bool) {
	const exact = 1 << 53
	for _, e := range []expr{x, y} {
		switch {
		case e.typ == value.TypeReal && e.finite:
		case e.typ == value.TypeReal && w.d == ClickHouse && op != "<>":
		case integral(e.typ) && e.typ.Numeric() && e.lo >= -exact && e.hi <= exact:
		default:
			return "", false
		}
	}
	return "(" + x.sql + " " + op + " " + y.sql + ")", true
}

// relateTime compares a stored time with a constant on the column itself, so
// that the engine's statistics leave out what cannot match. Stored times are
// whole microseconds, a constant may lie between two.
func (w *writer) relateTime(x expr, op string, c expr) (string, bool) {
	if c.konst.Null || x.typ != value.TypeDatetime {
		return "", false
	}
	ticks := c.konst.Int
	if ticks < minLiteralTicks || ticks > maxLiteralTicks {
		return "", false
	}
	micro, between := floorDiv(ticks, 10), ticks%10 != 0
	if between {
		switch op {
		case "=", "<>":
			return "", false
		case "<":
			op = "<="
		case ">=":
			op = ">"
		}
	}
	return "(" + x.stored + " " + op + " " + w.timeLiteral(micro) + ")", true
}

// The constants that both engines can write as a time: ClickHouse's begin in
// 1900.
const (
	minLiteralTicks = -2208988800 * value.Ticks
	maxLiteralTicks = math.MaxInt64 / 100
)

// timeLiteral writes a time of microseconds since 1970 UTC.
func (w *writer) timeLiteral(micro int64) string {
	s := time.UnixMicro(micro).UTC().Format("2006-01-02 15:04:05.000000")
	return w.pick("TIMESTAMP '"+s+"'", "toDateTime64('"+s+"', 6, 'UTC')")
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}
