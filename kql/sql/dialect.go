package sql

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/kql/value"
)

// String returns the dialect's name.
func (d Dialect) String() string {
	switch d {
	case DuckDB:
		return "DuckDB"
	case ClickHouse:
		return "ClickHouse"
	}
	return "unknown"
}

// MaxList is how many bytes a list of values may have in a statement; of the
// text that ClickHouse parses at most 256 KB by default, it leaves room for
// the rest.
func (d Dialect) MaxList() int {
	if d == ClickHouse {
		return 128 << 10
	}
	return 4 << 20
}

// writer writes expressions and relations of one dialect.
type writer struct {
	d     Dialect
	names int     // how many names were given so far
	scans []*Scan // what the texts' scan marks number
}

// pick returns the form of the writer's dialect.
func (w *writer) pick(duck, click string) string {
	if w.d == ClickHouse {
		return click
	}
	return duck
}

// name returns a name that nothing else in the split has. ClickHouse resolves
// aliases before columns, so that names may never meet.
func (w *writer) name(prefix string) string {
	w.names++
	return prefix + strconv.Itoa(w.names)
}

// sqlType returns the column type of canonical values of t.
func (w *writer) sqlType(t value.Type) string {
	switch t {
	case value.TypeBool:
		return w.pick("BOOLEAN", "Nullable(Bool)")
	case value.TypeReal:
		return w.pick("DOUBLE", "Nullable(Float64)")
	case value.TypeString:
		return w.pick("VARCHAR", "String")
	case value.TypeDynamic:
		return w.pick("VARCHAR", "Nullable(String)")
	}
	return w.pick("BIGINT", "Nullable(Int64)")
}

// null writes the NULL of a type.
func (w *writer) null(t value.Type) string {
	return "CAST(NULL AS " + w.sqlType(t) + ")"
}

// integer writes an integer of 64 bits.
func (w *writer) integer(n int64) string {
	if n == math.MinInt64 {
		return w.pick("CAST('-9223372036854775808' AS BIGINT)", "toInt64('-9223372036854775808')")
	}
	s := strconv.FormatInt(n, 10)
	return w.pick("CAST("+s+" AS BIGINT)", "toInt64("+s+")")
}

// float writes a real.
func (w *writer) float(f float64) string {
	switch {
	case math.IsNaN(f):
		return w.pick("CAST('nan' AS DOUBLE)", "nan")
	case math.IsInf(f, 1):
		return w.pick("CAST('inf' AS DOUBLE)", "inf")
	case math.IsInf(f, -1):
		return w.pick("CAST('-inf' AS DOUBLE)", "(-inf)")
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	return w.pick("CAST('"+s+"' AS DOUBLE)", "toFloat64("+s+")")
}

// literal writes a text. ok is false for text that an engine may refuse: it
// must be valid UTF-8 without NUL. Two braces never stand together, so that
// no literal can look like a place where a table is read.
func (w *writer) literal(s string) (sql string, ok bool) {
	if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
		return "", false
	}
	if w.d == ClickHouse {
		s = strings.ReplaceAll(s, `\`, `\\`)
	}
	s = strings.ReplaceAll(s, "'", "''")
	if strings.Contains(s, "{{") {
		return "concat('" + strings.ReplaceAll(s, "{{", "{','{") + "')", true
	}
	return "'" + s + "'", true
}

// ident writes the name of a stored column.
func ident(name string) string { return `"` + name + `"` }

// ticks writes a stored time as ticks.
func (w *writer) ticks(name string) string {
	return w.pick("(epoch_us("+name+") * 10)", "(toUnixTimestamp64Micro("+name+") * 10)")
}

// jsonList writes a stored list as JSON text. A list without elements is the
// dynamic null: ClickHouse cannot tell an absent list from an empty one.
func (w *writer) jsonList(name string) string {
	return w.pick("CASE WHEN len("+name+") > 0 THEN CAST(to_json("+name+") AS VARCHAR) END", "if(empty("+name+"), NULL, toJSONString("+name+"))")
}
