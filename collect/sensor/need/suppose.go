package need

import (
	"slices"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// fact is what is supposed of one field.
type fact struct {
	field  event.FieldID
	absent bool
	value  expr.Value
}

// of supposes that a field has a value.
func of(field event.FieldID, value string) *fact {
	f := &fact{field: field}
	f.value.SetText(value)
	return f
}

// without supposes that a field is absent.
func without(field event.FieldID) *fact { return &fact{field: field, absent: true} }

// suppose returns what is left of a condition when some facts are known: what they decide is gone from it.
func suppose(n expr.Node, facts ...*fact) expr.Node {
	switch n := n.(type) {
	case *expr.And:
		return suppose2(n.X, true, facts)
	case *expr.Or:
		return suppose2(n.X, false, facts)
	case *expr.Not:
		x := suppose(n.X, facts...)
		if c, ok := x.(*expr.Const); ok {
			return &expr.Const{Value: !c.Value}
		}
		return &expr.Not{X: x}
	case *expr.Pred:
		for _, f := range facts {
			if holds, known := f.decides(n); known {
				return &expr.Const{Value: holds}
			}
		}
	}
	return n
}

// suppose2 is suppose for what is joined by and, or by or.
func suppose2(x []expr.Node, and bool, facts []*fact) expr.Node {
	var rest []expr.Node
	for _, n := range x {
		left := suppose(n, facts...)
		c, ok := left.(*expr.Const)
		switch {
		case !ok:
			rest = append(rest, left)
		case c.Value != and:
			return c
		}
	}
	switch {
	case len(rest) == 0:
		return &expr.Const{Value: and}
	case len(rest) == 1:
		return rest[0]
	case and:
		return &expr.And{X: rest}
	}
	return &expr.Or{X: rest}
}

// decides returns whether a predicate holds, where the fact says so.
func (f *fact) decides(p *expr.Pred) (holds, known bool) {
	if p.Term != nil || p.Field != (event.Ref{Field: f.field}) {
		return false, false
	}
	switch p.Op {
	case expr.OpExists:
		return !f.absent, true
	case expr.OpNull:
		return f.absent, true
	case expr.OpFieldEq, expr.OpFieldPrefix, expr.OpFieldSuffix, expr.OpFieldContains:
		return false, f.absent
	case expr.OpKeyword, expr.OpInList:
		return false, false
	}
	if f.absent {
		return false, true
	}
	t, err := expr.NewTest(p, nil)
	if err != nil {
		return false, false
	}
	return t.Holds(&f.value), true
}

// mentions reports whether a condition asks for a field.
func mentions(n expr.Node, field event.FieldID) (found bool) {
	expr.EachPred(n, func(p *expr.Pred) {
		found = found || slices.ContainsFunc(p.Refs(), func(r event.Ref) bool { return r.Field == field })
	})
	return found
}
