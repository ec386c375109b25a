package bind

import (
	"maps"
	"slices"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// joinKinds are the kinds of join by their names.
var joinKinds = map[string]plan.JoinKind{
	"innerunique": plan.JoinInnerunique, "inner": plan.JoinInner, "leftouter": plan.JoinLeftouter, "rightouter": plan.JoinRightouter, "fullouter": plan.JoinFullouter,
	"leftsemi": plan.JoinLeftsemi, "rightsemi": plan.JoinRightsemi, "leftanti": plan.JoinLeftanti, "rightanti": plan.JoinRightanti,
	"anti": plan.JoinLeftanti, "leftantisemi": plan.JoinLeftanti, "rightantisemi": plan.JoinRightanti,
}

// join binds join and lookup.
func (b *binder) join(op *syntax.Join, in plan.Node, e env) plan.Node {
	kind, ok := b.joinKind(op)
	right := b.table(op.Right, env{names: e.names})
	if right == nil || !ok {
		return nil
	}
	out := &plan.Join{Kind: kind, Left: in, Right: right}
	l, r := rowOf(in.Columns()), rowOf(right.Columns())
	for _, on := range op.On {
		if !b.joinKey(on, out, e, l, r) {
			return nil
		}
	}
	if len(out.LeftKeys) == 0 {
		return nil
	}
	if kind == plan.JoinInnerunique {
		out.Tie = ties(in)
	}
	joinColumns(out, op.Lookup)
	if !b.charge(op, 1+len(out.Cols)+len(out.Tie)) {
		return nil
	}
	return out
}

func (b *binder) joinKind(op *syntax.Join) (plan.JoinKind, bool) {
	name := "innerunique"
	var at place = op
	if op.Lookup {
		name = "leftouter"
	}
	for _, o := range op.Options {
		if n, ok := o.Value.(*syntax.Name); ok && o.Name == "kind" {
			name, at = n.Text, o
		}
	}
	kind, ok := joinKinds[name]
	if op.Lookup && kind != plan.JoinLeftouter && kind != plan.JoinInner || op.Lookup && !ok {
		b.suggest(at, "use join", "the kind of a lookup is leftouter or inner")
		return kind, false
	}
	if !ok {
		b.suggest(at, syntax.DidYouMean(name, slices.Sorted(maps.Keys(joinKinds))), "there is no kind of join %s", name)
	}
	return kind, ok
}

// joinKey binds one condition of a join: a column that both sides have, or
// the equality of an expression of the left and one of the right.
func (b *binder) joinKey(x syntax.Expr, j *plan.Join, e env, l, r *row) bool {
	bin, ok := x.(*syntax.Binary)
	switch {
	case ok && bin.Op == "and":
		return b.joinKey(bin.X, j, e, l, r) && b.joinKey(bin.Y, j, e, l, r)
	case ok && bin.Op == "==":
		first, second := sideOf(bin.X), sideOf(bin.Y)
		switch {
		case first == "$left" && second == "$right":
			return b.addKey(x, j, b.sideExpr(bin.X, e, l, r), b.sideExpr(bin.Y, e, l, r))
		case first == "$right" && second == "$left":
			return b.addKey(x, j, b.sideExpr(bin.Y, e, l, r), b.sideExpr(bin.X, e, l, r))
		}
	default:
		if parts := chain(x); parts != nil && sideOf(x) == "" {
			left, k := l.path(parts)
			right, n := r.path(parts)
			switch {
			case left == nil || k < len(parts):
				b.unknownColumn(parts, l.columnNames())
				return false
			case right == nil || n < len(parts):
				b.suggest(x, "write $left."+joinNames(parts)+" == $right.… where the names differ", "the right side has no column %s", joinNames(parts))
				return false
			}
			return b.addKey(x, j, left, right)
		}
	}
	b.suggest(x, "put other conditions into a where after the join", "a join goes by columns of one name, or by $left.a == $right.b")
	return false
}

// sideOf says which side of a join an expression is about: "$left", "$right"
// or "".
func sideOf(x syntax.Expr) string {
	for {
		switch y := x.(type) {
		case *syntax.Member:
			x = y.X
		case *syntax.Index:
			x = y.X
		case *syntax.Call:
			if len(y.Args) == 0 {
				return ""
			}
			x = y.Args[0].X
		case *syntax.Name:
			if y.Text == "$left" || y.Text == "$right" {
				return y.Text
			}
			return ""
		default:
			return ""
		}
	}
}

// sideExpr binds an expression over one side of a join.
func (b *binder) sideExpr(x syntax.Expr, e env, l, r *row) plan.Expr {
	both := &row{left: l, right: r}
	both.origin = both
	return b.expr(x, e.with(both))
}

// addKey makes the types of a pair of keys equal.
func (b *binder) addKey(at place, j *plan.Join, left, right plan.Expr) bool {
	if isBad(left) || isBad(right) {
		return false
	}
	lt, rt := left.Type(), right.Type()
	switch {
	case lt == value.TypeDynamic || rt == value.TypeDynamic:
		b.suggest(at, "convert them, as with tostring(), in an extend before", "tables cannot be joined by dynamic values")
		return false
	case lt == rt:
	case lt.Numeric() && rt.Numeric():
		t := max(lt, rt)
		left, right = b.convert(at, left, t), b.convert(at, right, t)
	default:
		b.suggest(at, "convert one of them in an extend before", "a %s and a %s are never equal", lt, rt)
		return false
	}
	j.LeftKeys = append(j.LeftKeys, left)
	j.RightKeys = append(j.RightKeys, right)
	return true
}

// joinColumns decides which columns of each side come out, and their names:
// those of the right give way, and get a number.
func joinColumns(j *plan.Join, lookup bool) {
	out := newOutput()
	if j.Kind != plan.JoinRightsemi && j.Kind != plan.JoinRightanti {
		for i, c := range j.Left.Columns() {
			out.add(c.Name, &plan.Col{Index: i, Of: c})
			j.LeftOut = append(j.LeftOut, i)
		}
	}
	if j.Kind != plan.JoinLeftsemi && j.Kind != plan.JoinLeftanti {
		keys := map[int]bool{}
		if lookup {
			for _, k := range j.RightKeys {
				if c, ok := k.(*plan.Col); ok {
					keys[c.Index] = true
				}
			}
		}
		for i, c := range j.Right.Columns() {
			if !keys[i] {
				out.add(c.Name, &plan.Col{Index: i, Of: c})
				j.RightOut = append(j.RightOut, i)
			}
		}
	}
	j.Cols = out.cols
}
