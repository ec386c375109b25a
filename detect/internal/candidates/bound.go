package candidates

import (
	"fmt"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// builder makes an Index.
type builder struct {
	lists   func(string) expr.List
	columns []*columnBuilder
	byField map[event.FieldID]int32
}

// bound returns a formula that holds whenever n does (whenever n does not, if
// negated), and whether it holds only then.
func (b *builder) bound(n expr.Node, negated bool) (f *formula, exact bool, err error) {
	switch n := n.(type) {
	case *expr.Not:
		return b.bound(n.X, !negated)
	case *expr.And:
		return b.boundAll(opAnd, n.X, negated)
	case *expr.Or:
		return b.boundAll(opOr, n.X, negated)
	case *expr.Const:
		if n.Value != negated {
			return always, true, nil
		}
		return never, true, nil
	case *expr.Pred:
		return b.boundPred(n, negated)
	}
	return nil, false, fmt.Errorf("the condition is missing")
}

func (b *builder) boundAll(op op, nodes []expr.Node, negated bool) (*formula, bool, error) {
	if negated { // not (a and b) is (not a) or (not b)
		op = opAnd + opOr - op
	}
	exact := true
	kids := make([]*formula, len(nodes))
	for i, n := range nodes {
		k, e, err := b.bound(n, negated)
		if err != nil {
			return nil, false, err
		}
		kids[i], exact = k, exact && e
	}
	f := join(op, kids)
	return f, exact || f.op == opFalse, nil
}

// boundPred decides what a predicate becomes: exact ones a leaf; a regular
// expression the texts that it requires; what looks at several fields, at the
// document, at times or at what is not known yet is assumed to hold.
func (b *builder) boundPred(p *expr.Pred, negated bool) (*formula, bool, error) {
	if p.Term != nil {
		return always, false, nil
	}
	col, ok := b.column(p.Field)
	if !ok {
		return always, false, nil
	}
	switch p.Op {
	case expr.OpFieldEq, expr.OpFieldPrefix, expr.OpFieldSuffix, expr.OpFieldContains, expr.OpKeyword, expr.OpMismatch:
		return always, false, nil
	case expr.OpRegex:
		if negated {
			return always, false, nil
		}
		f, err := b.boundRegex(p, col)
		return f, false, err
	}
	f, err := b.leaf(p, col, negated)
	return f, true, err
}

func (b *builder) boundRegex(p *expr.Pred, col int32) (*formula, error) {
	var clauses []*formula
	for _, texts := range p.Shape().Required {
		var choices []*formula
		for _, t := range texts {
			leaf, err := b.leaf(&expr.Pred{Op: expr.OpContains, Text: t, Fold: true}, col, false)
			if err != nil {
				return nil, err
			}
			choices = append(choices, leaf)
		}
		clauses = append(clauses, join(opOr, choices))
	}
	return join(opAnd, clauses), nil
}

func (b *builder) leaf(p *expr.Pred, col int32, negated bool) (*formula, error) {
	id, err := b.columns[col].add(p, b.lists)
	return &formula{op: opPred, col: col, id: id, not: negated}, err
}

// column returns the number of a field's column; ok is false for what is no
// column here: paths, single words of lists, the document, objects, times, and fields whose values
// come later.
func (b *builder) column(r event.Ref) (int32, bool) {
	f := event.Lookup(r.Field)
	if f == nil || f.Origin != event.Stored || r.Path != "" {
		return 0, false
	}
	switch f.Type {
	case event.TypeString, event.TypeIP, event.TypeInt, event.TypeBool, event.TypeStrings:
	default:
		return 0, false
	}
	if i, ok := b.byField[f.ID]; ok {
		return i, true
	}
	i := int32(len(b.columns))
	b.columns = append(b.columns, newColumnBuilder(f))
	b.byField[f.ID] = i
	return i, true
}
