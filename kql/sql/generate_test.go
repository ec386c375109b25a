package sql_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/test/kqltest"
)

// generator makes random plans over tables. What it makes is what the binder
// could make: types are those that package fn gives.
type generator struct {
	*rand.Rand
	tables []*kqltest.Table
	names  int
}

func (g *generator) of(list ...string) string { return list[g.IntN(len(list))] }

// call makes a call where its types fit; nil otherwise.
func (g *generator) call(name string, args ...plan.Expr) plan.Expr {
	f, ok := fn.Lookup(name)
	if !ok {
		panic("no function " + name)
	}
	types := make([]fn.Arg, len(args))
	for i, a := range args {
		if a == nil {
			return nil
		}
		types[i].Type = a.Type()
		if c, ok := a.(*plan.Const); ok {
			types[i].Const = &c.Value
		}
	}
	t, err := f.Result(types)
	if err != nil {
		return nil
	}
	return &plan.Call{Fn: f, Args: args, Result: t}
}

func (g *generator) constant(t value.Type) plan.Expr {
	v := value.Null(t)
	switch t {
	case value.TypeString:
		v = value.String(kqltest.Words[g.IntN(len(kqltest.Words))])
	case value.TypeLong:
		v = value.Long(kqltest.Numbers[g.IntN(len(kqltest.Numbers))])
	case value.TypeBool:
		v = value.Bool(g.IntN(2) == 0)
	case value.TypeReal:
		v = value.Real([]float64{0, 1.5, -2.25, 1e10, 0.1}[g.IntN(5)])
	case value.TypeDatetime:
		v = value.Datetime(kqltest.Start + int64(g.IntN(4000))*int64(1+g.IntN(3)*60*1000*1000))
	case value.TypeTimespan:
		v = value.Timespan([]int64{1, 7, 10, 600_000_000, 36_000_000_000, 864_000_000_000, -600_000_000, 33}[g.IntN(8)])
	}
	if t != value.TypeString && g.IntN(20) == 0 {
		v = value.Null(t)
	}
	return &plan.Const{Value: v}
}

// expr makes an expression of type t.
func (g *generator) expr(t value.Type, cols []plan.Column, depth int) plan.Expr {
	if depth > 0 && g.IntN(3) > 0 {
		if e := g.compound(t, cols, depth-1); e != nil && e.Type() == t {
			return e
		}
	}
	var have []int
	for i, c := range cols {
		if c.Type == t {
			have = append(have, i)
		}
	}
	if len(have) > 0 && g.IntN(5) > 0 {
		i := have[g.IntN(len(have))]
		return &plan.Col{Index: i, Of: cols[i]}
	}
	return g.constant(t)
}

func (g *generator) compound(t value.Type, cols []plan.Column, depth int) plan.Expr {
	sub := func(t value.Type) plan.Expr { return g.expr(t, cols, depth) }
	if g.IntN(8) == 0 {
		switch g.IntN(3) {
		case 0:
			return g.call("iff", sub(value.TypeBool), sub(t), sub(t))
		case 1:
			return g.call("case", sub(value.TypeBool), sub(t), sub(value.TypeBool), sub(t), sub(t))
		}
		return g.call("coalesce", sub(t), sub(t))
	}
	switch t {
	case value.TypeBool:
		return g.predicate(cols, depth)
	case value.TypeLong:
		switch g.IntN(6) {
		case 0:
			return g.call(g.of("strlen", "string_size"), sub(value.TypeString))
		case 1:
			return g.call("bin", sub(t), g.constant(t))
		case 2:
			for i, c := range cols {
				if c.Type == value.TypeDynamic {
					return g.call("array_length", &plan.Col{Index: i, Of: c})
				}
			}
		case 3:
			return g.call("neg", sub(t))
		}
		return g.call(g.of("+", "-", "*", "/", "%"), sub(t), sub(t))
	case value.TypeString:
		switch g.IntN(5) {
		case 0:
			return g.call("tolower", sub(t))
		case 1:
			return g.call("substring", sub(t), &plan.Const{Value: value.Long(int64(g.IntN(4)))}, &plan.Const{Value: value.Long(int64(g.IntN(4)))})
		case 2:
			return g.call("tostring", sub([]value.Type{value.TypeLong, value.TypeBool, value.TypeString}[g.IntN(3)]))
		}
		return g.call("strcat", sub(t), sub(t))
	case value.TypeDatetime:
		switch g.IntN(3) {
		case 0:
			return g.call("bin", sub(t), g.constant(value.TypeTimespan))
		case 1:
			return g.call("startofday", sub(t))
		}
		return g.call(g.of("+", "-"), sub(t), g.constant(value.TypeTimespan))
	case value.TypeTimespan:
		switch g.IntN(4) {
		case 0:
			return g.call("-", sub(value.TypeDatetime), sub(value.TypeDatetime))
		case 1:
			return g.call("bin", sub(t), g.constant(t))
		case 2:
			return g.call("%", sub(value.TypeDatetime), g.constant(t))
		}
		return g.call(g.of("+", "-"), sub(t), sub(t))
	case value.TypeReal:
		switch g.IntN(3) {
		case 0:
			return g.call("toreal", sub(value.TypeLong))
		case 1:
			return g.call("/", sub(value.TypeTimespan), g.constant(value.TypeTimespan))
		}
		return g.call(g.of("+", "-", "*", "/"), sub(t), sub(t))
	}
	return nil
}

