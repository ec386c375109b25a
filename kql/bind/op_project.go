package bind

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// projectOp binds project: the columns are the items, in order.
func (b *binder) projectOp(op *syntax.Project, in plan.Node, e env) plan.Node {
	e = e.over(in)
	out := newOutput()
	ok := true
	for _, item := range op.Items {
		ok = b.item(item, out, e, true) && ok
	}
	if !ok {
		return nil
	}
	return b.project(op, in, out)
}

// item binds an expression that becomes a column. With distinct, giving one
// name twice is an error; else the later replaces the earlier.
func (b *binder) item(item *syntax.NamedExpr, out *output, e env, distinct bool) bool {
	v := b.expr(item.X, e)
	if isBad(v) {
		return false
	}
	switch len(item.Names) {
	case 0:
		name := autoName(item.X, e)
		if name == "" {
			name = out.unnamed()
		}
		out.add(name, v)
	case 1:
		name := item.Names[0].Text
		if distinct && out.has(name) {
			b.duplicate(item.Names[0], name)
			return false
		}
		out.set(name, v)
	default:
		return b.several(item, v, out)
	}
	return true
}

// several binds (a, b) = x: the elements of a dynamic array.
func (b *binder) several(item *syntax.NamedExpr, v plan.Expr, out *output) bool {
	if v.Type() != value.TypeDynamic {
		b.errorf(item.X, "several names need a dynamic array, this is a %s", v.Type())
		return false
	}
	for i, n := range item.Names {
		out.set(n.Text, b.apply(item, "[]", nil, v, &plan.Const{Value: value.Long(int64(i))}))
	}
	return true
}

// extend binds extend and serialize: all columns, and the items.
func (b *binder) extend(at place, items []*syntax.NamedExpr, in plan.Node, e env) plan.Node {
	e = e.over(in)
	out := outputOf(in)
	given := map[string]bool{}
	ok := true
	for _, item := range items {
		if len(item.Names) == 0 {
			if parts := chain(item.X); parts != nil {
				if c, k := e.row.path(parts); c != nil && k == len(parts) {
					continue // a column as it is
				}
			}
		}
		for _, n := range item.Names {
			if given[n.Text] {
				b.duplicate(n, n.Text)
				ok = false
			}
			given[n.Text] = true
		}
		ok = b.item(item, out, e, false) && ok
	}
	if !ok {
		return nil
	}
	return b.project(at, in, out)
}

// print binds print: one row.
func (b *binder) print(op *syntax.Print, e env) plan.Node {
	e.row = nil
	out := newOutput()
	ok := true
	for i, item := range op.Items {
		if len(item.Names) == 0 {
			name := "print_" + strconv.Itoa(i)
			if auto := autoName(item.X, e); auto != "" && !strings.HasSuffix(auto, "_") {
				name = auto
			}
			v := b.expr(item.X, e)
			ok = ok && !isBad(v)
			out.add(name, v)
			continue
		}
		ok = b.item(item, out, e, true) && ok
	}
	if !ok {
		return nil
	}
	return b.oneRow(op, out)
}

// printOne makes a table of a query that is a value.
func (b *binder) printOne(x syntax.Expr, e env) plan.Node {
	v := b.expr(x, e)
	if isBad(v) {
		return nil
	}
	out := newOutput()
	out.add("print_0", v)
	return b.oneRow(x, out)
}

// oneRow makes a table of one row.
func (b *binder) oneRow(at place, out *output) plan.Node {
	row := make([]value.Value, len(out.exprs))
	for i, e := range out.exprs {
		c, ok := e.(*plan.Const)
		if !ok {
			return b.project(at, &plan.Values{Rows: [][]value.Value{{}}}, out)
		}
		row[i] = c.Value
	}
	if !b.charge(at, 1+len(row)) {
		return nil
	}
	return &plan.Values{Cols: out.cols, Rows: [][]value.Value{row}}
}

