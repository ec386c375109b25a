package bind

import (
	"slices"

	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// tabular reports whether an expression is a table.
func (b *binder) tabular(x syntax.Expr, e env) bool {
	switch x := x.(type) {
	case *syntax.Pipe, *syntax.DataTable, *syntax.OtherSource:
		return true
	case *syntax.Name:
		if _, ok := e.row.col(x.Text); ok {
			return false
		}
		if v := e.names.find(x.Text); v != nil {
			return v.kind == isTable
		}
		return b.isTableName(x.Text)
	case *syntax.Call:
		if v := e.names.find(x.Fn.Text); v != nil {
			return v.kind == isFunc && b.tabularFunc(v)
		}
		return slices.Contains([]string{"materialize", "table", "view", "database", "cluster", "workspace", "app", "external_table", "materialized_view", "adx", "arg"}, x.Fn.Text)
	case *syntax.Member:
		return chain(x) == nil && b.tabular(x.X, e)
	}
	return false
}

func (b *binder) isTableName(name string) bool {
	if b.o.Catalog == nil {
		return false
	}
	_, ok := b.o.Catalog.Table(name)
	return ok
}

// tabularFunc reports whether a function gives a table. Its parameters and
// variables are looked at only as far as that needs, and each function once: they
// may call each other in any number of ways, and themselves.
func (b *binder) tabularFunc(v *binding) bool {
	known, looked := b.tabulars[v.fn]
	if looked {
		return known
	}
	if b.tabulars == nil {
		b.tabulars = map[*syntax.Func]bool{}
	}
	b.tabulars[v.fn] = false // for a function that calls itself, which is an error when it is bound
	b.tabulars[v.fn] = b.givesTable(v)
	return b.tabulars[v.fn]
}

// givesTable looks at a function for tabularFunc.
func (b *binder) givesTable(v *binding) bool {
	inner := v.env.child()
	for _, p := range v.fn.Params {
		kind := isScalar
		if p.Tabular {
			kind = isTable
		}
		inner.own[p.Name.Text] = &binding{kind: kind}
	}
	e := env{names: inner}
	for _, s := range v.fn.Body {
		switch s := s.(type) {
		case *syntax.Let:
			kind := isScalar
			if f, ok := s.Value.(*syntax.Func); ok {
				inner.own[s.Name.Text] = &binding{kind: isFunc, fn: f, env: inner}
				continue
			} else if b.tabular(s.Value, e) {
				kind = isTable
			}
			inner.own[s.Name.Text] = &binding{kind: kind}
		case *syntax.Answer:
			return b.tabular(s.X, e)
		}
	}
	return false
}

// table binds a tabular expression; nil after an error.
func (b *binder) table(x syntax.Expr, e env) plan.Node {
	if b.over {
		return nil
	}
	switch x := x.(type) {
	case *syntax.Pipe:
		return b.pipe(x, e)
	case *syntax.Name:
		return b.tableNamed(x, e)
	case *syntax.DataTable:
		return b.dataTable(x, e)
	case *syntax.Call:
		return b.tableCall(x, e)
	case *syntax.OtherSource:
		b.suggest(x, "write the rows into a datatable", "%s is not supported", x.Name)
		return nil
	case *syntax.Member:
		if parts := chain(x); parts == nil {
			b.suggest(x, "name one of the tables here", "tables of other clusters and databases are not supported")
			return nil
		}
	}
	b.suggest(x, "print makes a table of a value", "a table is expected here")
	return nil
}

// tableNamed binds the name of a variable or of a table of the store.
func (b *binder) tableNamed(x *syntax.Name, e env) plan.Node {
	if v := e.names.find(x.Text); v != nil {
		switch v.kind {
		case isTable:
			if v.node == nil || !b.charge(x, v.size) {
				return nil
			}
			if v.inline != nil && b.scalar > 0 {
				return b.again(x, v.inline)
			}
			return v.node
		case isFunc:
			b.suggest(x, "call it: "+x.Text+"()", "%s is a function", x.Text)
		case isScalar:
			b.errorf(x, "%s is a value, not a table", x.Text)
		}
		return nil
	}
	if b.o.Catalog != nil {
		if n, ok := b.o.Catalog.Table(x.Text); ok {
			if !b.charge(x, 1+len(n.Columns())) {
				return nil
			}
			return n
		}
	}
	if x.Text == "" {
		return nil
	}
	known := e.names.all()
	if b.o.Catalog != nil {
		known = append(known, b.o.Catalog.Names()...)
	}
	slices.Sort(known)
	b.suggest(x, syntax.DidYouMean(x.Text, known), "there is no table %s", x.Text)
	return nil
}

// again reads a materialized table in a query that runs before the query
// proper: there it is computed anew, which must give the same.
func (b *binder) again(x *syntax.Name, n plan.Node) plan.Node {
	if plan.Volatile(n) {
		b.errorf(x, "%s differs each time it is computed; to use it inside toscalar() or in (...) as well is not supported", x.Text)
		return nil
	}
	return n
}

// tableCall binds a call that gives a table.
func (b *binder) tableCall(x *syntax.Call, e env) plan.Node {
	if v := e.names.find(x.Fn.Text); v != nil {
		if v.kind == isFunc {
			return b.inlineTable(x, v, nil, e)
		}
		return nil
	}
	switch x.Fn.Text {
	case "materialize", "view":
		if !b.arity(x, 1, 1) {
			return nil
		}
		return b.table(x.Args[0].X, e)
	case "table":
		if !b.arity(x, 1, 1) {
			return nil
		}
		name, ok := b.constant(x.Args[0].X, e)
		if !ok {
			return nil
		}
		return b.tableNamed(&syntax.Name{Span: x.Args[0].X.Pos(), Text: name.Text}, env{names: (*names)(nil).child()})
	case "database", "cluster", "workspace", "app", "external_table", "materialized_view", "adx", "arg":
		b.suggest(x, "name one of the tables here", "tables of other places (%s) are not supported", x.Fn.Text)
		return nil
	}
	if _, ok := fn.Lookup(x.Fn.Text); ok {
		b.suggest(x, "print makes a table of a value", "a table is expected here")
		return nil
	}
	b.suggest(x.Fn, syntax.DidYouMean(x.Fn.Text, e.names.all()), "there is no function %s that gives a table", x.Fn.Text)
	return nil
}

// dataTable binds datatable(columns)[values].
func (b *binder) dataTable(x *syntax.DataTable, e env) plan.Node {
	out := &plan.Values{}
	seen := map[string]bool{}
	ok := true
	for _, c := range x.Columns {
		t, known := value.ParseType(c.Type)
		if !known {
			b.suggest(c, syntax.DidYouMean(c.Type, typeNames), "there is no type %q", c.Type)
			ok = false
		}
		if seen[c.Name.Text] {
			b.duplicate(c, c.Name.Text)
			ok = false
		}
		seen[c.Name.Text] = true
		out.Cols = append(out.Cols, plan.Column{Name: c.Name.Text, Type: t})
	}
	if !ok || len(out.Cols) == 0 {
		return nil
	}
	if len(x.Values)%len(out.Cols) != 0 {
		b.errorf(x, "there are %d values for rows of %d columns", len(x.Values), len(out.Cols))
		return nil
	}
	if !b.charge(x, 1+len(x.Values)) {
		return nil
	}
	var row []value.Value
	for i, source := range x.Values {
		v, known := b.constant(source, e)
		if !known {
			ok = false
			continue
		}
		t := out.Cols[i%len(out.Cols)].Type
		c := value.Convert(v, t)
		if c.Null && !v.Null {
			b.errorf(source, "this is no %s", t)
			ok = false
		}
		if row = append(row, c); len(row) == len(out.Cols) {
			out.Rows = append(out.Rows, row)
			row = nil
		}
	}
	if !ok {
		return nil
	}
	return out
}

// pipe binds a source and the operators after it.
func (b *binder) pipe(x *syntax.Pipe, e env) plan.Node {
	e = env{names: e.names.child()} // names made by "as"
	var node plan.Node
	if x.Source != nil {
		if node = b.table(x.Source, e); node == nil {
			return nil
		}
	}
	for i, op := range x.Ops {
		if i > 0 || x.Source != nil {
			if node == nil {
				return nil
			}
		}
		node = b.operator(op, node, source(x, i), e)
		if node == nil {
			return nil
		}
	}
	return node
}

// source returns the name of the table that operator i reads as it is, "" for
// none.
func source(x *syntax.Pipe, i int) string {
	if n, ok := x.Source.(*syntax.Name); ok && i == 0 {
		return n.Text
	}
	return ""
}
