package sql

import (
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// join writes a join by equality of keys. NULL keys match nothing in SQL, as
// in Kusto.
func (w *writer) join(n *plan.Join, left, right *relation) (*relation, bool) {
	left, right = w.seal(left), w.seal(right)
	if n.Kind == plan.JoinInnerunique {
		var ok bool
		if left, ok = w.unique(n, left); !ok {
			return nil, false
		}
	}
	var on []string
	for i := range n.LeftKeys {
		l, ok1 := w.compile(n.LeftKeys[i], left.cols)
		r, ok2 := w.compile(n.RightKeys[i], right.cols)
		if !ok1 || !ok2 || !joinable(l, r) || len(uses(nil, n.LeftKeys[i])) == 0 || len(uses(nil, n.RightKeys[i])) == 0 {
			return nil, false
		}
		a, b := l.sql, r.sql
		if l.stored != "" && r.stored != "" {
			a, b = l.stored, r.stored
		}
		on = append(on, a+" = "+b)
	}
	if len(on) == 0 {
		return nil, false
	}
	out := &relation{limit: -1, with: mergeWith(left, right)}
	cond := strings.Join(on, " AND ")
	switch n.Kind {
	case plan.JoinLeftsemi, plan.JoinLeftanti:
		out.from, out.cols = w.semi(left, right, n.LeftKeys, n.RightKeys, n.Kind == plan.JoinLeftanti, cond), columns(left, n.LeftOut)
	case plan.JoinRightsemi, plan.JoinRightanti:
		out.from, out.cols = w.semi(right, left, n.RightKeys, n.LeftKeys, n.Kind == plan.JoinRightanti, cond), columns(right, n.RightOut)
	default:
		kind := map[plan.JoinKind]string{plan.JoinInnerunique: "INNER", plan.JoinInner: "INNER", plan.JoinLeftouter: "LEFT", plan.JoinRightouter: "RIGHT", plan.JoinFullouter: "FULL"}[n.Kind]
		out.from = left.from + " AS " + w.name("t") + " " + kind + " JOIN " + right.from + " AS " + w.name("t") + " ON " + cond
		outerLeft := n.Kind == plan.JoinRightouter || n.Kind == plan.JoinFullouter
		outerRight := n.Kind == plan.JoinLeftouter || n.Kind == plan.JoinFullouter
		out.cols = append(w.outer(columns(left, n.LeftOut), outerLeft), w.outer(columns(right, n.RightOut), outerRight)...)
	}
	return out, true
}

// semi writes the rows of a for which b has (or, with anti, has not) a match.
func (w *writer) semi(a, b *relation, aKeys, bKeys []plan.Expr, anti bool, cond string) string {
	kind := "SEMI"
	if anti {
		kind = "ANTI"
	}
	return a.from + " AS " + w.name("t") + w.pick(" "+kind+" JOIN ", " LEFT "+kind+" JOIN ") + b.from + " AS " + w.name("t") + " ON " + cond
}

// unique keeps one row for each key: the least by the join's Tie.
func (w *writer) unique(n *plan.Join, left *relation) (*relation, bool) {
	keys, ok := w.compileAll(n.LeftKeys, left.cols)
	if !ok {
		return nil, false
	}
	tie, ok := w.orderKeys(n.Tie, left.cols)
	if !ok {
		return nil, false
	}
	by := make([]string, len(keys))
	for i, k := range keys {
		by[i] = k.sql
	}
	order := make([]string, len(tie))
	for i, k := range tie {
		order[i] = k.text()
	}
	over := "PARTITION BY " + strings.Join(by, ", ")
	if len(order) > 0 {
		over += " ORDER BY " + strings.Join(order, ", ")
	}
	number := w.name("n")
	out := *left
	out.from = "(SELECT *, row_number() OVER (" + over + ") AS " + number + " FROM " + left.from + ")"
	out.where, out.order, out.sorted = []string{number + " = 1"}, nil, false
	return w.seal(&out), true
}

// joinable reports whether SQL compares two keys as the language does.
func joinable(l, r expr) bool {
	if l.typ == value.TypeDynamic || r.typ == value.TypeDynamic || l.typ == value.TypeReal || r.typ == value.TypeReal {
		return false
	}
	return l.typ == r.typ || integral(l.typ) && integral(r.typ)
}

func columns(r *relation, at []int) []expr {
	out := make([]expr, len(at))
	for i, j := range at {
		out[i] = r.cols[j]
	}
	return out
}

// outer returns columns of a side that may be absent: NULL there, the empty
// string for strings.
func (w *writer) outer(cols []expr, absent bool) []expr {
	if !absent {
		return cols
	}
	for i := range cols {
		c := &cols[i]
		c.konst = nil
		if c.typ == value.TypeString {
			c.sql, c.simple, c.column = "coalesce("+c.sql+", '')", false, ""
		} else {
			c.notNull = false
		}
	}
	return cols
}
