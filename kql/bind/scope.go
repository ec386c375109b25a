package bind

import (
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
)

// names are variables in sight: those of one body, then those around it.
type names struct {
	parent *names
	own    map[string]*binding
}

// bindingKind is what a variable holds.
type bindingKind uint8

const (
	isScalar bindingKind = iota + 1
	isTable
	isFunc
	isBroken // its definition had errors, which were reported
)

// binding is a variable.
type binding struct {
	kind bindingKind
	expr plan.Expr // of a scalar
	row  *row      // whose columns expr refers to; nil for none
	node plan.Node // of a table
	// inline is what a Shared node stands for.
	inline plan.Node
	size   int // of the table's plan, expanded
	fn     *syntax.Func
	env    *names // where fn was defined
}

func (n *names) child() *names { return &names{parent: n, own: map[string]*binding{}} }

func (n *names) find(name string) *binding {
	for ; n != nil; n = n.parent {
		if v := n.own[name]; v != nil {
			return v
		}
	}
	return nil
}

// all returns every name in sight, for suggestions.
func (n *names) all() []string {
	var out []string
	for ; n != nil; n = n.parent {
		for name := range n.own {
			out = append(out, name)
		}
	}
	return out
}

// row is what column names refer to.
type row struct {
	cols  []plan.Column
	index map[string]int
	// origin is the row to which indexes refer: the row itself, except in the
	// body of a scalar function, where only parameters are in sight.
	origin *row
	// left and right are the sides of a join, in whose condition $left and
	// $right stand for them.
	left, right *row
	// text are the columns that search looks into; nil for all with text.
	text []int
	// aggs gathers aggregates; nil outside summarize.
	aggs *aggregates
}

func rowOf(cols []plan.Column) *row {
	r := &row{cols: cols, index: make(map[string]int, len(cols))}
	for i, c := range cols {
		r.index[c.Name] = i
	}
	r.origin = r
	return r
}

// col returns the column of that name.
func (r *row) col(name string) (*plan.Col, bool) {
	if r == nil {
		return nil, false
	}
	i, ok := r.index[name]
	if !ok {
		return nil, false
	}
	return &plan.Col{Index: i, Of: r.cols[i]}, true
}

// maxParts is how many names with dots between them a column's name can have:
// several times what the field registry uses.
const maxParts = 32

// path finds the column that the first names of a dotted chain mean, the
// longest first, and how many names it took.
func (r *row) path(parts []*syntax.Name) (*plan.Col, int) {
	if r == nil {
		return nil, 0
	}
	for k := min(len(parts), maxParts); k > 0; k-- {
		if c, ok := r.col(joinNames(parts[:k])); ok {
			return c, k
		}
	}
	return nil, 0
}

func (r *row) columnNames() []string {
	if r == nil {
		return nil
	}
	out := make([]string, len(r.cols))
	for i, c := range r.cols {
		out[i] = c.Name
	}
	return out
}

func joinNames(parts []*syntax.Name) string {
	if len(parts) == 1 {
		return parts[0].Text
	}
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = p.Text
	}
	return strings.Join(texts, ".")
}

// chain returns the names of a dotted expression a.b.c from the first on;
// nil when it is none.
func chain(x syntax.Expr) []*syntax.Name {
	n := 0
	for y := x; ; n++ {
		m, ok := y.(*syntax.Member)
		if !ok {
			if _, ok := y.(*syntax.Name); !ok {
				return nil
			}
			break
		}
		y = m.X
	}
	out := make([]*syntax.Name, n+1)
	for ; n > 0; n-- {
		m := x.(*syntax.Member)
		out[n] = m.Name
		x = m.X
	}
	out[0] = x.(*syntax.Name)
	return out
}

// env is where an expression stands: the variables and the row in sight.
type env struct {
	names *names
	row   *row
}

// with returns the same variables over another row.
func (e env) with(r *row) env { return env{e.names, r} }

// over returns the same variables over the rows of a table.
func (e env) over(n plan.Node) env { return env{e.names, rowOf(n.Columns())} }