// document makes an expression that reads a dynamic value.
func (g *generator) document(cols []plan.Column, depth int) plan.Expr {
	var have []int
	for i, c := range cols {
		if c.Type == value.TypeDynamic && (strings.Contains(c.Name, ".") || c.Name == "raw_data") { // sets have no order
			have = append(have, i)
		}
	}
	if len(have) == 0 {
		return nil
	}
	i := have[g.IntN(len(have))]
	var e plan.Expr = &plan.Col{Index: i, Of: cols[i]}
	for range g.IntN(depth + 1) {
		if g.IntN(6) == 0 {
			j := have[g.IntN(len(have))]
			e = g.call("iff", g.constant(value.TypeBool), &plan.Col{Index: j, Of: cols[j]}, e)
		} else if g.IntN(5) == 0 {
			e = g.call("[]", e, &plan.Const{Value: value.Long(int64(g.IntN(3)))})
		} else {
			e = g.call(".", e, &plan.Const{Value: value.String(append(kqltest.Keys, "requestObject", "annotations")[g.IntN(len(kqltest.Keys)+2)])})
		}
	}
	return e
}

// about asks something of a dynamic value.
func (g *generator) about(x plan.Expr) plan.Expr {
	if x == nil {
		return nil
	}
	if g.IntN(2) == 0 {
		x = g.call("tostring", x)
	}
	word := g.constant(value.TypeString)
	switch g.IntN(4) {
	case 0:
		return g.call(g.of("in", "!in", "in~"), x, word, g.constant(value.TypeString))
	case 1:
		return g.call(g.of("has", "contains", "startswith", "has_cs", "!has", "hassuffix", "=~", "!contains"), x, word)
	case 2:
		return g.call("==", x, g.constant([]value.Type{value.TypeBool, value.TypeLong, value.TypeReal}[g.IntN(3)]))
	}
	return g.call(g.of("==", "!="), x, word)
}

func (g *generator) predicate(cols []plan.Column, depth int) plan.Expr {
	if g.IntN(6) == 0 {
		if e := g.about(g.document(cols, 3)); e != nil {
			return e
		}
	}
	sub := func(t value.Type) plan.Expr { return g.expr(t, cols, depth) }
	text := sub(value.TypeString)
	switch g.IntN(10) {
	case 0:
		return g.call(g.of("and", "or"), sub(value.TypeBool), sub(value.TypeBool))
	case 1:
		return g.call("not", sub(value.TypeBool))
	case 2, 3:
		op := g.of("has", "hasprefix", "hassuffix", "contains", "startswith", "endswith")
		return g.call(g.of("", "!")+op+g.of("", "_cs"), text, g.constant(value.TypeString))
	case 4:
		return g.call(g.of("=~", "!~", "==", "!="), text, sub(value.TypeString))
	case 5:
		return g.call(g.of("in", "!in", "in~", "!in~", "has_any", "has_all"), text, g.constant(value.TypeString), g.constant(value.TypeString))
	case 6:
		return g.call("matches regex", text, &plan.Const{Value: value.String(g.of("a.b", "^a", "(?i)admin$", `\badmin\b`, "[^a-z]+", "é|É", `a\\b`, "(?s)a.b", "x*"))})
	case 7:
		t := g.anyType()
		return g.call(g.of("isnull", "isnotnull", "isempty", "isnotempty"), sub(t))
	case 8:
		t := g.ordered()
		return g.call(g.of("between", "!between"), sub(t), sub(t), sub(t))
	}
	t := g.ordered()
	if g.IntN(6) == 0 {
		for i, c := range cols {
			if c.Type == value.TypeDynamic {
				return g.call("set_has_element", &plan.Col{Index: i, Of: c}, g.constant(value.TypeString))
			}
		}
	}
	if g.IntN(4) == 0 && t != value.TypeReal {
		return g.call(g.of("in", "!in"), sub(t), g.constant(t), g.constant(t))
	}
	return g.call(g.of("==", "!=", "<", "<=", ">", ">="), sub(t), sub(t))
}

func (g *generator) ordered() value.Type {
	return []value.Type{value.TypeLong, value.TypeDatetime, value.TypeTimespan, value.TypeReal}[g.IntN(4)]
}

