package sql

import (
	"math"

	"github.com/lynceus-io/lynceus/kql/value"
)

// listFuncs are functions of lists of text that the store keeps as lists.
var listFuncs = map[string]writeFunc{
	"array_length":    arrayLength,
	"set_has_element": listHas,
	"set_has":         listHas,
}

// list returns the stored list that e is.
func (e expr) list() (name string, ok bool) {
	return e.stored, e.stored != "" && e.typ == value.TypeDynamic
}

func arrayLength(w *writer, c *invocation) (expr, bool) {
	name, ok := c.args[0].list()
	if !ok {
		return expr{}, false
	}
	sql := w.pick("nullif(CAST(len("+name+") AS BIGINT), 0)", "nullIf(toInt64(length("+name+")), 0)")
	return bounded(c.result, sql, false, 1, math.MaxInt32), true
}

// listHas is NULL for a list without elements, which is a null.
func listHas(w *writer, c *invocation) (expr, bool) {
	if len(c.args) != 2 || c.args[1].typ != value.TypeString {
		return expr{}, false
	}
	name, ok := c.args[0].list()
	if !ok {
		return expr{}, false
	}
	x := c.args[1].sql
	found := w.pick("list_contains("+name+", "+x+")", "has("+name+", "+x+")")
	empty := w.pick("CASE WHEN len("+name+") > 0 THEN "+found+" END", "if(empty("+name+"), NULL, "+found+")")
	return expr{sql: empty, cond: found, typ: value.TypeBool}, true
}
