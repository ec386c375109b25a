package candidates

import (
	"fmt"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// Index is a compiled list of trees. It never changes and may be used by any
// number of goroutines, each with a [Finder] of its own.
type Index struct {
	columns  []*column
	formulas []*formula // over atoms
	exact    []bool
	guesses  [][]float64
	plan     *plan
}

// Error says which tree cannot be compiled.
type Error struct {
	Tree int // its index
	Err  error
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("tree %d: %v", e.Tree, e.Err) }

// Unwrap returns what is wrong with it.
func (e *Error) Unwrap() error { return e.Err }

// Compile makes an Index. A tree's index in trees is its number; lists is as
// in [expr.Options], and the lists must not change as long as the Index is
// used. The error is an *Error.
func Compile(trees []expr.Node, lists func(string) expr.List) (*Index, error) {
	b := &builder{lists: lists, byField: map[event.FieldID]int32{}}
	x := &Index{}
	for i, n := range trees {
		f, exact, err := b.bound(n, false)
		if err != nil {
			return nil, &Error{i, err}
		}
		x.formulas = append(x.formulas, b.gather(f))
		x.exact = append(x.exact, exact)
	}
	for _, c := range b.columns {
		x.columns = append(x.columns, c.build())
		x.guesses = append(x.guesses, c.guess())
	}
	x.plan = newPlan(x.columns, x.formulas, x.guesses)
	return x, nil
}

// Exact reports whether tree i holds on every event it is found for. For
// others that remains to be seen.
func (x *Index) Exact(i int32) bool { return x.exact[i] }
