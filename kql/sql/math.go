package sql

import (
	"math"
	"math/big"

	"github.com/lynceus-io/lynceus/kql/value"
)

var mathFuncs = map[string]writeFunc{
	"+":     func(w *writer, c *invocation) (expr, bool) { return w.arithmetic(c, "+") },
	"-":     func(w *writer, c *invocation) (expr, bool) { return w.arithmetic(c, "-") },
	"*":     func(w *writer, c *invocation) (expr, bool) { return w.arithmetic(c, "*") },
	"/":     divide,
	"%":     remainder,
	"neg":   negative,
	"bin":   binFunc,
	"floor": binFunc,
}

// arithmetic adds, subtracts or multiplies.
func (w *writer) arithmetic(c *invocation, op string) (expr, bool) {
	if len(c.args) != 2 {
		return expr{}, false
	}
	x, y := c.args[0], c.args[1]
	if integral(c.result) && integral(x.typ) && integral(y.typ) {
		return w.integers(c.result, x, op, y)
	}
	if c.result != value.TypeReal || !x.typ.Numeric() || !y.typ.Numeric() {
		return expr{}, false
	}
	return real("("+w.toReal(x)+" "+op+" "+w.toReal(y)+")", c.notNull(), false), true
}

// toReal writes a number as a real.
func (w *writer) toReal(e expr) string {
	if e.typ == value.TypeReal {
		return e.sql
	}
	if e.konst != nil && !e.konst.Null {
		return w.float(float64(e.konst.Int))
	}
	return w.pick("CAST("+e.sql+" AS DOUBLE)", "CAST("+e.sql+" AS Nullable(Float64))")
}

// integers writes x op y for whole numbers, which wrap around at 64 bits as
// in Go. A datetime that could leave its years is left to Go, where it turns
// to null.
func (w *writer) integers(t value.Type, x expr, op string, y expr) (expr, bool) {
	lo, hi := interval(x, op, y)
	sql := "(" + x.sql + " " + op + " " + y.sql + ")"
	notNull := x.notNull && y.notNull
	if t == value.TypeDatetime {
		if lo.Cmp(big.NewInt(minDatetime)) < 0 || hi.Cmp(big.NewInt(maxDatetime)) > 0 {
			return expr{}, false
		}
	}
	if lo.IsInt64() && hi.IsInt64() {
		return bounded(t, sql, notNull, lo.Int64(), hi.Int64()), true
	}
	if w.d == DuckDB {
		// DuckDB refuses to overflow: calculate in 128 bits, keep the low 64
		// and extend their sign.
		sql = "(CAST(" + x.sql + " AS HUGEINT) " + op + " " + y.sql + ")"
		sql = "CAST(xor(" + sql + " & 18446744073709551615, 9223372036854775808) - 9223372036854775808 AS BIGINT)"
	}
	return bounded(t, sql, notNull, math.MinInt64, math.MaxInt64), true
}

// interval bounds x op y.
func interval(x expr, op string, y expr) (lo, hi *big.Int) {
	a := [2]*big.Int{big.NewInt(x.lo), big.NewInt(x.hi)}
	b := [2]*big.Int{big.NewInt(y.lo), big.NewInt(y.hi)}
	for _, p := range a {
		for _, q := range b {
			r := new(big.Int)
			switch op {
			case "+":
				r.Add(p, q)
			case "-":
				r.Sub(p, q)
			default:
				r.Mul(p, q)
			}
			if lo == nil || r.Cmp(lo) < 0 {
				lo = r
			}
			if hi == nil || r.Cmp(hi) > 0 {
				hi = r
			}
		}
	}
	return lo, hi
}

// divide cuts whole quotients towards zero. Only constant divisors are
// written: engines differ where it may be 0 or -1.
func divide(w *writer, c *invocation) (expr, bool) {
	x, y := c.args[0], c.args[1]
	if y.konst == nil || y.konst.Null {
		return expr{}, false
	}
	switch {
	case c.result == value.TypeReal && x.typ == value.TypeTimespan && y.typ == value.TypeTimespan, c.result == value.TypeReal && x.typ.Numeric() && y.typ.Numeric():
		if f := y.konst.Float + float64(y.konst.Int); f == 0 || !y.finite && y.typ == value.TypeReal {
			return expr{}, false
		}
		z := y
		z.typ = value.TypeLong
		if y.typ == value.TypeReal {
			z = y
		}
		return real("("+w.toReal(x)+" / "+w.toReal(z)+")", x.notNull, integral(x.typ) && integral(y.typ)), true
	case integral(c.result) && x.typ.Numeric() && y.typ.Numeric() && integral(x.typ) && integral(y.typ):
		n := y.konst.Int
		if n == 0 || n == -1 {
			return expr{}, false
		}
		return w.quotient(c.result, x, n), true
	}
	return expr{}, false
}