func (g *generator) anyType() value.Type {
	return []value.Type{value.TypeBool, value.TypeLong, value.TypeString, value.TypeDatetime, value.TypeTimespan, value.TypeReal}[g.IntN(6)]
}

func (g *generator) name() string {
	g.names++
	return fmt.Sprintf("x%d", g.names)
}

// tie orders the rows of n completely, as the binder does: by time and uid
// while each event is one row.
func tie(n plan.Node) []plan.SortKey {
	var keys, best []plan.SortKey
	for i, c := range n.Columns() {
		k := plan.SortKey{Expr: &plan.Col{Index: i, Of: c}}
		keys = append(keys, k)
		if c.Name == "time" || c.Name == "metadata.uid" {
			best = append(best, k)
		}
	}
	if len(best) == 2 && oneRowEach(n) {
		return best
	}
	return keys
}

func oneRowEach(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Scan:
		return true
	case *plan.Where, *plan.Project, *plan.Sort, *plan.Take:
		return oneRowEach(n.Inputs()[0])
	}
	return false
}

func (g *generator) scan() plan.Node {
	return g.tables[g.IntN(len(g.tables))].Scan()
}

// query makes a pipeline of some operators.
func (g *generator) query(steps, nested int) plan.Node {
	var n plan.Node = g.scan()
	if g.IntN(6) == 0 {
		n = g.values()
	}
	for range steps {
		n = g.operator(n, nested)
	}
	return n
}

func (g *generator) values() plan.Node {
	t := kqltest.Generate(g.Rand, event.ClassProcess, g.IntN(6))
	return &plan.Values{Cols: t.Scan().Cols, Rows: t.Rows}
}

func (g *generator) operator(n plan.Node, nested int) plan.Node {
	cols := n.Columns()
	switch g.IntN(9) {
	case 0, 1, 2:
		return &plan.Where{In: n, Cond: g.expr(value.TypeBool, cols, 3)}
	case 3:
		return g.project(n)
	case 4:
		return g.summarize(n)
	case 5:
		return g.sort(n)
	case 6:
		if g.IntN(2) == 0 {
			n = g.sort(n)
			return &plan.Take{In: n, N: &plan.Const{Value: value.Long(int64(g.IntN(30)))}}
		}
		return &plan.Take{In: n, N: &plan.Const{Value: value.Long(int64(g.IntN(30)))}, By: tie(n)}
	case 7:
		if nested > 0 {
			return g.join(n, g.query(g.IntN(3), nested-1))
		}
	case 8:
		if nested > 0 {
			return g.union(n, nested)
		}
	}
	return &plan.Where{In: n, Cond: g.expr(value.TypeBool, cols, 2)}
}

func (g *generator) project(n plan.Node) plan.Node {
	cols := n.Columns()
	p := &plan.Project{In: n}
	for i, c := range cols {
		if g.IntN(4) > 0 {
			p.Cols = append(p.Cols, c)
			p.Exprs = append(p.Exprs, &plan.Col{Index: i, Of: c})
		}
	}
	for range 1 + g.IntN(3) {
		e := g.expr(g.anyType(), cols, 3)
		if d := g.document(cols, 3); d != nil && g.IntN(4) == 0 {
			if e = d; g.IntN(2) == 0 {
				e = g.call("tostring", d)
			}
		}
		p.Cols = append(p.Cols, plan.Column{Name: g.name(), Type: e.Type()})
		p.Exprs = append(p.Exprs, e)
	}
	return p
}

func (g *generator) sort(n plan.Node) plan.Node {
	s := &plan.Sort{In: n, Tie: tie(n)}
	for range 1 + g.IntN(2) {
		s.Keys = append(s.Keys, plan.SortKey{Expr: g.expr(g.anyType(), n.Columns(), 1), Desc: g.IntN(2) == 0, NullsFirst: g.IntN(2) == 0})
	}
	return s
}

func (g *generator) summarize(n plan.Node) plan.Node {
	cols := n.Columns()
	s := &plan.Summarize{In: n}
	for range g.IntN(3) {
		e := g.expr([]value.Type{value.TypeString, value.TypeBool, value.TypeLong, value.TypeDatetime}[g.IntN(4)], cols, 2)
		s.By = append(s.By, e)
		s.Cols = append(s.Cols, plan.Column{Name: g.name(), Type: e.Type()})
	}
	for range 1 + g.IntN(3) {
		s.Aggs = append(s.Aggs, g.aggregate(n))
		s.Cols = append(s.Cols, plan.Column{Name: g.name(), Type: s.Aggs[len(s.Aggs)-1].Type})
	}
	return g.sortSets(s)
}

