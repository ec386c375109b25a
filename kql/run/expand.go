package run

import (
	"math"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

func (x *execution) openExpand(n *plan.MvExpand, names *scope) (Rows, error) {
	in, evals, err := x.openIn(n.In, names, n.Exprs...)
	if err != nil {
		return nil, err
	}
	e := &expand{step: x.step(in), plan: n, evals: evals, row: make([]value.Value, len(n.In.Columns())), items: make([][]*value.Node, len(evals))}
	return e, nil
}

// expand makes a row of each element of arrays, side by side.
type expand struct {
	step
	plan  *plan.MvExpand
	evals []evaluator
	row   []value.Value // of the input
	items [][]*value.Node
	i, n  int64 // next element, and how many there are
}

func (e *expand) Next(dst []value.Value) bool {
	for e.i >= e.n {
		if e.stopped() || !e.in[0].Next(e.row) || !e.load() {
			return false
		}
	}
	if e.stopped() {
		return false
	}
	for i, from := range e.plan.Keep {
		if from >= 0 {
			dst[i] = e.row[from]
		}
	}
	for i, at := range e.plan.Out {
		var item *value.Node
		if e.i < int64(len(e.items[i])) {
			item = e.items[i][e.i]
		}
		dst[at] = castTo(item, e.plan.Cols[at].Type)
	}
	if e.plan.Index >= 0 {
		dst[e.plan.Index] = value.Long(e.i)
	}
	e.i++
	return true
}

// load takes the elements of the row at hand.
func (e *expand) load() bool {
	e.i, e.n = 0, 0
	for i, eval := range e.evals {
		e.items[i] = elements(value.FromValue(eval(e.row)))
		e.n = max(e.n, int64(len(e.items[i])))
	}
	limit := e.plan.Limit
	if limit <= 0 {
		limit = math.MaxInt64
	}
	e.n = min(e.n, limit)
	return !e.failed()
}

// elements are those of an array, or the properties of a bag as bags of one.
// What is neither, null too, is one element.
func elements(n *value.Node) []*value.Node {
	switch {
	case n.IsArray():
		return n.Items
	case n.IsBag():
		out := make([]*value.Node, len(n.Items))
		for i, k := range n.Keys {
			var one value.Bag
			one.Set(k, n.Items[i])
			out[i] = one.Node()
		}
		return out
	}
	return []*value.Node{n}
}

// castTo gives an element the type that the column has. Text becomes what JSON
// has no form for, a datetime, timespan, guid or decimal; it does not become a
// number or a bool.
func castTo(n *value.Node, t value.Type) value.Value {
	v := n.Value()
	if t == value.TypeDynamic {
		return v
	}
	if of := v.Unwrap().Type; of == value.TypeString {
		switch t {
		case value.TypeBool, value.TypeInt, value.TypeLong, value.TypeReal:
			return value.Null(t)
		}
	}
	return value.Convert(v, t)
}
