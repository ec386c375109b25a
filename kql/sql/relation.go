package sql

import (
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
)

// relation is a SELECT that is still being written: operators add to it while
// it has room for them, else it becomes a subquery of a new one (seal).
type relation struct {
	from  string   // what stands after FROM
	where []string // conditions of which all must hold
	cols  []expr   // the output, over from
	// order sorts the rows, over from; nil when they come in no order.
	order []orderKey
	// sorted says that order comes from a Sort, which a Take obeys.
	sorted bool
	// limit keeps the first rows in order; negative for no limit.
	limit int64
	// limitBy orders the rows for limit where order does not.
	limitBy []orderKey
	// scan is set while every row is a row of one scan, filtered: conditions
	// are hints for it then.
	scan *Scan
	// latest is the column of scan's field time while order is just by it,
	// descending.
	latest bool
	// with are the common tables that the text uses.
	with []*common
}

// orderKey is one key of an ORDER BY.
type orderKey struct {
	sql        string
	desc       bool
	nullsFirst bool
}

// common is a common table expression.
type common struct {
	name, text string
}

// seal makes r a subquery with columns of plain names.
func (w *writer) seal(r *relation) *relation {
	inner := *r
	inner.cols = append([]expr(nil), r.cols...)
	out := &relation{limit: -1, sorted: r.sorted, scan: r.scan, with: r.with, latest: r.latest}
	if r.limit >= 0 {
		out.scan, out.latest = nil, false
	}
	var b strings.Builder
	b.WriteString("(SELECT ")
	list := make([]string, 0, len(r.cols)+len(r.order))
	for _, c := range r.cols {
		name := w.name("c")
		sealed := c
		sealed.sql, sealed.simple, sealed.cond = name, true, ""
		sealed.json = json{}
		sql := c.sql
		if c.stored != "" {
			sql, sealed.stored = c.stored, name
			sealed.sql = w.fromStored(c, name)
		}
		if c.virtual {
			sql, sealed = c.json.text, w.under(c, name)
		}
		list = append(list, sql+" AS "+name)
		out.cols = append(out.cols, sealed)
	}
	for _, k := range r.order {
		name := w.name("o")
		list = append(list, k.sql+" AS "+name)
		out.order = append(out.order, orderKey{sql: name, desc: k.desc, nullsFirst: k.nullsFirst})
	}
	if len(list) == 0 {
		list = append(list, "1 AS "+w.name("c"))
	}
	b.WriteString(strings.Join(list, ", "))
	w.tail(&b, r, r.limit >= 0)
	b.WriteString(")")
	out.from = b.String()
	return out
}

// fromStored writes the canonical form of a value that name holds as stored.
func (w *writer) fromStored(c expr, name string) string {
	if integral(c.typ) {
		return w.ticks(name)
	}
	return w.jsonList(name)
}

// tail writes what follows a SELECT list.
func (w *writer) tail(b *strings.Builder, r *relation, ordered bool) {
	if r.from != "" {
		b.WriteString(" FROM ")
		b.WriteString(r.from)
	}
	if len(r.where) > 0 {
		b.WriteString(" WHERE ")
		b.WriteString(strings.Join(r.where, " AND "))
	}
	keys := r.order
	if r.limit >= 0 && r.limitBy != nil {
		keys = r.limitBy
	}
	if ordered && len(keys) > 0 {
		b.WriteString(" ORDER BY ")
		for i, k := range keys {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(k.text())
		}
	}
	if r.limit >= 0 {
		b.WriteString(" LIMIT ")
		b.WriteString(strconv.FormatInt(r.limit, 10))
	}
}

func (k orderKey) text() string {
	s := k.sql
	if k.desc {
		s += " DESC"
	} else {
		s += " ASC"
	}
	if k.nullsFirst {
		return s + " NULLS FIRST"
	}
	return s + " NULLS LAST"
}

// unlimited returns r where conditions and orders may be added: sealed when
// it has a limit, which comes first.
func (w *writer) unlimited(r *relation) *relation {
	if r.limit >= 0 {
		return w.seal(r)
	}
	return r
}

// flat returns r where its columns may be used in the expressions given:
// sealed when one of them is costly and used more than once.
func (w *writer) flat(r *relation, uses []plan.Expr) *relation {
	count := make([]int, len(r.cols))
	for _, e := range uses {
		walk(e, func(e plan.Expr) {
			if c, ok := e.(*plan.Col); ok {
				count[c.Index]++
			}
		})
	}
	for i, n := range count {
		c := r.cols[i]
		if n > 0 && !c.simple && c.stored == "" && c.json.text == "" && (n > 1 || len(c.sql) > 200) {
			return w.seal(r)
		}
	}
	return r
}

// walk calls f with e and everything below it.
func walk(e plan.Expr, f func(plan.Expr)) {
	f(e)
	switch e := e.(type) {
	case *plan.Call:
		for _, a := range e.Args {
			walk(a, f)
		}
	case *plan.Contains:
		walk(e.X, f)
	}
}

// mergeWith joins the common tables of several relations.
func mergeWith(rs ...*relation) []*common {
	var out []*common
	for _, r := range rs {
		for _, c := range r.with {
			if !contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

func contains(list []*common, c *common) bool {
	for _, have := range list {
		if have == c {
			return true
		}
	}
	return false
}
