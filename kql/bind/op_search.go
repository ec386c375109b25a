package bind

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// sourceColumn is the column in which search says which table a row is of.
const sourceColumn = "$table"

// search binds search: over the rows so far, or over tables of the store.
func (b *binder) search(op *syntax.Search, in plan.Node, e env) plan.Node {
	exact := false
	for _, o := range op.Options {
		if n, ok := o.Value.(*syntax.Name); ok && o.Name == "kind" {
			exact = n.Text == "case_sensitive"
		}
	}
	if in != nil {
		if len(op.Tables) > 0 {
			b.errorf(op.Tables[0], "the tables to search are those before the bar")
			return nil
		}
		return b.searchTable(op, in, exact, e)
	}
	arms, ok := b.searched(op, e)
	if !ok {
		return nil
	}
	var found []arm
	for _, a := range arms {
		if !hasColumns(op.Cond, a.node, e) {
			continue // asks for columns that this table has not
		}
		n := b.searchTable(op, a.node, exact, e)
		if n == nil {
			return nil
		}
		found = append(found, arm{n, a.name})
	}
	if len(found) == 0 {
		b.errorf(op.Cond, "no table has all the columns named here")
		return nil
	}
	return b.unite(op, found, false, sourceColumn)
}

// searched returns the tables that search goes through.
func (b *binder) searched(op *syntax.Search, e env) ([]arm, bool) {
	if len(op.Tables) == 0 {
		return b.tablesLike(&syntax.Star{Span: op.Span})
	}
	var out []arm
	for _, t := range op.Tables {
		more, ok := b.arms(t, false, e)
		if !ok {
			return nil, false
		}
		out = append(out, more...)
	}
	return out, true
}

// hasColumns reports whether a table has all columns that a condition of
// search names, unless nothing at all would have them.
func hasColumns(x syntax.Expr, n plan.Node, e env) bool {
	r := rowOf(n.Columns())
	var ok func(x syntax.Expr) bool
	ok = func(x syntax.Expr) bool {
		switch x := x.(type) {
		case *syntax.Name, *syntax.Member:
			parts := chain(x)
			if parts == nil {
				return true
			}
			c, _ := r.path(parts)
			return c != nil || e.names.find(parts[0].Text) != nil
		case *syntax.Binary:
			if x.Op == ":" {
				return ok(x.X)
			}
			return ok(x.X) && ok(x.Y)
		case *syntax.In:
			return ok(x.X)
		case *syntax.Between:
			return ok(x.X)
		case *syntax.Unary:
			return ok(x.X)
		case *syntax.Index:
			return ok(x.X)
		case *syntax.Call:
			return !slices.ContainsFunc(x.Args, func(a *syntax.Arg) bool { return !ok(a.X) })
		}
		return true
	}
	return ok(x)
}

func (b *binder) searchTable(op *syntax.Search, in plan.Node, exact bool, e env) plan.Node {
	r := rowOf(in.Columns())
	r.text = searchable(in)
	c := b.searchCond(op.Cond, exact, e.with(r))
	if isBad(c) || !b.charge(op, 1) {
		return nil
	}
	if k, ok := c.(*plan.Const); ok && k.Value.True() {
		return in
	}
	return &plan.Where{In: in, Cond: c}
}

// searchable returns the columns in which text is looked for: those with text
// in them. What a Scan reads out of its raw_data is left out: raw_data itself
// is searched.
func searchable(n plan.Node) []int {
	scan, _ := n.(*plan.Scan)
	var out []int
	for i, c := range n.Columns() {
		if scan != nil {
			if _, inside := scan.Fields[i].DocumentPath(); inside {
				continue
			}
		}
		if c.Type == value.TypeString || c.Type == value.TypeDynamic {
			out = append(out, i)
		}
	}
	return out
}

// searchCond binds a condition in which a text alone means that any column
// has it.
func (b *binder) searchCond(x syntax.Expr, exact bool, e env) plan.Expr {
	switch x := x.(type) {
	case *syntax.Literal:
		if x.Kind == syntax.LitString {
			return b.anyColumnHas(x, x, exact, e)
		}
	case *syntax.Star:
		return &plan.Const{Value: value.Bool(true)}
	case *syntax.Binary:
		switch x.Op {
		case "and", "or":
			return b.apply(x, x.Op, []syntax.Expr{x.X, x.Y}, b.searchCond(x.X, exact, e), b.searchCond(x.Y, exact, e))
		case ":":
			return b.columnHas(x, exact, e)
		}
	case *syntax.Call:
		if x.Fn.Text == "not" && len(x.Args) == 1 {
			return b.apply(x, "not", nil, b.searchCond(x.Args[0].X, exact, e))
		}
	}
	return b.condition(x, e)
}

// columnHas binds column:"text".
func (b *binder) columnHas(x *syntax.Binary, exact bool, e env) plan.Expr {
	if _, star := x.X.(*syntax.Star); star {
		return b.anyColumnHas(x, x.Y, exact, e)
	}
	v := b.expr(x.X, e)
	if l, ok := x.Y.(*syntax.Literal); ok && l.Kind == syntax.LitString {
		op, text := termOperator(l.Text, exact)
		return b.apply(x, op, nil, b.convert(x.X, v, value.TypeString), &plan.Const{Value: value.String(text)})
	}
	return b.apply(x, "==", []syntax.Expr{x.X, x.Y}, v, b.expr(x.Y, e))
}

// anyColumnHas binds "text": any column has it as a term.
func (b *binder) anyColumnHas(at place, x syntax.Expr, exact bool, e env) plan.Expr {
	v, ok := b.constant(x, e)
	if !ok {
		return bad()
	}
	op, text := termOperator(v.String(), exact)
	if op == "" {
		return &plan.Const{Value: value.Bool(true)}
	}
	return b.overColumns(at, op, e, &plan.Const{Value: value.String(text)})
}

// termOperator returns the operator that a text with * at its ends means, and
// the text without them.
func termOperator(text string, exact bool) (op, bare string) {
	bare = strings.Trim(text, "*")
	head, tail := strings.HasPrefix(text, "*"), strings.HasSuffix(text, "*")
	switch {
	case bare == "":
		return "", ""
	case head && tail:
		op = "contains"
	case head:
		op = "hassuffix"
	case tail:
		op = "hasprefix"
	default:
		op = "has"
	}
	if exact {
		op += "_cs"
	}
	return op, bare
}

// anyColumn binds an operator whose left side is *: true when it is true of
// any column.
func (b *binder) anyColumn(x *syntax.Binary, e env) plan.Expr {
	if e.row == nil || len(e.row.cols) == 0 {
		b.errorf(x, "there are no columns here")
		return bad()
	}
	if x.Y == nil {
		b.suggest(x, "write * has \"…\"", "* cannot be used with %s", x.Op)
		return bad()
	}
	return b.overColumns(x, x.Op, e, b.expr(x.Y, e))
}

// overColumns joins column op v for each column with text by or.
func (b *binder) overColumns(at place, op string, e env, v plan.Expr) plan.Expr {
	cols := e.row.text
	if cols == nil {
		for i, c := range e.row.cols {
			if c.Type == value.TypeString || c.Type == value.TypeDynamic {
				cols = append(cols, i)
			}
		}
	}
	var out plan.Expr = &plan.Const{Value: value.Bool(false)}
	for n, i := range cols {
		c := b.convert(at, &plan.Col{Index: i, Of: e.row.cols[i]}, value.TypeString)
		one := b.apply(at, op, nil, c, v)
		if n == 0 {
			out = one
		} else {
			out = b.apply(at, "or", nil, out, one)
		}
	}
	return out
}