// sortSets sorts the elements of sets, which come in any order, so that what
// stands above gives the same for each.
func (g *generator) sortSets(s *plan.Summarize) plan.Node {
	p := &plan.Project{In: s, Cols: s.Cols}
	sets := 0
	for i, c := range s.Cols {
		var e plan.Expr = &plan.Col{Index: i, Of: c}
		if i >= len(s.By) && s.Aggs[i-len(s.By)].Fn.Name == "make_set" {
			e = g.call("array_sort_asc", e)
			sets++
		}
		p.Exprs = append(p.Exprs, e)
	}
	if sets == 0 {
		return s
	}
	return p
}

func (g *generator) aggregate(n plan.Node) plan.Aggregate {
	cols := n.Columns()
	for {
		name := g.of("count", "countif", "dcount", "dcountif", "sum", "sumif", "avg", "avgif", "min", "max", "minif", "arg_max", "arg_min", "take_any", "percentile", "make_set")
		f, ok := fn.LookupAgg(name)
		if !ok {
			panic("no aggregate " + name)
		}
		sub := func(t value.Type) plan.Expr { return g.expr(t, cols, 1) }
		var args []plan.Expr
		number := []value.Type{value.TypeLong, value.TypeTimespan}[g.IntN(2)]
		switch name {
		case "countif":
			args = []plan.Expr{sub(value.TypeBool)}
		case "dcount", "take_any":
			args = []plan.Expr{sub(g.anyType())}
		case "dcountif":
			args = []plan.Expr{sub(g.anyType()), sub(value.TypeBool)}
		case "make_set":
			args = []plan.Expr{sub([]value.Type{value.TypeString, value.TypeLong}[g.IntN(2)])}
		case "sum":
			args = []plan.Expr{sub(number)}
		case "avg":
			args = []plan.Expr{sub(value.TypeLong)}
		case "sumif", "avgif", "minif":
			args = []plan.Expr{sub(value.TypeLong), sub(value.TypeBool)}
		case "min", "max":
			args = []plan.Expr{sub([]value.Type{value.TypeString, value.TypeLong, value.TypeDatetime}[g.IntN(3)])}
		case "arg_max", "arg_min":
			args = []plan.Expr{sub(g.anyType()), sub(g.anyType())}
		case "percentile":
			args = []plan.Expr{sub(value.TypeLong), &plan.Const{Value: value.Long(int64(g.IntN(101)))}}
		}
		types := make([]fn.Arg, len(args))
		for i, a := range args {
			types[i].Type = a.Type()
		}
		t, err := f.Result(types)
		if err != nil {
			continue
		}
		a := plan.Aggregate{Fn: f, Args: args, Type: t}
		if name == "arg_max" || name == "arg_min" || name == "take_any" {
			for _, k := range tie(n) {
				a.Tie = append(a.Tie, k.Expr)
			}
		}
		return a
	}
}

func (g *generator) join(left, right plan.Node) plan.Node {
	j := &plan.Join{Kind: plan.JoinKind(g.IntN(int(plan.JoinRightanti) + 1)), Left: left, Right: right, Tie: tie(left)}
	for range 1 + g.IntN(2) {
		t := []value.Type{value.TypeString, value.TypeLong, value.TypeDatetime}[g.IntN(3)]
		j.LeftKeys = append(j.LeftKeys, g.expr(t, left.Columns(), 0))
		j.RightKeys = append(j.RightKeys, g.expr(t, right.Columns(), 0))
	}
	if j.Kind != plan.JoinRightsemi && j.Kind != plan.JoinRightanti {
		for i, c := range left.Columns() {
			j.LeftOut = append(j.LeftOut, i)
			j.Cols = append(j.Cols, c)
		}
	}
	if j.Kind != plan.JoinLeftsemi && j.Kind != plan.JoinLeftanti {
		for i, c := range right.Columns() {
			j.RightOut = append(j.RightOut, i)
			j.Cols = append(j.Cols, plan.Column{Name: g.name(), Type: c.Type})
		}
	}
	return j
}

// union joins two pipelines in the columns whose types both have.
func (g *generator) union(n plan.Node, nested int) plan.Node {
	other := g.query(g.IntN(2), nested-1)
	used := map[int]bool{}
	a, b := &plan.Project{In: n}, &plan.Project{In: other}
	for i, c := range n.Columns() {
		for k, d := range other.Columns() {
			if c.Type == d.Type && !used[k] {
				used[k] = true
				col := plan.Column{Name: g.name(), Type: c.Type}
				a.Cols, b.Cols = append(a.Cols, col), append(b.Cols, col)
				a.Exprs = append(a.Exprs, &plan.Col{Index: i, Of: c})
				b.Exprs = append(b.Exprs, &plan.Col{Index: k, Of: d})
				break
			}
		}
	}
	return &plan.Union{In: []plan.Node{a, b}, Cols: a.Cols}
}
