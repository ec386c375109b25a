package sql

import (
	"math"
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

var stringFuncs = map[string]writeFunc{
	"tolower":     func(w *writer, c *invocation) (expr, bool) { return w.ofText(c, w.fold) },
	"strcat":      concat,
	"strlen":      length,
	"substring":   substring,
	"string_size": size,
}

func (w *writer) ofText(c *invocation, f func(string) string) (expr, bool) {
	if !c.types(value.TypeString) {
		return expr{}, false
	}
	return text(f(c.args[0].sql)), true
}

// concat joins strings; other types have forms of their own.
func concat(w *writer, c *invocation) (expr, bool) {
	list := make([]string, len(c.args))
	for i, a := range c.args {
		s, ok := w.asText(a)
		if !ok {
			return expr{}, false
		}
		list[i] = s
	}
	if len(list) == 1 {
		return text(list[0]), true
	}
	return text("concat(" + strings.Join(list, ", ") + ")"), true
}

// asText writes what tostring gives: null is empty.
func (w *writer) asText(e expr) (string, bool) {
	var s string
	switch e.typ {
	case value.TypeString:
		return e.sql, true
	case value.TypeInt, value.TypeLong:
		s = w.pick("CAST("+e.sql+" AS VARCHAR)", "toString("+e.sql+")")
	case value.TypeBool:
		s = "CASE WHEN " + e.sql + " THEN 'true' WHEN NOT " + e.sql + " THEN 'false' ELSE '' END"
		return s, e.simple
	default:
		return "", false
	}
	if e.notNull {
		return s, true
	}
	return "coalesce(" + s + ", '')", true
}

// length counts code points.
func length(w *writer, c *invocation) (expr, bool) {
	if !c.types(value.TypeString) {
		return expr{}, false
	}
	return bounded(value.TypeLong, w.pick("CAST(length("+c.args[0].sql+") AS BIGINT)", "toInt64(lengthUTF8("+c.args[0].sql+"))"), true, 0, math.MaxInt32), true
}

// size counts bytes.
func size(w *writer, c *invocation) (expr, bool) {
	if !c.types(value.TypeString) {
		return expr{}, false
	}
	return bounded(value.TypeLong, w.pick("CAST(strlen("+c.args[0].sql+") AS BIGINT)", "toInt64(length("+c.args[0].sql+"))"), true, 0, math.MaxInt32), true
}

// substring takes a constant part, counted in code points from 0.
func substring(w *writer, c *invocation) (expr, bool) {
	if len(c.args) < 2 || c.args[0].typ != value.TypeString {
		return expr{}, false
	}
	const most = 1 << 30
	bounds := []string{}
	for _, a := range c.args[1:] {
		if a.konst == nil || a.konst.Null || !integral(a.typ) || a.konst.Int < 0 || a.konst.Int > most {
			return expr{}, false
		}
		n := a.konst.Int
		if len(bounds) == 0 {
			n++
		}
		bounds = append(bounds, w.integer(n))
	}
	return text(w.pick("substring", "substringUTF8") + "(" + c.args[0].sql + ", " + strings.Join(bounds, ", ") + ")"), true
}
