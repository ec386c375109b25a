package bind

import (
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// arm is one table of a union, and what the source column calls it.
type arm struct {
	node plan.Node
	name string
}

// union binds union.
func (b *binder) union(op *syntax.Union, in plan.Node, from string, e env) plan.Node {
	inner, fuzzy, source := false, false, ""
	for _, o := range op.Options {
		switch o.Name {
		case "kind":
			n, _ := o.Value.(*syntax.Name)
			if n == nil || n.Text != "inner" && n.Text != "outer" {
				b.errorf(o, "the kind of a union is outer or inner")
				return nil
			}
			inner = n.Text == "inner"
		case "withsource", "with_source":
			if n, ok := o.Value.(*syntax.Name); ok {
				source = n.Text
			}
		case "isfuzzy":
			l, ok := o.Value.(*syntax.Literal)
			fuzzy = ok && strings.EqualFold(l.Text, "true")
		}
	}
	var arms []arm
	if in != nil {
		arms = append(arms, arm{in, from})
	}
	for _, t := range op.Tables {
		more, ok := b.arms(t, fuzzy, e)
		if !ok {
			return nil
		}
		arms = append(arms, more...)
	}
	if len(arms) == 0 {
		b.errorf(op, "no table is left to read")
		return nil
	}
	return b.unite(op, arms, inner, source)
}

// arms binds one operand of a union: a table, or several by a pattern. With
// fuzzy, tables that do not exist are left out.
func (b *binder) arms(x syntax.Expr, fuzzy bool, e env) ([]arm, bool) {
	switch x := x.(type) {
	case *syntax.Star, *syntax.Wildcard:
		return b.tablesLike(x)
	case *syntax.Name:
		if fuzzy && e.names.find(x.Text) == nil && !b.isTableName(x.Text) {
			return nil, true
		}
		n := b.tableNamed(x, e)
		return []arm{{n, x.Text}}, n != nil
	}
	n := b.table(x, env{names: e.names})
	return []arm{{n, ""}}, n != nil
}

// tablesLike reads every table of the store whose name fits.
func (b *binder) tablesLike(x syntax.Expr) ([]arm, bool) {
	pattern := "*"
	if w, ok := x.(*syntax.Wildcard); ok {
		pattern = w.Pattern
	}
	var out []arm
	if b.o.Catalog != nil {
		for _, name := range b.o.Catalog.Names() {
			if name == AllEvents || !matches(pattern, name) {
				continue
			}
			n, ok := b.o.Catalog.Table(name)
			if !ok || !b.charge(x, 1+len(n.Columns())) {
				return nil, false
			}
			out = append(out, arm{n, name})
		}
	}
	if len(out) == 0 {
		b.errorf(x, "no table fits %s", pattern)
	}
	return out, len(out) > 0
}

// unite makes the columns of all arms the same: every column of any arm, or
// with inner those that all have. One name with several types becomes several
// columns. Source, if not empty, is a first column with the arms' names.
func (b *binder) unite(at place, arms []arm, inner bool, source string) plan.Node {
	u := &plan.Union{}
	if source != "" {
		u.Cols = append(u.Cols, plan.Column{Name: source, Type: value.TypeString})
	}
	from := unionColumns(arms, inner, u)
	for i, a := range arms {
		out := newOutput()
		if source != "" {
			name := a.name
			if name == "" {
				name = "union_arg" + strconv.Itoa(i)
			}
			out.add(source, &plan.Const{Value: value.String(name)})
		}
		for j, c := range u.Cols[len(out.cols):] {
			if k := from[i][j]; k >= 0 {
				out.add(c.Name, &plan.Col{Index: k, Of: a.node.Columns()[k]})
			} else {
				out.add(c.Name, &plan.Const{Value: value.Null(c.Type)})
			}
		}
		n := b.project(at, a.node, out)
		if n == nil {
			return nil
		}
		u.In = append(u.In, n)
	}
	if len(u.In) == 1 {
		return u.In[0]
	}
	return u
}

// unionColumns adds the columns of a union to u, and returns for each arm
// which of its columns each of them is, -1 for none.
func unionColumns(arms []arm, inner bool, u *plan.Union) [][]int {
	type key struct {
		name string
		t    value.Type
	}
	var order []key
	count := map[key]int{}
	types := map[string]int{}
	for _, a := range arms {
		for _, c := range a.node.Columns() {
			k := key{c.Name, c.Type}
			if count[k] == 0 {
				order = append(order, k)
				types[c.Name]++
			}
			count[k]++
		}
	}
	from := make([][]int, len(arms))
	taken := map[string]bool{}
	for _, c := range u.Cols {
		taken[c.Name] = true
	}
	for _, k := range order {
		if inner && count[k] < len(arms) {
			continue
		}
		name := k.name
		if types[k.name] > 1 && !inner {
			name += "_" + k.t.String()
		}
		name = unused(name, func(n string) bool { return taken[n] })
		taken[name] = true
		u.Cols = append(u.Cols, plan.Column{Name: name, Type: k.t})
		for i, a := range arms {
			at := -1
			if c, ok := rowOf(a.node.Columns()).col(k.name); ok && c.Of.Type == k.t {
				at = c.Index
			}
			from[i] = append(from[i], at)
		}
	}
	return from
}
