package sql

import (
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

// choosing are the aggregates that choose a row by the tie.
var choosing = map[string]bool{"arg_max": true, "argmax": true, "arg_min": true, "argmin": true, "take_any": true, "any": true}

// argMax gives what is returned in the row with the greatest key, and among
// those the greatest tie.
func argMax(w *writer, a *aggregate) (expr, bool) {
	if len(a.args) != 2 {
		return expr{}, false
	}
	return w.chosen(a, true, []place{{a.args[0], true}}, a.args[1])
}

// argMin is the opposite, but where all keys are null the greatest tie wins
// here, too.
func argMin(w *writer, a *aggregate) (expr, bool) {
	if len(a.args) != 2 {
		return expr{}, false
	}
	by := a.args[0]
	least, ok := w.chosen(a, false, []place{{by, false}}, a.args[1])
	if !ok || by.notNull {
		return least, ok
	}
	greatest, ok := w.chosen(a, true, nil, a.args[1])
	if !ok {
		return expr{}, false
	}
	either := func(x, y string) string {
		return "CASE WHEN count(" + by.sql + ") = 0 THEN " + x + " ELSE " + y + " END"
	}
	if least.stored != "" {
		least.stored = either(greatest.stored, least.stored)
		least.sql = w.fromStored(least, least.stored)
		return least, true
	}
	least.sql = either(greatest.sql, least.sql)
	return least, true
}

// takeAny gives a value that is not null, if there is one, of the row with
// the least tie.
func takeAny(w *writer, a *aggregate) (expr, bool) {
	if len(a.args) != 1 {
		return expr{}, false
	}
	x := a.args[0]
	if x.notNull || x.stored != "" && !integral(x.typ) {
		return w.chosen(a, false, nil, x)
	}
	null := boolean("("+x.nullTest()+" IS NULL)", true)
	return w.chosen(a, false, []place{{null, true}}, x)
}

// place is a member of a key and where its nulls stand.
type place struct {
	expr
	nullsFirst bool
}

// chosen gives the value x in the row whose key, then tie, is greatest or
// least. All columns that the group's aggregate of this key returns are
// chosen at once, so that engines compute it once.
func (w *writer) chosen(a *aggregate, greatest bool, key []place, x expr) (expr, bool) {
	for _, t := range a.tie {
		key = append(key, place{t, true})
	}
	tuple, ok := w.tuple(key)
	if !ok {
		return expr{}, false
	}
	peers := a.peers
	if peers == nil {
		peers = []expr{x}
	}
	at := 0
	members := make([]string, len(peers))
	for i, p := range peers {
		v := p.sql
		if p.stored != "" {
			v = p.stored
		}
		if p.sql == x.sql {
			at = i
		}
		members[i] = w.pick("'r"+strconv.Itoa(i)+"': "+v, v)
	}
	list := strings.Join(members, ", ")
	sql := ""
	switch {
	case w.d == DuckDB && greatest:
		sql = "(arg_max({" + list + "}, " + tuple + ")).r" + strconv.Itoa(at)
	case w.d == DuckDB:
		sql = "(arg_min({" + list + "}, " + tuple + ")).r" + strconv.Itoa(at)
	case greatest:
		sql = "tupleElement(argMax(tuple(" + list + "), " + tuple + "), " + strconv.Itoa(at+1) + ")"
	default:
		sql = "tupleElement(argMin(tuple(" + list + "), " + tuple + "), " + strconv.Itoa(at+1) + ")"
	}
	x.simple, x.konst, x.column, x.cond, x.notNull = false, nil, "", "", false
	if x.stored != "" {
		x.stored, x.sql = sql, w.fromStored(x, sql)
		return x, true
	}
	x.sql = sql
	switch {
	case x.typ == value.TypeString:
		x.sql, x.notNull = "coalesce("+sql+", '')", true
	case w.d == ClickHouse && !a.grouped:
		x.sql = "if(count() = 0, NULL, " + sql + ")" // of no row it gives the type's zero
	}
	return x, true
}

// tuple writes a key as one value that engines compare member by member. No
// member is ever NULL: one before it says where it would be.
func (w *writer) tuple(key []place) (string, bool) {
	var list []string
	for _, e := range key {
		if !w.orderable(e.expr) {
			return "", false
		}
		if e.notNull {
			list = append(list, e.sql)
			continue
		}
		test := " IS NULL)"
		if e.nullsFirst {
			test = " IS NOT NULL)"
		}
		list = append(list, "("+e.nullTest()+test, "coalesce("+e.sql+", "+w.zero(e.typ)+")")
	}
	if list == nil {
		list = []string{"0"}
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
