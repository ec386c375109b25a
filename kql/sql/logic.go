package sql

import (
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

var logicFuncs = map[string]writeFunc{
	"and": func(w *writer, c *invocation) (expr, bool) { return logical(c, " AND ") },
	"or":  func(w *writer, c *invocation) (expr, bool) { return logical(c, " OR ") },
	"not": func(w *writer, c *invocation) (expr, bool) {
		if !c.types(value.TypeBool) {
			return expr{}, false
		}
		return negated(c.args[0]), true
	},
	"iff":        func(w *writer, c *invocation) (expr, bool) { return w.cases(c) },
	"iif":        func(w *writer, c *invocation) (expr, bool) { return w.cases(c) },
	"case":       func(w *writer, c *invocation) (expr, bool) { return w.cases(c) },
	"coalesce":   coalesce,
	"isnull":     isNull,
	"isnotnull":  notOf(isNull),
	"notnull":    notOf(isNull),
	"isempty":    isEmpty,
	"isnotempty": notOf(isEmpty),
	"notempty":   notOf(isEmpty),
}

// logical joins bools by an operator whose NULLs are SQL's.
func logical(c *invocation, op string) (expr, bool) {
	values, conds := make([]string, len(c.args)), make([]string, len(c.args))
	for i, a := range c.args {
		if a.typ != value.TypeBool {
			return expr{}, false
		}
		values[i], conds[i] = a.sql, a.test()
	}
	e := boolean("("+strings.Join(values, op)+")", c.notNull())
	e.cond = "(" + strings.Join(conds, op) + ")"
	return e, true
}

// cases writes iff and case: conditions and values in turn, then the value for
// when none holds.
func (w *writer) cases(c *invocation) (expr, bool) {
	var b strings.Builder
	b.WriteString("CASE")
	last := len(c.args) - 1
	var results []expr
	for i := 0; i < last; i += 2 {
		if c.args[i].typ != value.TypeBool {
			return expr{}, false
		}
		results = append(results, c.args[i+1])
		b.WriteString(" WHEN " + c.args[i].test() + " THEN " + c.args[i+1].sql)
	}
	results = append(results, c.args[last])
	b.WriteString(" ELSE " + c.args[last].sql + " END")
	return merged(c.result, b.String(), results)
}

// merged is one of several expressions. It is known where none of them stands,
// only what they have in common.
func merged(t value.Type, sql string, of []expr) (expr, bool) {
	e := expr{sql: sql, typ: of[0].typ, notNull: of[0].notNull, finite: of[0].finite, lo: of[0].lo, hi: of[0].hi}
	for _, o := range of {
		if o.virtual {
			return expr{}, false
		}
		if o.typ != t && !(isNullConst(o) && integral(o.typ) && integral(t)) {
			return expr{}, false
		}
		e.notNull, e.finite = e.notNull && o.notNull, e.finite && o.finite
		e.lo, e.hi = min(e.lo, o.lo), max(e.hi, o.hi)
	}
	return e, true
}

// coalesce gives the first that is neither NULL nor empty, else the last.
func coalesce(w *writer, c *invocation) (expr, bool) {
	list := make([]string, len(c.args))
	for i, a := range c.args {
		list[i] = a.sql
		if c.result == value.TypeString && i < len(c.args)-1 {
			list[i] = "nullif(" + a.sql + ", '')"
		}
	}
	e, ok := merged(c.result, "coalesce("+strings.Join(list, ", ")+")", c.args)
	e.notNull = false
	for _, a := range c.args {
		e.notNull = e.notNull || a.notNull
	}
	return e, ok
}

func isNull(w *writer, c *invocation) (expr, bool) {
	a := c.args[0]
	if a.notNull {
		return w.constant(value.Bool(false))
	}
	return boolean("("+a.nullTest()+" IS NULL)", true), true
}

// nullTest is what is NULL where e is, the stored column where there is one.
func (e expr) nullTest() string {
	if e.stored != "" && integral(e.typ) {
		return e.stored
	}
	return e.sql
}

func isEmpty(w *writer, c *invocation) (expr, bool) {
	a := c.args[0]
	switch {
	case a.typ == value.TypeString:
		return boolean("("+a.sql+" = '')", true), true
	case a.typ == value.TypeDynamic:
		return expr{}, false
	}
	return isNull(w, c)
}
