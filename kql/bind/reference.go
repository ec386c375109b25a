package bind

import (
	"slices"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
)

// reference binds a name, or names with dots between them: the longest that
// is a column (or else the first as a variable), then properties of it.
func (b *binder) reference(x syntax.Expr, e env) plan.Expr {
	parts := chain(x)
	if parts == nil {
		m := x.(*syntax.Member) // of something that is no name
		return b.member(m, b.expr(m.X, e), m.Name.Text, syntax.Format(m.X))
	}
	v, k := b.resolve(parts, e)
	if v == nil {
		return bad()
	}
	for i, p := range parts[k:] {
		v = b.member(p, v, p.Text, joinNames(parts[:k+i]))
		if isBad(v) {
			return v
		}
	}
	return v
}

// resolve finds what the first names of a chain mean, and how many of them
// that took. It reports and returns nil when they mean nothing.
func (b *binder) resolve(parts []*syntax.Name, e env) (plan.Expr, int) {
	if !b.charge(parts[0], 1) {
		return nil, 0
	}
	if e.row != nil && e.row.left != nil && len(parts) > 1 {
		if side := e.row.side(parts[0].Text); side != nil {
			if c, k := side.path(parts[1:]); c != nil {
				return c, k + 1
			}
			b.unknownColumn(parts[1:], side.columnNames())
			return nil, 0
		}
	}
	if c, k := e.row.path(parts); c != nil {
		return c, k
	}
	name := parts[0].Text
	if v := e.names.find(name); v != nil {
		return b.variable(parts[0], v, e), 1
	}
	if e.row != nil && e.row.aggs != nil {
		if c, _ := e.row.aggs.in.path(parts); c != nil {
			b.suggest(span{parts[0].Pos(), parts[len(parts)-1].Pos()}, "put it into take_any(), or add it after by", "%s is not one of the by columns", joinNames(parts))
			return nil, 0
		}
	}
	if e.row == nil || len(e.row.cols) == 0 {
		if b.isTableName(name) {
			b.suggest(parts[0], "toscalar() makes a value of a table", "%s is a table, not a value", name)
			return nil, 0
		}
	}
	b.unknownColumn(parts, append(e.row.columnNames(), e.names.all()...))
	return nil, 0
}

// unknownColumn reports that names mean nothing.
func (b *binder) unknownColumn(parts []*syntax.Name, known []string) {
	if parts[0].Text == "" {
		return // reported by the parser
	}
	slices.Sort(known)
	name := joinNames(parts)
	b.suggest(span{parts[0].Pos(), parts[len(parts)-1].Pos()}, syntax.DidYouMean(name, known), "there is no column or variable %s here", name)
}

// variable gives the value of a let or a parameter.
func (b *binder) variable(at *syntax.Name, v *binding, e env) plan.Expr {
	switch v.kind {
	case isScalar:
		if v.row != nil && (e.row == nil || e.row.origin != v.row) && dependsOnRow(v.expr) {
			b.suggest(at, "join the tables instead", "%s differs from row to row, and cannot be used inside another table expression", at.Text)
			return nil
		}
		return v.expr
	case isTable:
		b.suggest(at, "toscalar() makes a value of a table", "%s is a table, not a value", at.Text)
	case isFunc:
		b.suggest(at, "call it: "+at.Text+"()", "%s is a function", at.Text)
	}
	return nil
}

// dependsOnRow reports whether an expression refers to columns.
func dependsOnRow(x plan.Expr) bool {
	switch x := x.(type) {
	case *plan.Col:
		return true
	case *plan.Call:
		return slices.ContainsFunc(x.Args, dependsOnRow)
	case *plan.Contains:
		return dependsOnRow(x.X)
	}
	return false
}

// side returns the row that $left or $right stands for.
func (r *row) side(name string) *row {
	switch name {
	case "$left":
		return r.left
	case "$right":
		return r.right
	}
	return nil
}

// span is a part of the text between two others.
type span struct{ from, to syntax.Span }

// Pos returns it.
func (s span) Pos() syntax.Span { return syntax.Span{Start: s.from.Start, End: s.to.End} }