// quotient writes x / n cut towards zero, for n neither 0 nor -1.
func (w *writer) quotient(t value.Type, x expr, n int64) expr {
	sql := w.pick("("+x.sql+" // "+w.integer(n)+")", "intDiv("+x.sql+", "+w.integer(n)+")")
	a, b := x.lo/n, x.hi/n
	return bounded(t, sql, x.notNull, min(a, b), max(a, b))
}

// remainder is never negative.
func remainder(w *writer, c *invocation) (expr, bool) {
	x, y := c.args[0], c.args[1]
	if y.konst == nil || y.konst.Null || y.konst.Int <= 0 || y.konst.Int > 1<<60 || !integral(x.typ) || !integral(y.typ) {
		return expr{}, false
	}
	if x.typ == value.TypeDatetime {
		var ok bool
		if x, ok = w.sinceYearOne(x); !ok {
			return expr{}, false
		}
	}
	return w.modulo(c.result, x, y.konst.Int), true
}

// sinceYearOne is the time since the first day that a datetime can have.
func (w *writer) sinceYearOne(x expr) (expr, bool) {
	return w.integers(value.TypeTimespan, x, "-", bounded(value.TypeTimespan, w.integer(minDatetime), true, minDatetime, minDatetime))
}

// modulo writes x modulo n, 0 <= result < n, for n > 0.
func (w *writer) modulo(t value.Type, x expr, n int64) expr {
	by := w.integer(n)
	sql := "(" + x.sql + " % " + by + ")"
	if x.lo < 0 {
		sql = "((" + sql + " + " + by + ") % " + by + ")"
	}
	if w.d == ClickHouse {
		sql = "toInt64(" + sql + ")"
	}
	return bounded(t, sql, x.notNull, 0, n-1)
}

func negative(w *writer, c *invocation) (expr, bool) {
	x := c.args[0]
	switch {
	case x.typ == value.TypeReal:
		return real("(-"+x.sql+")", x.notNull, x.finite), true
	case x.typ == value.TypeLong || x.typ == value.TypeTimespan:
		return w.integers(c.result, bounded(x.typ, w.integer(0), true, 0, 0), "-", x)
	}
	return expr{}, false
}

// binFunc rounds whole numbers, times and timespans down to a multiple of a
// constant; times count from the year 1.
func binFunc(w *writer, c *invocation) (expr, bool) {
	x := c.args[0]
	size := int64(1)
	if len(c.args) > 1 {
		y := c.args[1]
		if y.konst == nil || y.konst.Null || !integral(y.typ) {
			return expr{}, false
		}
		size = y.konst.Int
	}
	if !integral(x.typ) || c.result != x.typ || size <= 0 || size > 1<<60 {
		return expr{}, false
	}
	if x.typ == value.TypeDatetime {
		return w.binTime(x, size)
	}
	if x.lo >= 0 {
		q := w.quotient(x.typ, x, size)
		q.sql = "(" + q.sql + " * " + w.integer(size) + ")"
		q.lo, q.hi = q.lo*size, q.hi*size
		return q, true
	}
	if !x.simple {
		return expr{}, false
	}
	return w.integers(x.typ, x, "-", w.modulo(x.typ, x, size))
}

// binTime writes a bucket of times by integer division, which costs an engine
// far less than its own functions for buckets.
func (w *writer) binTime(x expr, size int64) (expr, bool) {
	since, ok := w.sinceYearOne(x)
	if !ok {
		return expr{}, false
	}
	q := w.quotient(value.TypeDatetime, since, size)
	q.sql = "(" + q.sql + " * " + w.integer(size) + " + " + w.integer(minDatetime) + ")"
	q.lo, q.hi = max(minDatetime, x.lo-size), x.hi
	return q, true
}