// matching returns the indexes of the columns that a pattern means; it
// reports a name that is none.
func (b *binder) matching(p syntax.Expr, cols []plan.Column) []int {
	var out []int
	switch p := p.(type) {
	case *syntax.Star:
		for i := range cols {
			out = append(out, i)
		}
	case *syntax.Wildcard:
		for i, c := range cols {
			if matches(p.Pattern, c.Name) {
				out = append(out, i)
			}
		}
	case *syntax.Name:
		if c, ok := rowOf(cols).col(p.Text); ok {
			return []int{c.Index}
		}
		b.unknownColumn([]*syntax.Name{p}, rowOf(cols).columnNames())
	}
	return out
}

// matches reports whether a name fits a pattern in which * stands for any
// text.
func matches(pattern, name string) bool {
	escape := strings.NewReplacer(`\`, `\\`, `[`, `\[`, `?`, `\?`, `/`, "\x00")
	ok, err := path.Match(escape.Replace(pattern), strings.ReplaceAll(name, "/", "\x00"))
	return err == nil && ok
}

// projectAway binds project-away and project-keep.
func (b *binder) projectAway(op *syntax.ProjectAway, in plan.Node) plan.Node {
	cols := in.Columns()
	named := make([]bool, len(cols))
	for _, p := range op.Patterns {
		for _, i := range b.matching(p, cols) {
			named[i] = true
		}
	}
	out := newOutput()
	for i, c := range cols {
		if named[i] == op.Keep {
			out.add(c.Name, &plan.Col{Index: i, Of: c})
		}
	}
	return b.project(op, in, out)
}

// projectRename binds project-rename: all columns, in their places.
func (b *binder) projectRename(op *syntax.ProjectRename, in plan.Node) plan.Node {
	cols := slices.Clone(in.Columns())
	r := rowOf(in.Columns())
	for _, item := range op.Items {
		parts := chain(item.X)
		c, k := r.path(parts)
		if c == nil || k != len(parts) || len(item.Names) != 1 {
			b.suggest(item, "write new = old", "project-rename takes names of columns")
			return nil
		}
		cols[c.Index].Name = item.Names[0].Text
	}
	out := newOutput()
	for i, c := range cols {
		if out.has(c.Name) {
			b.duplicate(op, c.Name)
			return nil
		}
		out.add(c.Name, &plan.Col{Index: i, Of: in.Columns()[i]})
	}
	return b.project(op, in, out)
}

// projectReorder binds project-reorder: what matches first, then the rest.
func (b *binder) projectReorder(op *syntax.ProjectReorder, in plan.Node) plan.Node {
	cols := in.Columns()
	out := newOutput()
	put := func(i int) {
		if !out.has(cols[i].Name) {
			out.add(cols[i].Name, &plan.Col{Index: i, Of: cols[i]})
		}
	}
	for _, item := range op.Items {
		found := b.matching(item.Pattern, cols)
		order := func(i, j int) int { return cmp.Compare(cols[i].Name, cols[j].Name) }
		if strings.HasPrefix(item.Order, "granny") {
			order = func(i, j int) int { return naturalOrder(cols[i].Name, cols[j].Name) }
		}
		switch {
		case strings.HasSuffix(item.Order, "asc"):
			slices.SortStableFunc(found, order)
		case strings.HasSuffix(item.Order, "desc"):
			slices.SortStableFunc(found, func(i, j int) int { return order(j, i) })
		}
		for _, i := range found {
			put(i)
		}
	}
	for i := range cols {
		put(i)
	}
	return b.project(op, in, out)
}

// naturalOrder compares names so that numbers in them count as numbers: x2
// before x10.
func naturalOrder(a, b string) int {
	for a != "" && b != "" {
		na, nb := digits(a), digits(b)
		if na > 0 && nb > 0 {
			x, y := strings.TrimLeft(a[:na], "0"), strings.TrimLeft(b[:nb], "0")
			if c := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)); c != 0 {
				return c
			}
			a, b = a[na:], b[nb:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits is how many digits s starts with.
func digits(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }
