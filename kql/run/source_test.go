package run

import (
	"context"
	"errors"
	"testing"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// counted is rows of a source that note how often they are open.
type counted struct {
	left int64
	err  error
	open *int
}

func (c *counted) Next(dst []value.Value) bool {
	if c.left == 0 {
		return false
	}
	c.left--
	dst[0] = value.Long(c.left)
	return true
}

func (c *counted) Err() error { return c.err }

func (c *counted) Close() error {
	*c.open--
	return nil
}

// Whatever is opened is closed, once, and errors of sources come through
// every operator.
func TestSources(t *testing.T) {
	broken := errors.New("the segment is broken")
	good, bad, missing := &plan.Remote{ID: 1, Cols: columns("n:long")}, &plan.Remote{ID: 2, Cols: columns("n:long")}, &plan.Remote{ID: 3, Cols: columns("n:long")}
	open := 0
	o := Options{Source: func(_ context.Context, leaf plan.Node) (Rows, error) {
		switch leaf.(*plan.Remote).ID {
		case 3:
			return nil, broken
		case 2:
			open++
			return &counted{left: 5, err: broken, open: &open}, nil
		}
		open++
		return &counted{left: 5, open: &open}, nil
	}}
	n := col(good, 0)
	join := func(kind plan.JoinKind, left, right plan.Node) plan.Node {
		return &plan.Join{Kind: kind, Left: left, Right: right, LeftKeys: []plan.Expr{n}, RightKeys: []plan.Expr{n}, LeftOut: []int{0}, RightOut: []int{0}, Cols: columns("n:long n1:long")}
	}
	for _, leaf := range []plan.Node{bad, missing} {
		shared := &plan.Shared{Name: "t", Cols: columns("n:long")}
		for _, node := range []plan.Node{
			leaf, &plan.Where{In: leaf, Cond: konst(value.Bool(false))}, &plan.Sort{In: leaf, Keys: []plan.SortKey{{Expr: n}}}, &plan.Take{In: leaf, N: konst(value.Long(9))},
			&plan.Summarize{In: leaf, By: []plan.Expr{n}, Cols: columns("n:long")}, &plan.Union{In: []plan.Node{good, leaf}, Cols: columns("n:long")},
			join(plan.JoinInner, good, leaf), join(plan.JoinInner, leaf, good), join(plan.JoinInnerunique, leaf, good), join(plan.JoinFullouter, leaf, good),
			&plan.Join{Kind: plan.JoinLeftsemi, Left: good, Right: leaf, LeftKeys: []plan.Expr{n}, RightKeys: []plan.Expr{n}, LeftOut: []int{0}, Cols: columns("n:long")},
			&plan.Let{Name: "t", In: leaf, Body: &plan.Union{In: []plan.Node{good, shared}, Cols: columns("n:long")}},
			&plan.Where{In: good, Cond: &plan.Contains{X: n, In: leaf}},
			&plan.Project{In: good, Cols: columns("n:long"), Exprs: []plan.Expr{&plan.Scalar{In: &plan.Summarize{In: leaf, Aggs: []plan.Aggregate{agg(t, "count")}, Cols: columns("n:long")}, Result: value.TypeLong}}},
		} {
			if _, err := text(t, node, o); !errors.Is(err, broken) {
				t.Errorf("%T over remote %d: error %v", node, leaf.(*plan.Remote).ID, err)
			}
			if open != 0 {
				t.Errorf("%T over remote %d: %d left open", node, leaf.(*plan.Remote).ID, open)
				open = 0
			}
		}
	}
}
