package sql

import (
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

// chosen writes arg_max and arg_min: the value of one column in the row that
// has the greatest or the least key, and among those the greatest or the
// least tie.
func (w *writer) chosen(duck, click string, a *aggregate) (expr, bool) {
	return expr{}, false
}

// orderTuple writes values as one that engines compare member by member, with
// nulls first or last.
func (w *writer) orderTuple(es []expr, nullsFirst bool) (string, bool) {
	var list []string
	for _, e := range es {
		if !w.orderable(e) {
			return "", false
		}
		sql := e.sql
		if !e.notNull {
			flag := " IS NOT NULL"
			if !nullsFirst {
				flag = " IS NULL"
			}
			list = append(list, "("+e.sql+flag+")")
			sql = "coalesce(" + e.sql + ", " + w.zero(e.typ) + ")"
		}
		list = append(list, sql)
	}
	return w.pick("row(", "tuple(") + strings.Join(list, ", ") + ")", true
}

func (w *writer) zero(t value.Type) string {
	switch t {
	case value.TypeString:
		return "''"
	case value.TypeBool:
		return "false"
	case value.TypeReal:
		return w.float(0)
	}
	return w.integer(0)
}
