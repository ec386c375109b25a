// Package run interprets a bound query row by row. It is what the language
// means: the SQL that stores are given must answer the same.
//
// Operators that can pass rows on do so; those that cannot (sort, summarize,
// join) keep rows in memory, bounded by bytes.
package run

import (
	"context"
	"fmt"

	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// DefaultMaxBytes is how much memory a query may hold when nothing is said.
const DefaultMaxBytes = 512 << 20

// Options are what a query needs beside its plan.
type Options struct {
	// Source opens a leaf that the interpreter has not the rows of: a
	// *plan.Scan or a *plan.Remote. Its rows have the leaf's columns.
	Source func(ctx context.Context, leaf plan.Node) (Rows, error)
	// Now is the time of the query in ticks since 1970, for now and ago.
	Now int64
	// MaxBytes bounds the memory that operators hold, as they estimate it; 0
	// is DefaultMaxBytes.
	MaxBytes int64
}

// MemoryError says that a query would need more memory than it may have.
type MemoryError struct {
	MaxBytes int64
}

// Error says what to do.
func (e *MemoryError) Error() string {
	return fmt.Sprintf("the query needs more than %d MB of memory; filter earlier, project fewer columns, group by less, or raise the limit", e.MaxBytes>>20)
}

// Run starts a query and returns its rows, in the columns of node. Scalars
// are computed before it returns; reading the rows does the rest. The rows
// must be closed, and ctx must not be cancelled while they are read.
func Run(ctx context.Context, node plan.Node, o Options) (Rows, error) {
	x := &execution{ctx: ctx, source: o.Source, max: o.MaxBytes, fn: &fn.Context{Now: o.Now},
		scalars: map[*plan.Scalar]value.Value{}, sets: map[*plan.Contains]*keySet{}}
	if x.max == 0 {
		x.max = DefaultMaxBytes
	}
	x.fn.MaxMade = x.max
	return x.open(node, nil)
}

// execution is one run of a query.
type execution struct {
	ctx       context.Context
	source    func(context.Context, plan.Node) (Rows, error)
	fn        *fn.Context
	used, max int64
	scalars   map[*plan.Scalar]value.Value
	sets      map[*plan.Contains]*keySet
}

func (x *execution) tooMuch() error { return &MemoryError{x.max} }

func (x *execution) step(in ...Rows) step { return step{execution: x, in: in} }

// open starts an operator. names are the tables that Shared can read.
func (x *execution) open(node plan.Node, names *scope) (Rows, error) {
	switch n := node.(type) {
	case *plan.Scan, *plan.Remote:
		if x.source == nil {
			return nil, fmt.Errorf("no source for %T was given", n)
		}
		return x.source(x.ctx, n)
	case *plan.Values:
		return &list{step: x.step(), rows: n.Rows}, nil
	case *plan.Range:
		return x.openRange(n, names)
	case *plan.Where:
		return x.openWhere(n, names)
	case *plan.Project:
		return x.openProject(n, names)
	case *plan.Summarize:
		return x.openSummarize(n, names)
	case *plan.Sort:
		return x.openSort(n, names, -1)
	case *plan.Take:
		return x.openTake(n, names)
	case *plan.Join:
		return x.openJoin(n, names)
	case *plan.Union:
		return x.openUnion(n, names)
	case *plan.MvExpand:
		return x.openExpand(n, names)
	case *plan.Let:
		return x.openLet(n, names)
	case *plan.Shared:
		return x.openShared(n, names)
	case *plan.Render:
		return x.open(n.In, names)
	}
	return nil, fmt.Errorf("the operator %T cannot be run", node)
}

// openIn starts the input of an operator and compiles expressions over it.
func (x *execution) openIn(in plan.Node, names *scope, exprs ...plan.Expr) (Rows, []evaluator, error) {
	evals, err := x.compileAll(exprs, names)
	if err != nil {
		return nil, nil, err
	}
	rows, err := x.open(in, names)
	return rows, evals, err
}
